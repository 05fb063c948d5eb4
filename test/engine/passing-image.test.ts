import type { Program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inModes } from '../../src/engine/modes.js'
import { describeOutcome } from '../../src/engine/outcome.js'
import { Random } from '../../src/engine/random.js'
import { Session } from '../../src/engine/session.js'
import { scenarios } from '../../src/scenarios/index.js'
import { buildProgram } from '../oracle/build-program.js'
import { anyProgram } from '../oracle/random-programs.js'
import { SEED } from './support/seed.js'

const MOST_STEPS = 400

/** Walks at random through both sessions at once; threads have the same indices, since both meet them in the same order. */
function walkBoth(program: Program, seed: number): number {
  const learning = new Session(program)
  const passing = new Session(program, {}, { isPassing: true })
  const random = new Random(seed)
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const { all } = learning.threads
    expect(passing.threads.all.map(({ identity }) => identity)).toEqual(all.map(({ identity }) => identity))
    const ways = all.map(({ index }) => learning.ways(index))
    expect(all.map(({ index }) => passing.ways(index))).toEqual(ways)
    expect(passing.show()).toEqual(learning.show())
    expect(passing.hasEnded).toBe(learning.hasEnded)
    const able = all.filter(({ index }) => ways[index]! > 0)
    if (able.length === 0 || learning.hasEnded) {
      expect(describeOutcome(passing, !passing.hasEnded)).toEqual(describeOutcome(learning, !learning.hasEnded))
      return steps
    }
    const { index } = able[random.below(able.length)]!
    const way = random.below(ways[index]!)
    learning.step(index, way)
    passing.step(index, way)
    expect(passing.nodes.code(passing.node(index))).toBe(learning.nodes.code(learning.node(index)))
  }
  return MOST_STEPS
}

describe('A session that learns nothing does the same as one that learns', () => {
  test.each(scenarios.map(({ name }) => name))('in scenario %s', async (name) => {
    const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
    // What reads a clock has none where time is free.
    for (const time of program.time === 'virtual' ? (['virtual'] as const) : (['free', 'virtual'] as const))
      for (let seed = 0; seed < 5; seed++) walkBoth(inModes(program, { time, twins: false }), seed)
  })

  test('in random programs', () => {
    let steps = 0
    fc.assert(
      fc.property(anyProgram, fc.nat(), (tree, seed) => {
        steps += walkBoth(buildProgram(tree), seed)
      }),
      { seed: SEED, numRuns: 300 },
    )
    expect(steps).toBeGreaterThan(1000)
  })
})
