import { describe, expect, test } from 'vitest'
import { stride } from '../../../../../src/engine/simulate/os/policies/stride.js'
import { repeat, run, simulate, wait } from '../support/scripted.js'

describe('Stride scheduling', () => {
  test('of 3, 2 and 1 tickets runs 0 1 0 2 1 0 in every six quanta, or the like: three, two, one', () => {
    const tickets = [3, 2, 1]
    const recorder = simulate({
      policy: stride({ quantum: 6 }),
      threads: tickets.map((each) => ({ script: [run(1000)], tickets: each })),
      until: 6 * 6 * 10,
    })
    for (let round = 1; round <= 10; round++)
      for (const [thread, own] of tickets.entries()) expect(recorder.ran(thread, 36 * round)).toBe(6 * own * round)
  })

  test('keeps passes within one stride of each other at every moment: shares are exact to within that', () => {
    const tickets = [1, 2, 3, 7, 11]
    const quantum = 77 * 6
    const recorder = simulate({
      policy: stride({ quantum }),
      threads: tickets.map((each) => ({ script: [run(1e9)], tickets: each })),
      until: 1e6,
    })
    // The smallest pass runs, so none gets more than its own stride ahead of another; each starts at its own stride.
    for (let time = 1000; time <= 1e6; time += 997) {
      const passes = tickets.map((own, thread) => (quantum + recorder.ran(thread, time)) / own)
      expect(Math.max(...passes) - Math.min(...passes)).toBeLessThanOrEqual(quantum)
    }
  })

  test('gives nothing for time away: who comes back neither catches up nor pays again', () => {
    const recorder = simulate({
      policy: stride({ quantum: 10 }),
      threads: [{ script: [run(1e6)] }, { script: [run(100), wait(1000), run(1e6)] }],
      until: 3200,
    })
    // Together until 200, alone until 1200, then together again: half each, to within a quantum.
    const [first, second] = [0, 1].map((thread) => recorder.ran(thread, 3200) - recorder.ran(thread, 1200))
    expect(Math.abs(first - second)).toBeLessThanOrEqual(20)
  })

  test('counts parts of quanta: who gives up its core after a tenth has its half of a time that is not enough for both, in ten times as many turns', () => {
    const recorder = simulate({
      policy: stride({ quantum: 10 }),
      threads: [{ script: [run(1e6)] }, { script: repeat(100_000, run(1), 'yield') }],
      until: 10_000,
    })
    expect(Math.abs(recorder.ran(0) - recorder.ran(1))).toBeLessThanOrEqual(20)
  })
})
