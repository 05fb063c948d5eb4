import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findComponents } from '../../../src/engine/explore/components.js'
import { countPaths, type PathNumbers } from '../../../src/engine/explore/path-numbers.js'
import { DROPPED, type StateGraph } from '../../../src/engine/explore/state-graph.js'
import { StateSet } from '../../../src/engine/explore/state-set.js'
import { finish } from '../support/finish.js'
import { anyGraph, chances, type Edge, type EdgeLists, graphOf, membersOf, reachability } from '../support/graphs.js'
import { solve } from '../support/linear-equations.js'
import { SEED } from '../support/seed.js'

function count(graph: StateGraph, avoiding?: StateSet): PathNumbers {
  const components = graph.isTopological ? null : finish(findComponents(graph))
  return finish(countPaths(graph, components, avoiding))
}

interface Tally {
  paths: bigint
  probability: number
}

/** Walks every maximal path; ends at a terminal state, at a dropped step or at a state to be avoided. */
function enumerate(lists: EdgeLists, avoiding: ReadonlySet<number>) {
  const ends = new Map<number, Tally>()
  const dropped: Tally = { paths: 0n, probability: 0 }
  let avoided = 0
  const visit = (state: number, probability: number) => {
    if (avoiding.has(state)) {
      avoided += probability
      return
    }
    const edges = lists[state]!
    if (edges.length === 0) add(ends, state, probability)
    for (const { target, chance } of chances(edges))
      if (target === DROPPED) {
        dropped.paths++
        dropped.probability += probability * chance
      } else visit(target, probability * chance)
  }
  visit(0, 1)
  return { ends, dropped, avoided }
}

function add(ends: Map<number, Tally>, state: number, probability: number): void {
  const tally = ends.get(state) ?? { paths: 0n, probability: 0 }
  tally.paths++
  tally.probability += probability
  ends.set(state, tally)
}

function terminalsOf(lists: EdgeLists): number[] {
  return lists.flatMap((edges, state) => (edges.length === 0 ? [state] : []))
}

