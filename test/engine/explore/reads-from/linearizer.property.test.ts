import { program, type Program } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventGraph, INITIAL } from '../../../../src/engine/explore/reads-from/event-graph.js'
import { LastWrites } from '../../../../src/engine/explore/reads-from/last-writes.js'
import { Linearizer } from '../../../../src/engine/explore/reads-from/linearizer.js'
import { ReadsFromRules } from '../../../../src/engine/explore/reads-from/reads-from-rules.js'
import { Session } from '../../../../src/engine/session.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 1_500)

interface Access {
  readonly kind: 'read' | 'write' | 'exchange'
  readonly word: number
}

/** An event of a graph: whose it is, what it does, and which event it reads from; −1 for what was there before. */
interface GraphEvent extends Access {
  readonly thread: number
  readonly source: number
}

const WORDS = 2

const anyAccess: fc.Arbitrary<Access> = fc.record({
  kind: fc.constantFrom<Access['kind']>('read', 'read', 'read', 'read', 'write', 'write', 'write', 'exchange'),
  word: fc.nat({ max: WORDS - 1 }),
})

interface AnyGraph {
  readonly events: readonly GraphEvent[]
  readonly last: { readonly word: number; readonly write: number } | null
}

const WRITES = 2
const THREADS = 9

const anyAccesses = fc.array(
  fc.record({ access: anyAccess, thread: fc.nat({ max: 5 }), source: fc.nat({ max: 20 }) }),
  { minLength: 3, maxLength: 14, size: 'max' },
)

/** Graphs whose sources are any writes that were added before: many of them no schedule shows. */
const anyGraph: fc.Arbitrary<AnyGraph> = fc
  .record({
    accesses: anyAccesses,
    last: fc.option(fc.record({ word: fc.constantFrom(0, 1), write: fc.nat({ max: 5 }) }), { freq: 2 }),
  })
  .map(({ accesses, last }) => {
    const events: GraphEvent[] = []
    for (const { access, thread, source } of accesses) {
      const writes = writesTo(events, access.word)
      events.push({ ...access, thread, source: [INITIAL, ...writes][source % (writes.length + 1)] })
    }
    const finals = last === null ? [] : writesTo(events, last.word)
    return {
      events,
      last: finals.length === 0 ? null : { word: last!.word, write: finals[last!.write % finals.length] },
    }
  })

/** Graphs of random schedules, so that all of them are shown by one. */
const shownGraph: fc.Arbitrary<AnyGraph> = anyAccesses.map((accesses) => {
  const events: GraphEvent[] = []
  for (const { access, thread } of accesses)
    events.push({ ...access, thread, source: writesTo(events, access.word).at(-1) ?? INITIAL })
  return { events, last: null }
})

/** Of each word a few writes, each in a thread of its own, and threads that read some of them: where choices are often wrong. */
const tangledGraph: fc.Arbitrary<AnyGraph> = fc
  .array(
    fc.array(fc.record({ word: fc.nat({ max: WORDS - 1 }), write: fc.nat({ max: WRITES - 1 }) }), {
      minLength: 2,
      maxLength: 3,
      size: 'max',
    }),
    { minLength: 4, maxLength: 5, size: 'max' },
  )
  .map((readers) => {
    const writes = Array.from({ length: WORDS * WRITES }, (_, thread): GraphEvent => ({
      kind: 'write',
      word: Math.floor(thread / WRITES),
      thread,
      source: INITIAL,
    }))
    const reads = readers.flatMap((sources, i) =>
      sources.map(({ word, write }): GraphEvent => ({
        kind: 'read',
        word,
        thread: WORDS * WRITES + i,
        source: word * WRITES + write,
      })),
    )
    return { events: [...writes, ...reads], last: null }
  })

function writesTo(events: readonly GraphEvent[], word: number): number[] {
  return events.flatMap((event, i) => (event.kind !== 'read' && event.word === word ? [i] : []))
}

