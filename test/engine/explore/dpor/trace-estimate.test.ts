import { explore, program, type ExploreProgress } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import type { Program } from 'entrelacs'
import { TraceEstimate } from '../../../../src/engine/explore/dpor/trace-estimate.js'
import { Session } from '../../../../src/engine/session.js'
import { finish } from '../../support/finish.js'
import { lastzero, lockinc, readers } from '../../support/published-programs.js'
import { philosophers } from '../../support/small-programs.js'

const SEEDS = 50

/** A cell that every thread reads and writes, each `times` times. */
function counting(threads: number, times: number): Program {
  return program('counting', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    for (let i = 0; i < threads; i++)
      p.thread(`T${i}`, function* () {
        for (let n = 0; n < times; n++) yield* x.write((yield* x.read()) + 1)
      })
  })
}

/** Estimates, one a seed, each from draws that take a hundredth of the executions. */
function estimates(subject: Program, executions: number) {
  return Array.from({ length: SEEDS }, (_, seed) => {
    const estimate = new TraceEstimate(new Session(subject), seed)
    for (let drawn = 0; drawn === 0 || estimate.executed < executions / 100; drawn++) finish(estimate.draw())
    return estimate.estimate(0)!
  })
}

describe('After a hundredth of the work, the estimated number of executions', () => {
  for (const [name, subject, executions] of [
    ['counting 3 × 3', counting(3, 3), 1_824_912],
    ['lockinc 8', lockinc(8), 40_320],
    ['readers 15', readers(15), 32_768],
    ['philosophers 14', philosophers(14, 'left first'), 16_383],
    ['lastzero 13', lastzero(13), 32_768],
  ] as const)
    test(`of ${name} is within a factor of 3 in the middle, and its interval holds the truth for 9 seeds of 10`, () => {
      const all = estimates(subject, executions)

      const sorted = all.map((one) => one.executions / executions).sort((a, b) => a - b)
      expect(sorted[SEEDS / 2]).toBeGreaterThan(1 / 3)
      expect(sorted[SEEDS / 2]).toBeLessThan(3)
      const held = all.filter(({ low, high }) => low <= executions && executions <= high)
      expect(held.length).toBeGreaterThanOrEqual(SEEDS * 0.9)
    })
})

test('Draws are unbiased', () => {
  const subject = counting(3, 1)
  const estimate = new TraceEstimate(new Session(subject), 1)
  for (let draw = 0; draw < 20_000; draw++) finish(estimate.draw())

  // 36 traces; the standard error of so many draws is far below 1 %.
  expect(estimate.estimate(0)!.executions / 36).toBeCloseTo(1, 1.5)
})

test('Those who watch an exploration get the estimate', async () => {
  const seen: ExploreProgress[] = []
  const report = await explore(counting(3, 3), {
    strategy: 'dpor',
    onProgress: (progress) => seen.push(progress),
    maxMemory: 2 ** 30,
  })

  expect(report.counts.executions).toBe(1_824_912)
  const last = seen.filter(({ estimate }) => estimate !== null).at(-1)!.estimate!
  expect(last.low).toBeLessThanOrEqual(1_824_912)
  expect(last.high).toBeGreaterThanOrEqual(1_824_912)
})