describe('Numbers of paths', () => {
  test('of small acyclic graphs are those of walking every path', () => {
    fc.assert(
      fc.property(
        anyGraph({ states: 9, threads: 3, isAcyclic: true, drops: true }),
        fc.array(fc.nat(8), { maxLength: 2 }),
        (lists, avoid) => {
          const avoiding = new StateSet()
          for (const state of avoid) avoiding.add(state)
          const numbers = count(graphOf(lists), avoid.length === 0 ? undefined : avoiding)
          const expected = enumerate(lists, new Set(avoid))

          terminalsOf(lists).forEach((state, t) => {
            if (avoid.includes(state)) return
            expect(numbers.outcomes[t]!.interleavings).toBe(expected.ends.get(state)?.paths ?? 0n)
            expect(numbers.outcomes[t]!.probability).toBeCloseTo(expected.ends.get(state)?.probability ?? 0, 13)
          })
          expect(numbers.dropped.interleavings).toBe(expected.dropped.paths)
          expect(numbers.dropped.probability).toBeCloseTo(expected.dropped.probability, 13)
          expect(numbers.avoided).toBeCloseTo(expected.avoided, 13)
          expect(numbers.divergence).toBe(0)
        },
      ),
      { seed: SEED, numRuns: 1000 },
    )
  })

  test('are the same by components as by the order of states', () => {
    fc.assert(
      fc.property(anyGraph({ states: 9, threads: 3, isAcyclic: true, drops: true }), (lists) => {
        const graph = graphOf(lists)
        const byComponents = finish(countPaths(graph, finish(findComponents(graph))))
        count(graph).outcomes.forEach(({ interleavings, probability }, t) => {
          expect(byComponents.outcomes[t]!.interleavings).toBe(interleavings)
          expect(byComponents.outcomes[t]!.probability).toBeCloseTo(probability, 14)
        })
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  /** Every diamond doubles the number of paths. */
  function diamonds(k: number): EdgeLists {
    const lists: Edge[][] = []
    for (let i = 0; i < k; i++)
      lists.push(
        [
          [3 * i + 1, 0],
          [3 * i + 2, 1],
        ],
        [[3 * i + 3, 0]],
        [[3 * i + 3, 1]],
      )
    return [...lists, []]
  }

  test.each([1, 10, 43, 44, 45, 51, 52, 53, 54, 87, 88, 89, 100, 132, 176, 200, 300])(
    'of %i diamonds in a row double with each of them',
    (k) => {
      const graph = graphOf(diamonds(k))
      expect(count(graph).outcomes).toEqual([{ interleavings: 2n ** BigInt(k), probability: 1 }])
      expect(finish(countPaths(graph, finish(findComponents(graph)))).outcomes[0]!.interleavings).toBe(2n ** BigInt(k))
    },
  )

  test.each([1, 30, 52, 53, 88, 89, 140, 300])('of %i diamonds are right layer by layer, too', (k) => {
    const graph = layered(
      diamonds(k),
      Array.from({ length: 2 * k + 1 }, (_, i) => Math.floor((3 * i) / 2)),
    )
    expect(count(graph).outcomes).toEqual([{ interleavings: 2n ** BigInt(k), probability: 1 }])
  })

  function layered(lists: EdgeLists, layerStarts: readonly number[]): StateGraph {
    const graph = graphOf(lists)
    graph.layerStarts.splice(0, Infinity, ...layerStarts)
    graph.isLayered = true
    return graph
  }

  test.each([51, 52, 53, 54, 62, 96, 97, 98])('are exact to the last one around 2^%i', (k) => {
    const [[first, second], ...rest] = diamonds(k) as [[Edge, Edge], ...Edge[][]]
    const shortcut: Edge = [3 * k, 2]
    const graph = graphOf([[first, second, shortcut], ...rest])
    expect(count(graph).outcomes[0]!.interleavings).toBe(2n ** BigInt(k) + 1n)
  })

  test('of states with very many edges are carried in time', () => {
    const fan = 1000
    const lists: Edge[][] = []
    for (let level = 0; level < 12; level++)
      lists.push(Array.from({ length: fan }, (_, i): Edge => [lists.length + 1, i % 7]).toSorted((a, b) => a[1] - b[1]))
    expect(count(graphOf([...lists, []])).outcomes[0]!.interleavings).toBe(BigInt(fan) ** 12n)
  })

  test('beyond a cycle are unbounded, before it exact', () => {
    // 0 → 1 (ends) or 2; 2 ⇄ 3, 3 → 4 (ends); 0 → 5 ⇄ 6 for ever.
    const lists: EdgeLists = [
      [
        [1, 0],
        [2, 1],
        [5, 2],
      ],
      [],
      [[3, 0]],
      [
        [2, 0],
        [4, 1],
      ],
      [],
      [[6, 0]],
      [[5, 0]],
    ]
    const numbers = count(graphOf(lists))

    expect(numbers.outcomes[0]).toEqual({ interleavings: 1n, probability: 1 / 3 })
    expect(numbers.outcomes[1]!.interleavings).toBeNull()
    expect(numbers.outcomes[1]!.probability).toBeCloseTo(1 / 3, 15)
    expect(numbers.divergence).toBeCloseTo(1 / 3, 15)
  })

  test('of graphs with cycles have the probabilities of the Markov chain', () => {
    fc.assert(
      fc.property(anyGraph({ states: 9, threads: 3, drops: true }), (lists) => {
        const graph = graphOf(lists)
        const numbers = finish(countPaths(graph, finish(findComponents(graph))))
        const expected = absorption(lists)
        terminalsOf(lists).forEach((state, t) =>
          expect(numbers.outcomes[t]!.probability).toBeCloseTo(expected.at(state), 11),
        )
        expect(numbers.dropped.probability).toBeCloseTo(expected.at(DROPPED), 11)
        expect(numbers.divergence).toBeCloseTo(expected.never, 11)
      }),
      { seed: SEED, numRuns: 1000 },
    )
  })

  /** The chance to be absorbed in each end, by dense elimination over the states from which an end can be reached. */
  function absorption(lists: EdgeLists): { at: (end: number) => number; never: number } {
    const reach = reachability(lists)
    const canEnd = lists.map(
      (edges, state) =>
        edges.length === 0 ||
        edges.some(([target]) => target === DROPPED) ||
        reach[state]!.some((is, to) => is && (lists[to]!.length === 0 || lists[to]!.some(([t]) => t === DROPPED))),
    )
    const matrix = lists.map((edges, i) => {
      const row = lists.map((_, j) => (i === j ? 1 : 0))
      for (const { target, chance } of chances(edges))
        if (target !== DROPPED && canEnd[target]! && canEnd[i]!) row[target]! -= chance
      return row
    })
    const at = (end: number) =>
      !canEnd[0]!
        ? 0
        : solve(
            matrix,
            lists.map((edges, state) => {
              if (end !== DROPPED) return state === end ? 1 : 0
              return chances(edges).reduce((sum, { target, chance }) => sum + (target === DROPPED ? chance : 0), 0)
            }),
          )[0]!
    const never = 1 - [...terminalsOf(lists), DROPPED].reduce((sum, end) => sum + at(end), 0)
    return { at, never }
  }

  test('of a graph whose components all end give probabilities that add up to one', () => {
    fc.assert(
      fc.property(anyGraph({ states: 12, threads: 4 }), (lists) => {
        const graph = graphOf(lists)
        const components = finish(findComponents(graph))
        const numbers = finish(countPaths(graph, components))
        const total = numbers.outcomes.reduce((sum, { probability }) => sum + probability, numbers.divergence)
        expect(total).toBeCloseTo(1, 12)
        expect(membersOf(components, components.componentOf[0]!)).toContain(0)
      }),
      { seed: SEED, numRuns: 300 },
    )
  })
})
