import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { roundRobin } from '../../../../../src/engine/simulate/os/policies/round-robin.js'
import { SEED } from '../../../support/seed.js'
import { run, simulate, wait } from '../support/scripted.js'
import { times } from '../support/times.js'

describe('Round-robin', () => {
  test('with a quantum of 2, of 5, 3 and 1 that come together: turnaround 9, 8, 5, response 0, 2, 4', () => {
    const recorder = simulate({
      policy: roundRobin({ quantum: 2 }),
      threads: [5, 3, 1].map((each) => ({ script: [run(each)] })),
    })
    expect(recorder.line()).toBe('0:0–2 1:2–4 2:4–5 0:5–7 1:7–8 0:8–9')
    expect(times(recorder, 3)).toEqual({ response: [0, 2, 4], turnaround: [9, 8, 5] })
  })

  test('counts a turn over all bursts in it, and begins it anew after waiting', () => {
    const recorder = simulate({
      policy: roundRobin({ quantum: 4 }),
      threads: [{ script: [run(3), run(3), wait(2), run(5)] }, { script: [run(12)] }],
    })
    // 0 has 2 of its second burst left at 4; it wakes at 12, behind 1, whose turn lasts until 14.
    expect(recorder.line()).toBe('0:0–4 1:4–8 0:8–10 1:10–14 0:14–18 1:18–22 0:22–23')
  })

  test('of who finishes at the very end of a turn is over: it takes no other turn', () => {
    const recorder = simulate({
      policy: roundRobin({ quantum: 3 }),
      threads: [{ script: [run(3)] }, { script: [run(3), wait(1), run(1)] }, { script: [run(4)] }],
    })
    expect(recorder.line()).toBe('0:0–3 1:3–6 2:6–9 1:9–10 2:10–11')
    expect(recorder.switches).toBe(5)
  })

  test('lets who is alone go on without a switch, and turns to a newcomer when the turn is over', () => {
    const recorder = simulate({
      policy: roundRobin({ quantum: 4 }),
      threads: [{ script: [run(20)] }, { script: [run(1)], at: 9 }],
    })
    expect(recorder.line()).toBe('0:0–12 1:12–13 0:13–21')
  })

  test('with a switch that costs s, n ≥ 2 threads of k quanta q end after n·k·(q + s), a single one after k·q + s', () => {
    const whole = (max: number) => fc.integer({ min: 1, max })
    fc.assert(
      fc.property(whole(7), whole(9), whole(50), fc.integer({ min: 0, max: 20 }), (n, k, q, s) => {
        const threads = Array.from({ length: n }, () => ({ script: [run(k * q)] }))
        const recorder = simulate({ policy: roundRobin({ quantum: q }), threads, costs: { switchCost: s } })
        const switches = n === 1 ? 1 : n * k
        expect(recorder.makespan).toBe(n * k * q + switches * s)
        expect(recorder.switching(0)).toBe(switches * s)
        expect(recorder.busy(0)).toBe(n * k * q)
      }),
      { seed: SEED },
    )
  })
})
