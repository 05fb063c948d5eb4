import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findComponents } from '../../../src/engine/explore/components.js'
import { StateSet } from '../../../src/engine/explore/state-set.js'
import { finish } from '../support/finish.js'
import { anyGraph, type EdgeLists, graphOf, membersOf, reachability } from '../support/graphs.js'
import { SEED } from '../support/seed.js'

function expectComponents(lists: EdgeLists, without?: StateSet): void {
  const kept = lists.map((edges, state) =>
    without?.has(state) === true ? [] : edges.filter(([target]) => without?.has(target) !== true),
  )
  const reach = reachability(kept)
  const found = finish(findComponents(graphOf(lists), without))

  expect([...found.order].toSorted((a, b) => a - b)).toEqual(lists.map((_, state) => state))
  lists.forEach((_, a) => {
    expect(membersOf(found, found.componentOf[a]!)).toContain(a)
    expect(found.isCyclic[found.componentOf[a]!] === 1, `state ${a} lies on a cycle`).toBe(reach[a]![a])
    lists.forEach((__, b) => {
      const together = a === b || (reach[a]![b]! && reach[b]![a]!)
      expect(found.componentOf[a] === found.componentOf[b], `${a} and ${b} belong together`).toBe(together)
      if (reach[a]![b]! && !together) expect(found.componentOf[a]).toBeLessThan(found.componentOf[b]!)
    })
  })
}

test('Components are those of mutual reachability, in topological order', () => {
  fc.assert(
    fc.property(anyGraph({ states: 9, threads: 3, drops: true }), (lists) => expectComponents(lists)),
    { seed: SEED, numRuns: 1000 },
  )
})

test('Components without some states are those of the graph without their edges', () => {
  fc.assert(
    fc.property(anyGraph({ states: 9, threads: 3 }), fc.array(fc.nat(8)), (lists, left) => {
      const without = new StateSet()
      for (const state of left) without.add(state)
      expectComponents(lists, without)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('A very long path and a very long cycle need no recursion', () => {
  const length = 300_000
  const path = graphOf(Array.from({ length }, (_, i) => (i + 1 < length ? [[i + 1, 0] as const] : [])))
  const cycle = graphOf(Array.from({ length }, (_, i) => [[(i + 1) % length, 0] as const]))

  expect(finish(findComponents(path)).isCyclic).toHaveLength(length)
  expect(finish(findComponents(cycle)).isCyclic).toHaveLength(1)
})
