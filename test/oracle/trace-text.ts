import { type Event } from './events.js'

/**
 * The canonical text of the trace of an execution: what its threads do, and for every word who writes it in which order
 * and who reads it in between. Steps that do not meet on a word leave no order between them in the text, so two
 * executions have the same text if and only if they differ only in the order of independent steps.
 */
export function traceText(execution: readonly Event[]): string {
  const lengths = new Map<string, number>()
  const words = new Map<string, Word>()
  const lines: string[] = []
  for (const event of execution) {
    const position = lengths.get(event.thread) ?? 0
    lengths.set(event.thread, position + 1)
    const name = `${event.thread}:${position}`
    lines.push(`${name} ${event.operation}${event.way === null ? '' : ` way ${event.way}`}`)
    for (const word of event.reads) if (!event.writes.includes(word)) wordIn(words, word).readers.push(name)
    for (const word of event.writes) write(wordIn(words, word), name)
  }
  for (const [word, { past, readers }] of words) lines.push(`${word}: ${[...past, readersText(readers)].join(' ')}`)
  return lines.sort().join('\n')
}

interface Word {
  readonly past: string[]
  /** Since the last write. */
  readers: string[]
}

function wordIn(words: Map<string, Word>, name: string): Word {
  const known = words.get(name)
  if (known !== undefined) return known
  const word: Word = { past: [], readers: [] }
  words.set(name, word)
  return word
}

function write(word: Word, name: string): void {
  word.past.push(readersText(word.readers), name)
  word.readers = []
}

/** In any order: reads commute. */
function readersText(readers: string[]): string {
  return `{${readers.sort().join(' ')}}`
}