function programOf(events: readonly GraphEvent[]): Program {
  return program('graph', {}, (_params, p) => {
    const atomics = Array.from({ length: WORDS }, (_, word) => p.atomic(`x${word}`, 0))
    for (let thread = 0; thread < THREADS; thread++)
      p.thread(`T${thread}`, function* () {
        for (const event of events) {
          if (event.thread !== thread) continue
          const x = atomics[event.word]
          if (event.kind === 'read') yield* x.read()
          else if (event.kind === 'write') yield* x.write(1)
          else yield* x.exchange(1)
        }
      })
  })
}

/** Whether a sequence of all events shows every read its source, and the last write. */
function shows(events: readonly GraphEvent[], order: readonly number[], last: AnyGraph['last']) {
  const current = new Array<number>(WORDS).fill(INITIAL)
  for (const index of order) {
    const { kind, word, source } = events[index]
    if (kind !== 'write' && current[word] !== source) return false
    if (kind !== 'read') current[word] = index
  }
  return last === null || current[last.word] === last.write
}

/** Whether any interleaving of the threads shows the graph: all are walked, none further than to a state seen before. */
function isShown(events: readonly GraphEvent[], last: AnyGraph['last']): boolean {
  const threads = Array.from({ length: THREADS }, (_, t) =>
    events.flatMap(({ thread }, i) => (thread === t ? [i] : [])),
  )
  const seen = new Set<string>()
  const visit = (taken: readonly number[], current: readonly number[]): boolean => {
    const key = `${taken.join()} ${current.join()}`
    if (seen.has(key)) return false
    seen.add(key)
    if (threads.every(({ length }, t) => taken[t] === length)) return last === null || current[last.word] === last.write
    return threads.some((own, t) => {
      if (taken[t] === own.length) return false
      const next = own[taken[t]]
      const { kind, word, source } = events[next]
      if (kind !== 'write' && current[word] !== source) return false
      return visit(taken.with(t, taken[t] + 1), kind === 'read' ? current : current.with(word, next))
    })
  }
  return visit(new Array<number>(THREADS).fill(0), new Array<number>(WORDS).fill(INITIAL))
}

function graphOf(events: readonly GraphEvent[]): EventGraph {
  const graph = new EventGraph(new Session(programOf(events)), new ReadsFromRules())
  events.forEach(({ thread, source }, i) => {
    graph.add(thread, 0, source)
    graph.settle(i)
  })
  return graph
}

test('A schedule of a graph is found if and only if there is one', { timeout: 600_000 }, () => {
  const counts = { shown: 0, hidden: 0, turned: 0, exhausted: 0 }
  fc.assert(
    fc.property(
      fc.oneof(anyGraph, shownGraph, tangledGraph),
      fc.array(fc.nat({ max: 100 }), { minLength: 20, maxLength: 20 }),
      ({ events, last }, guide) => {
        const graph = graphOf(events)
        const linearizer = new Linearizer()
        const lastWrites = new LastWrites()
        if (last !== null) lastWrites.push(graph.operations.wordAt(graph.nodeOf(last.write)), last.write)
        const isFound = linearizer.find(graph, Int32Array.from(guide), lastWrites)
        expect(isFound).toBe(isShown(events, last))
        counts[isFound ? 'shown' : 'hidden']++
        counts[isFound ? 'turned' : 'exhausted'] += linearizer.mistakes > 0 ? 1 : 0
        if (!isFound) return
        const order = [...linearizer.order.subarray(0, linearizer.count)]
        expect([...order].sort((a, b) => a - b)).toEqual(events.map((_event, i) => i))
        expect(shows(events, order, last)).toBe(true)
      },
    ),
    { seed: SEED, numRuns: RUNS },
  )
  // Wrong choices that were taken back.
  if (RUNS >= 3_000) expect(counts.turned).toBeGreaterThan(5)
  expect(counts.shown).toBeGreaterThan(counts.hidden / 10)
  expect(counts.hidden).toBeGreaterThan(counts.shown / 10)
})
