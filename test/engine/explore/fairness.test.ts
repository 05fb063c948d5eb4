import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findComponents } from '../../../src/engine/explore/components.js'
import { cyclicComponents, fairCycle, follow } from '../../../src/engine/explore/fairness.js'
import { finish } from '../support/finish.js'
import { anyGraph, type EdgeLists, graphOf, membersOf } from '../support/graphs.js'
import { SEED } from '../support/seed.js'

function inspect(lists: EdgeLists, threads: number) {
  const graph = graphOf(lists)
  const components = finish(findComponents(graph))
  return { graph, components, cyclic: finish(cyclicComponents(graph, components, threads)) }
}

function theCycle(lists: EdgeLists, threads: number) {
  const { cyclic } = inspect(lists, threads)
  expect(cyclic).toHaveLength(1)
  return cyclic[0]!
}

describe('A cyclic component', () => {
  test('in which every thread steps is fair', () => {
    expect(theCycle([[[1, 0]], [[0, 1]]], 2)).toMatchObject({ isFair: true, isBottom: true, firstState: 0 })
  })

  test('that starves a thread which could always step is unfair', () => {
    const spinning: EdgeLists = [
      [
        [0, 0],
        [1, 1],
      ],
      [],
    ]
    expect(theCycle(spinning, 2)).toMatchObject({ isFair: false, isBottom: false })
  })

  test('in which the other thread is blocked now and then is fair', () => {
    const lockIsTakenInState1: EdgeLists = [
      [
        [1, 0],
        [2, 1],
      ],
      [[0, 0]],
      [],
    ]
    expect(theCycle(lockIsTakenInState1, 2)).toMatchObject({ isFair: true, isBottom: false })
  })

  test('whose only way out is a way of a thread that also has one inside is fair', () => {
    const choosing: EdgeLists = [
      [
        [0, 0],
        [1, 0],
      ],
      [],
    ]
    expect(theCycle(choosing, 1)).toMatchObject({ isFair: true, isBottom: false })
  })

  test('that nothing leaves is a bottom', () => {
    const trapped: EdgeLists = [
      [[1, 0]],
      [
        [2, 0],
        [2, 1],
      ],
      [
        [1, 0],
        [1, 1],
      ],
    ]
    const cycle = theCycle(trapped, 3)
    expect(cycle).toMatchObject({ isFair: true, isBottom: true, firstState: 1 })
    expect([...cycle.stepping]).toEqual([0, 1])
  })
})

test('A fair cycle exists in every fair component, comes back, and gives every thread its turn', () => {
  const THREADS = 3
  let seen = 0
  fc.assert(
    fc.property(anyGraph({ states: 8, threads: THREADS }), (lists) => {
      const { graph, components, cyclic } = inspect(lists, THREADS)
      for (const { component, firstState, isFair } of cyclic) {
        if (!isFair) continue
        seen++
        const cycle = finish(fairCycle(graph, components, firstState, THREADS))
        const visited = [firstState]
        for (const step of cycle) visited.push(follow(graph, visited.at(-1)!, step))

        expect(cycle.length).toBeGreaterThan(0)
        expect(visited.at(-1)).toBe(firstState)
        for (const state of visited) expect(membersOf(components, component)).toContain(state)
        for (let thread = 0; thread < THREADS; thread++) {
          const steps = cycle.some((step) => step.thread === thread)
          const isBlocked = visited.some((state) => !lists[state]!.some(([, by]) => by === thread))
          expect(steps || isBlocked, `thread ${thread} has its turn`).toBe(true)
        }
      }
    }),
    { seed: SEED, numRuns: 1500 },
  )
  expect(seen).toBeGreaterThan(300)
})
