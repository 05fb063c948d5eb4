/** A step as an element of a trace: who takes it, what it is, and the words it touches. */
export interface Event {
  /** −1 for the clock. */
  readonly thread: number
  readonly operation: string
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

/**
 * The canonical text of a trace: what happens from one step of the clock to the next, up to the order of independent steps.
 */
export function traceText(execution: readonly Event[]): string {
  const times: Event[][] = [[]]
  const ticks: string[] = []
  for (const event of execution) {
    if (event.thread >= 0) times.at(-1)!.push(event)
    else {
      ticks.push(event.operation)
      times.push([])
    }
  }
  return times.map((events, i) => `${i === 0 ? 'begin' : ticks[i - 1]}\n${textOfOneTime(events)}`).join('\n')
}

function textOfOneTime(events: readonly Event[]): string {
  const counts = new Map<number, number>()
  const words = new Map<string, { past: string; readers: string[] }>()
  const lines = events.map((event) => {
    const count = counts.get(event.thread) ?? 0
    counts.set(event.thread, count + 1)
    const name = `${event.thread}:${count}`
    for (const word of [...event.reads, ...event.writes]) {
      const touched = words.get(word) ?? { past: '', readers: [] }
      words.set(word, touched)
      if (!event.writes.includes(word)) touched.readers.push(name)
      else words.set(word, { past: `${touched.past}{${touched.readers.sort().join()}} ${name} `, readers: [] })
    }
    return `  ${name} ${event.operation}`
  })
  for (const [word, { past, readers }] of words) lines.push(`  ${word}: ${past}{${readers.sort().join()}}`)
  return lines.sort().join('\n')
}
