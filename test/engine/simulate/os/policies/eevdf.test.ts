import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MILLISECOND } from '../../../../../src/engine/simulate/kernel/time.js'
import { eevdf, type EevdfOptions } from '../../../../../src/engine/simulate/os/policies/eevdf.js'
import { weightOfNice } from '../../../../../src/engine/simulate/os/policies/linux-scheduling.js'
import { SEED } from '../../../support/seed.js'
import type { Recorder } from '../support/recorder.js'
import { repeat, run, simulate, wait } from '../support/scripted.js'

const ms = (count: number) => count * MILLISECOND
const LONG = [run(ms(100_000))]

function hogs(nices: readonly number[], until: number, options: Partial<EevdfOptions> = {}, cores = 1): Recorder {
  const threads = nices.map((nice) => ({ script: LONG, nice, affinity: [0] }))
  return simulate({ policy: eevdf(options), threads, cores, until })
}

const slices = (recorder: Recorder, from: number, until: number) =>
  recorder.stretches
    .filter((stretch) => stretch.core === 0 && stretch.from >= from && stretch.to < until)
    .map((stretch) => stretch.to - stretch.from)

describe('EEVDF', () => {
  test.each(Array.from({ length: 19 }, (_, i) => i + 2))(
    'gives each of %i equal threads slices of 0.75 ms, however many they are',
    (n) => {
      const until = ms(100)
      const found = slices(
        hogs(
          Array.from({ length: n }, () => 0),
          until,
        ),
        ms(50),
        until,
      )
      expect(found.length).toBeGreaterThan(60)
      for (const slice of found) expect(slice).toBe(ms(0.75))
    },
  )

  test.each([
    [1, 0.75],
    [2, 1.5],
    [4, 2.25],
    [8, 3],
    [64, 3],
  ])('on %i cores slices are %d ms', (cores, slice) => {
    for (const found of slices(hogs([0, 0, 0], ms(200), {}, cores), ms(50), ms(200))) expect(found).toBe(ms(slice))
  })

  test('begins with half slices: two threads run 0.375, 0.375, then 0.75 each', () => {
    // At 0.375 the first has had more than the average, and is not eligible; at 0.75 both are, with the same deadline.
    expect(hogs([0, 0], ms(3)).line(0, ms(1))).toBe('0:0–0.375 1:0.375–0.75 0:0.75–1.5 1:1.5–2.25 0:2.25–3')
    expect(hogs([0, 0], ms(3), { placeDeadlineInitial: false }).line(0, ms(1))).toBe(
      '0:0–0.75 1:0.75–1.5 0:1.5–2.25 1:2.25–3',
    )
  })

  test('of three threads of weight 2 : 1 : 1 (to within rounding) lets the first run every other slice', () => {
    // Nice 0 and 3: 1024 and 526. After each of its slices the first is ahead of the average until another has run.
    const recorder = hogs([0, 3, 3], ms(60))
    const first = recorder.stretches.filter(({ thread }) => thread === 0).length
    expect(first / recorder.stretches.length).toBeGreaterThan(0.45)
    expect(first / recorder.stretches.length).toBeLessThan(0.55)
  })

  test('keeps the lag of every thread that only runs within a slice, at every moment and for all weights', () => {
    const nices = fc.array(fc.integer({ min: -20, max: 19 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(nices, fc.boolean(), (given, runToParity) => {
        const until = ms(300)
        const weights = given.map(weightOfNice)
        const total = weights.reduce((sum, each) => sum + each)
        const recorder = hogs(given, until, { runToParity })
        // Stoica and Abdel-Wahab 1995, theorem 1: |lag| is less than the longest request. Rounding is below 1 ps a slice.
        for (let at = ms(1); at <= until; at += ms(7.3))
          for (const [thread, weight] of weights.entries()) {
            const lag = (at * weight) / total - recorder.ran(thread, at)
            expect(Math.abs(lag)).toBeLessThan(ms(0.75) + 1000)
          }
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  test('lets who wakes with a lag take the core, and without one wait until who runs has had its slice: 0.5 ms', () => {
    const threads = [{ script: LONG }, { script: [run(ms(0.1)), wait(ms(10)), run(ms(0.1))] }]
    // 1 runs from 0.375 to 0.475, where the average is (0.375 + 0.1) / 2, and leaves with a lag of 0.1375. 0 goes on alone from 0.375 of
    // its time, with deadlines 1.125, 1.875, …, and is at 10.375 with a deadline of 10.875 when 1 wakes.
    // With its lag 1 is put at 10.375 − 2 × 0.1375: 0 is ahead of the average.
    expect(simulate({ policy: eevdf(), threads, until: ms(20) }).wakeToRun(1)).toEqual([0])
    expect(simulate({ policy: eevdf({ placeLag: false }), threads, until: ms(20) }).wakeToRun(1)).toEqual([ms(0.5)])
  })

  test('remembers over a sleep what a thread is owed or owes: who sleeps for a moment after every 0.1 ms, or after its whole slice, has its third, and not more', () => {
    const share = (burst: number, placeLag: boolean) => {
      const sleeper = { script: repeat(9000, run(burst), wait(ms(0.001))) }
      const threads = [{ script: LONG }, { script: LONG }, sleeper]
      return simulate({ policy: eevdf({ placeLag }), threads, until: ms(900) }).ran(2) / ms(900)
    }
    for (const burst of [ms(0.1), ms(0.7), ms(0.75)]) {
      expect(share(burst, true)).toBeGreaterThan(0.33)
      expect(share(burst, true)).toBeLessThan(1 / 3 + 1e-6)
    }
    // Forgotten, a lag of a burst that was too short for a slice is lost each time.
    expect(share(ms(0.1), false)).toBeLessThan(0.07)
  })

  test('with slices that are protected lets who wakes wait longer, and switches less', () => {
    const threads = [{ script: LONG }, { script: LONG }, { script: repeat(300, run(ms(0.1)), wait(ms(2.3))) }]
    const [kept, free] = [true, false].map((runToParity) =>
      simulate({ policy: eevdf({ runToParity }), threads, until: ms(600) }),
    )
    const waited = (recorder: Recorder) => recorder.wakeToRun(2).reduce((sum, each) => sum + each)
    expect(waited(free)).toBeLessThan(waited(kept))
    expect(kept.switches).toBeLessThan(free.switches)
  })

  test('with a clock ends slices at its ticks', () => {
    for (const slice of slices(hogs([0, 0], ms(100), { tick: ms(1) }), ms(20), ms(100))) expect(slice).toBe(ms(1))
  })

  test('lets who yields have a later deadline', () => {
    const recorder = simulate({
      policy: eevdf({ placeDeadlineInitial: false }),
      threads: [{ script: [...repeat(2, run(ms(0.25)), 'yield'), run(ms(0.25))] }, { script: [run(ms(2))] }],
    })
    // At 0.25 it has a deadline of 1.5, the other one of 0.75. At 1.25 it yields in vain: the other, at 0.75, is ahead of the average.
    expect(recorder.line(0, ms(1))).toBe('0:0–0.25 1:0.25–1 0:1–1.5 1:1.5–2.75')
  })
})
