import { type EventGraph } from './event-graph.js'
import { LastWrites } from './last-writes.js'
import type { Linearizer } from './linearizer.js'

/** The writes to a word that may be its last one, as far as single events tell. */
export function lastWriteCandidates(graph: EventGraph, word: number): number[] {
  const candidates: number[] = []
  const latest = graph.writers[word]!
  if (latest !== 0 && graph.isChain(word)) return [latest - 1]
  for (let at = latest; at !== 0; at = graph.writerBefore(at)) {
    let isLast = true
    for (let other = latest; other !== 0 && isLast; other = graph.writerBefore(other))
      if (other !== at && graph.needs(other - 1, at - 1)) isLast = false
    if (isLast) candidates.push(at - 1)
  }
  return candidates.reverse()
}

/**
 * Every way in which the last writes to some words can be chosen such that a schedule shows it; words without a choice
 * are left out. With any choice, the linearizer has found the schedule.
 */
export function* lastWriteChoices(
  graph: EventGraph,
  linearizer: Linearizer,
  guide: Int32Array,
  words: Iterable<number>,
): Generator<LastWrites> {
  const open = [...words]
    .map((word) => ({ word, candidates: lastWriteCandidates(graph, word) }))
    .filter(({ candidates }) => candidates.length > 1)
  const last = new LastWrites()
  function* choose(from: number): Generator<LastWrites> {
    if (from === open.length) {
      yield last
      return
    }
    const { word, candidates } = open[from]!
    for (const write of candidates) {
      last.push(word, write)
      if (linearizer.find(graph, guide, last)) yield* choose(from + 1)
      last.pop()
    }
  }
  yield* choose(0)
}
