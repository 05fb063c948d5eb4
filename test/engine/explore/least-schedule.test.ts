import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GraphStep, type Goal, leastSchedule, shortestPath } from '../../../src/engine/explore/least-schedule.js'
import { DROPPED } from '../../../src/engine/explore/state-graph.js'
import { finish } from '../support/finish.js'
import { anyGraph, type EdgeLists, graphOf } from '../support/graphs.js'
import { SEED } from '../support/seed.js'

const THREADS = 3
const LENGTH = 6

interface Candidate {
  readonly steps: readonly GraphStep[]
  readonly edges: readonly number[]
  readonly preemptions: number
}

/** All paths to a goal of at most so many steps, each ending where it first meets the goal. */
function allPaths(lists: EdgeLists, goal: Goal): Candidate[] {
  const found: Candidate[] = []
  const visit = (state: number, path: Candidate) => {
    if (goal.state?.(state) === true) found.push(path)
    if (path.steps.length === LENGTH) return
    lists[state]!.forEach(([target, thread], edge) => {
      const way = lists[state]!.slice(0, edge).filter(([, other]) => other === thread).length
      const last = path.steps.at(-1)?.thread
      const preempts = last !== undefined && last !== thread && lists[state]!.some(([, other]) => other === last)
      const longer = {
        steps: [...path.steps, { thread, way }],
        edges: [...path.edges, edge],
        preemptions: path.preemptions + (preempts ? 1 : 0),
      }
      if (goal.step?.(state, thread, edge) === true) found.push(longer)
      if (target !== DROPPED) visit(target, longer)
    })
  }
  visit(0, { steps: [], edges: [], preemptions: 0 })
  return found
}

/** Fewest preemptions, then fewest steps, then the first in the order of edges. */
function compare(a: Candidate, b: Candidate): number {
  if (a.preemptions !== b.preemptions) return a.preemptions - b.preemptions
  if (a.steps.length !== b.steps.length) return a.steps.length - b.steps.length
  const at = a.edges.findIndex((edge, i) => edge !== b.edges[i])
  return at === -1 ? 0 : a.edges[at]! - b.edges[at]!
}

function preemptionsOf(lists: EdgeLists, steps: readonly GraphStep[]): number {
  let state = 0
  let preemptions = 0
  steps.forEach(({ thread, way }, i) => {
    const last = steps[i - 1]?.thread
    if (last !== undefined && last !== thread && lists[state]!.some(([, other]) => other === last)) preemptions++
    state = lists[state]!.filter(([, other]) => other === thread)[way]![0]
  })
  return preemptions
}

const graph = anyGraph({ states: 6, threads: THREADS, drops: true })
const anyState = fc.nat(5)

describe('The least schedule', () => {
  test('to a state has the fewest preemptions, then the fewest steps, then comes first', () => {
    fc.assert(
      fc.property(graph, anyState, anyState, (lists, a, b) => {
        expectLeast(lists, { state: (state) => state === a || state === b })
      }),
      { seed: SEED, numRuns: 800 },
    )
  })

  test('to a step is the least of those that end with it', () => {
    fc.assert(
      fc.property(graph, anyState, fc.nat(THREADS - 1), (lists, a, by) => {
        // A step that is dropped is an assumption, and never what one looks for.
        const isDropped = lists[a]?.some(([target, thread]) => thread === by && target === DROPPED) === true
        expectLeast(lists, { step: (state, thread) => state === a && thread === by && !isDropped })
      }),
      { seed: SEED, numRuns: 800 },
    )
  })

  function expectLeast(lists: EdgeLists, goal: Goal): void {
    const found = finish(leastSchedule(graphOf(lists), THREADS, goal, Infinity))
    const [best] = allPaths(lists, goal).toSorted(compare)
    if (best === undefined) {
      // Brute force looks only so far ahead.
      if (found !== null) expect(found.steps.length).toBeGreaterThan(LENGTH)
      return
    }
    expect(found).not.toBeNull()
    // A path that is longer than brute force looked may have fewer preemptions.
    if (found!.steps.length > LENGTH) {
      expect(preemptionsOf(lists, found!.steps)).toBeLessThan(best.preemptions)
      return
    }
    expect(found!.steps).toEqual(best.steps)
    expect(found!.isLeast).toBe(true)
  }

  test('from a state that is the goal itself has no step', () => {
    expect(finish(leastSchedule(graphOf([[]]), 1, { state: () => true }, Infinity))).toMatchObject({
      steps: [],
      state: 0,
      isLeast: true,
    })
  })

  test('to where nothing leads is none', () => {
    expect(finish(leastSchedule(graphOf([[[0, 0]], []]), 1, { state: (s) => s === 1 }, Infinity))).toBeNull()
  })

  test('gives way to a shortest one, and says so, if memory is short', () => {
    const lists = Array.from({ length: 5000 }, (_, i): [number, number][] => (i + 1 < 5000 ? [[i + 1, i % 2]] : []))
    const found = finish(leastSchedule(graphOf(lists), 2, { state: (s) => s === 4999 }, 20_000))
    expect(found).toMatchObject({ isLeast: false, state: 4999 })
    expect(found!.steps).toHaveLength(4999)
  })
})

describe('A shortest path', () => {
  test('has as many steps as the shortest of all', () => {
    fc.assert(
      fc.property(graph, anyState, (lists, a) => {
        const goal = { state: (state: number) => state === a }
        const found = finish(shortestPath(graphOf(lists), goal))
        const lengths = allPaths(lists, goal).map(({ steps }) => steps.length)
        expect(found?.steps.length ?? Infinity).toBe(lengths.length === 0 ? Infinity : Math.min(...lengths))
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  test('stays within the states that it is given', () => {
    const around: EdgeLists = [
      [
        [1, 0],
        [2, 1],
      ],
      [[3, 0]],
      [[4, 1]],
      [],
      [[3, 1]],
    ]
    const found = finish(shortestPath(graphOf(around), { state: (s) => s === 3 }, 0, (state) => state !== 1))
    expect(found!.steps.map(({ thread }) => thread)).toEqual([1, 1, 1])
  })
})
