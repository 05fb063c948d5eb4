import { describe, expect, test } from 'vitest'
import { MILLISECOND } from '../../../../../src/engine/simulate/kernel/time.js'
import { cfs, type CfsOptions } from '../../../../../src/engine/simulate/os/policies/cfs.js'
import { weightOfNice } from '../../../../../src/engine/simulate/os/policies/linux-scheduling.js'
import type { Recorder } from '../support/recorder.js'
import { repeat, run, type ScriptedThread, simulate, wait } from '../support/scripted.js'

const ms = (count: number) => count * MILLISECOND
const LONG = [run(ms(100_000))]

/** Threads that only run, on the first of some cores. */
function hogs(nices: readonly number[], until: number, options: Partial<CfsOptions> = {}, cores = 1): Recorder {
  const threads = nices.map((nice) => ({ script: LONG, nice, affinity: [0] }))
  return simulate({ policy: cfs(options), threads, cores, until })
}

/** How long threads ran at a time, after a time, without what was cut off at the end. */
function slices(recorder: Recorder, from: number, until: number): number[] {
  return recorder.stretches
    .filter((stretch) => stretch.core === 0 && stretch.from >= from && stretch.to < until)
    .map((stretch) => stretch.to - stretch.from)
}

describe('CFS', () => {
  test.each(Array.from({ length: 19 }, (_, i) => i + 2))(
    'gives %i equal threads slices of 6 ms / n, and of 0.75 ms from 8 threads on',
    (n) => {
      const until = ms(400)
      const recorder = hogs(
        Array.from({ length: n }, () => 0),
        until,
      )
      const expected = Math.ceil(Math.max(ms(6) / n, ms(0.75)))
      const found = slices(recorder, ms(200), until)
      expect(found.length).toBeGreaterThan(200 / 6 - 1)
      for (const slice of found) expect(slice).toBe(expected)
    },
  )

  test('lets a single thread run on without an end', () => {
    expect(hogs([0], ms(100)).stretches).toHaveLength(1)
  })

  test.each([
    [1, 1],
    [2, 2],
    [4, 3],
    [7, 3],
    [8, 4],
    [64, 4],
  ])('on %i cores multiplies its times by %i', (cores, factor) => {
    for (const [threads, slice] of [
      [3, ms(2)],
      [12, ms(0.75)],
    ]) {
      const until = ms(900)
      const recorder = hogs(
        Array.from({ length: threads }, () => 0),
        until,
        {},
        cores,
      )
      for (const found of slices(recorder, ms(400), until)) expect(found).toBe(factor * slice)
    }
  })

  test('divides the period by weight: nice 0 and 5 have 1024 and 335 of 1359 parts of 6 ms', () => {
    const found = slices(hogs([0, 5], ms(200)), ms(100), ms(200))
    const expected = [(ms(6) * 1024) / 1359, (ms(6) * 335) / 1359]
    for (const [i, slice] of found.entries()) expect(Math.abs(slice - expected[(i + 1) % 2])).toBeLessThanOrEqual(1)
  })

  test.each([
    [[0, 0]],
    [[0, 1]],
    [[-20, 0]],
    [[-20, 19]],
    [[-5, 0, 0, 5]],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [[19, 19, 19]],
  ])('gives threads of nice %j their share by weight, to within a slice of virtual time', (nices) => {
    const time = ms(5000)
    const weights = nices.map(weightOfNice)
    const total = weights.reduce((sum, each) => sum + each)
    const recorder = hogs(nices, time, { startDebit: false })
    // All start at the virtual time 0 and the smallest runs, so that at every moment they are within the longest slice of virtual
    // time of each other; the average by weight is in between.
    const period = nices.length > 8 ? nices.length * ms(0.75) : ms(6)
    const spread = Math.max(...weights.map((weight) => Math.max(ms(0.75) / weight, period / total)))
    for (const [thread, weight] of weights.entries()) {
      for (const at of [time / 7, time / 2, time]) {
        const error = recorder.ran(thread, at) - (at * weight) / total
        expect(Math.abs(error)).toBeLessThanOrEqual(weight * spread + nices.length)
      }
    }
  })

  test('has the weights of Linux: a step is 1.25, to within rounding', () => {
    expect([-20, -10, -1, 0, 1, 10, 19].map(weightOfNice)).toEqual([88761, 9548, 1277, 1024, 820, 110, 15])
    for (let nice = -20; nice < 10; nice++) {
      const step = weightOfNice(nice) / weightOfNice(nice + 1)
      expect(Math.abs(step - 1.25)).toBeLessThan(0.03)
    }
  })

  const sleeper: readonly ScriptedThread[] = [{ script: LONG }, { script: [run(ms(1)), wait(ms(20)), run(ms(5))] }]

  test('places who wakes half a latency behind, so that it takes the core for a slice', () => {
    // 0 runs 0–3, 1 runs 3–4 and sleeps until 24, when 0 is at 23 of virtual time: 1 is put at 20. At 27 both are at 23.
    const recorder = simulate({ policy: cfs({ startDebit: false }), threads: sleeper, until: ms(40) })
    expect(recorder.line(0, ms(1))).toBe('0:0–3 1:3–4 0:4–24 1:24–27 0:27–30 1:30–32 0:32–40')
  })

  test('without gentle sleepers places it a whole latency behind: it has two slices at a time', () => {
    // At 24, 1 is at 17 and 0 at 23: after 3 it is still the furthest behind.
    const recorder = simulate({
      policy: cfs({ startDebit: false, gentleSleepers: false }),
      threads: sleeper,
      until: ms(40),
    })
    expect(recorder.line(0, ms(1))).toBe('0:0–3 1:3–4 0:4–24 1:24–29 0:29–40')
  })

  test('does not let who wakes take the core unless it is behind by the granularity of wake-ups', () => {
    // It is 3 behind, which is not more than 3.5. But 0 has had its slice long ago: it loses its core at once, or at the next tick.
    const options = { startDebit: false, wakeupGranularity: ms(3.5) }
    const recorder = simulate({ policy: cfs(options), threads: sleeper, until: ms(40) })
    expect(recorder.wakeToRun(1)).toEqual([0])
    const ticking = simulate({ policy: cfs({ ...options, tick: ms(4) }), threads: sleeper, until: ms(60) })
    expect(ticking.wakeToRun(1)).toEqual([ms(3)])
    const behind = simulate({
      policy: cfs({ ...options, wakeupGranularity: ms(2.5), tick: ms(4) }),
      threads: sleeper,
      until: ms(60),
    })
    expect(behind.wakeToRun(1)).toEqual([0])
  })

  test('with a clock ends slices at its ticks: 3 threads have 4 ms instead of 2', () => {
    const recorder = hogs([0, 0, 0], ms(200), { tick: ms(4) })
    for (const slice of slices(recorder, ms(20), ms(200))) expect(slice).toBe(ms(4))
  })

  test('starts a new thread a slice behind: with one that runs, 3 ms', () => {
    const threads = [{ script: LONG }, { script: LONG, at: ms(10) }]
    // The first is in the middle of nothing: its slice has been over for long, but it goes on until it is where the second was put.
    const debit = simulate({ policy: cfs(), threads, until: ms(30) })
    expect(debit.response(1)).toBe(ms(3))
    const none = simulate({ policy: cfs({ startDebit: false }), threads, until: ms(30) })
    expect(none.response(1)).toBe(0)
  })

  test('lets who yields go after the next, if that is not too far behind', () => {
    const recorder = simulate({
      policy: cfs({ startDebit: false }),
      threads: [{ script: repeat(3, run(ms(0.5)), 'yield') }, { script: [run(ms(2))] }],
    })
    // At 0.5 and 1 respectively 1 is the next with 0 and 0.5; at 3.5 it is alone.
    expect(recorder.line(0, ms(1))).toMatch(/^0:0–0.5 1:0.5–/)
    expect(recorder.ended).toBe(2)
  })

  test('takes its share along when a thread moves to another core', () => {
    const recorder = simulate({
      policy: cfs({ startDebit: false, scaling: false }),
      cores: 2,
      threads: [
        { script: LONG, affinity: [0] },
        { script: [run(ms(50))], affinity: [1] },
        { script: LONG },
        { script: LONG, affinity: [1], at: ms(1) },
      ],
      costs: { balanceInterval: ms(4) },
      until: ms(450),
    })
    // From 150 on three threads are there for two cores: who may run on both goes to and fro, and has about as much as the others.
    const after = [0, 2, 3].map((thread) => recorder.ran(thread, ms(450)) - recorder.ran(thread, ms(150)))
    expect(after.reduce((sum, each) => sum + each)).toBe(2 * ms(300))
    for (const each of after) expect(each).toBeGreaterThan(ms(140))
  })
})
