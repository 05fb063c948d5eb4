import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { RunQueues } from '../../../../src/engine/simulate/os/run-queues.js'
import type { SchedulingView } from '../../../../src/engine/simulate/os/policy.js'
import { SEED } from '../../support/seed.js'

const THREADS = 12
const CORES = 3

/** A third of the threads may not run on each core. */
const mayRunOn = (thread: number, core: number) => thread % CORES !== core || thread > 6

const view: SchedulingView = {
  cores: CORES,
  now: 0,
  random: new Random(0),
  running: () => -1,
  lastCore: () => -1,
  priority: () => 0,
  nice: () => 0,
  tickets: () => 1,
  expected: () => Infinity,
  isForeground: () => false,
  mayRunOn,
}

const action = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('push') },
    {
      weight: 7,
      arbitrary: fc.constantFrom('pushFirst', 'putBack', 'take', 'takeFrom', 'remove', 'rekey', 'shiftAll'),
    },
    { weight: 1, arbitrary: fc.constant('drain') },
  ),
  thread: fc.nat(THREADS - 1),
  core: fc.nat(CORES - 1),
  from: fc.nat(CORES - 1),
  key: fc.integer({ min: -3, max: 3 }),
})

interface Waiting {
  readonly thread: number
  key: number
  order: number
}

describe('Run queues', () => {
  test.each(['per-core', 'global'] as const)('%s do what sorted lists do', (placement) => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 60, maxLength: 60 }), (actions) => {
        const queues = new RunQueues(view, placement)
        for (let thread = 0; thread < THREADS; thread++) queues.created()
        const isGlobal = placement === 'global'
        const lists: Waiting[][] = Array.from({ length: isGlobal ? 1 : CORES }, () => [])
        const listOf = (core: number) => lists[isGlobal ? 0 : core]
        const orders = Array.from({ length: THREADS }, () => 0)
        let order = 0
        const put = (thread: number, core: number, key: number) => {
          listOf(core).push({ thread, key, order: orders[thread] })
          listOf(core).sort((a, b) => a.key - b.key || a.order - b.order)
        }
        const out = (thread: number) => {
          for (const list of lists) {
            const at = list.findIndex((each) => each.thread === thread)
            if (at >= 0) list.splice(at, 1)
          }
        }
        const isIn = (thread: number) => lists.some((list) => list.some((each) => each.thread === thread))
        const first = (from: number, core: number) =>
          listOf(from).find(({ thread }) => mayRunOn(thread, core))?.thread ?? -1
        for (const { kind, thread, core, from, key } of actions) {
          // A queue of one core has only those who may run there.
          const mayEnter = !isIn(thread) && (isGlobal || mayRunOn(thread, core))
          if (kind === 'push' && mayEnter) {
            orders[thread] = ++order
            queues.push(thread, core, key)
            put(thread, core, key)
          } else if (kind === 'pushFirst' && mayEnter) {
            orders[thread] = -++order
            queues.pushFirst(thread, core, key)
            put(thread, core, key)
          } else if (kind === 'putBack' && mayEnter && orders[thread] !== 0) {
            queues.putBack(thread, core, key)
            put(thread, core, key)
          } else if (kind === 'take' || kind === 'takeFrom') {
            const expected = first(kind === 'take' ? core : from, core)
            expect(kind === 'take' ? queues.take(core) : queues.takeFrom(from, core)).toBe(expected)
            out(expected)
          } else if (kind === 'remove' && isIn(thread)) {
            queues.remove(thread)
            out(thread)
          } else if (kind === 'rekey' && isIn(thread)) {
            queues.rekey(thread, key)
            for (const list of lists) {
              for (const each of list) if (each.thread === thread) each.key = key
              list.sort((a, b) => a.key - b.key || a.order - b.order)
            }
          } else if (kind === 'shiftAll') {
            queues.shiftAll(key)
            for (const each of lists.flat()) each.key += key
          } else if (kind === 'drain' && key === 0) {
            expect(queues.drain()).toEqual(lists.flat().map((each) => each.thread))
            for (const list of lists) list.length = 0
          }
          for (let each = 0; each < CORES; each++) {
            expect(queues.first(each)).toBe(first(each, each))
            expect(queues.hasWaiting(each)).toBe(first(each, each) !== -1)
            expect(queues.length(each)).toBe(listOf(each).length)
            const odd = (other: number) => other % 2 === 1
            expect(queues.firstWhere(each, odd)).toBe(listOf(each).find((other) => odd(other.thread))?.thread ?? -1)
            const there = Array.from({ length: queues.length(each) }, (_, place) => queues.at(each, place))
            expect(there.toSorted((a, b) => a - b)).toEqual(
              listOf(each)
                .map((other) => other.thread)
                .toSorted((a, b) => a - b),
            )
          }
          for (let each = 0; each < THREADS; each++) expect(queues.isWaiting(each)).toBe(isIn(each))
          for (const each of lists.flat()) expect(queues.keyOf(each.thread)).toBe(each.key)
        }
      }),
      { seed: SEED, numRuns: 60 },
    )
  })
})
