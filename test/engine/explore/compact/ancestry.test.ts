import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ancestry } from '../../../../src/engine/explore/compact/ancestry.js'
import { SEED } from '../../support/seed.js'

const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ thread: fc.nat(5), way: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ thread: fc.nat(65_535), way: fc.nat(9_999) }) },
)
/** By state: the steps to the states that are discovered from it. */
const anyTree = fc.array(fc.array(anyStep, { maxLength: 4 }), { maxLength: 1_000, size: 'max' })

test('An ancestry knows how every state was first reached', () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const ancestry = new Ancestry()
      const paths: { thread: number; way: number }[][] = [[]]
      tree.forEach((children, parent) => {
        // A state is looked at after it has been discovered.
        if (parent >= paths.length) return
        ancestry.addParent()
        for (const step of children) {
          ancestry.addChild(step.thread, step.way)
          paths.push([...paths[parent], step])
        }
      })
      paths.forEach((path, state) => expect(ancestry.pathTo(state)).toEqual(path))
    }),
    { seed: SEED, numRuns: 60 },
  )
})

test('It takes about ten bits a state', () => {
  const ancestry = new Ancestry()
  const states = 1_000_000
  for (let state = 0; state < states; state++) {
    ancestry.addParent()
    ancestry.addChild(state % 7, 0)
  }
  expect(ancestry.bytes).toBeLessThan(states * 1.5)
})
