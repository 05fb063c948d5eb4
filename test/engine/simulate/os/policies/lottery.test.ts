import { describe, expect, test } from 'vitest'
import { lottery } from '../../../../../src/engine/simulate/os/policies/lottery.js'
import { repeat, run, simulate, wait } from '../support/scripted.js'
import { isWithin } from '../support/times.js'

describe('A lottery', () => {
  test('gives shares in proportion to tickets: of 20,000 draws each within 4 standard deviations', () => {
    const draws = 20_000
    const tickets = [1, 2, 3, 10]
    const recorder = simulate({
      policy: lottery({ quantum: 10 }),
      threads: tickets.map((each) => ({ script: [run(10 * draws)], tickets: each })),
      until: 10 * draws,
    })
    for (const [thread, own] of tickets.entries()) {
      const share = own / 16
      const deviation = Math.sqrt(draws * share * (1 - share))
      expect(isWithin(4 * deviation, recorder.ran(thread) / 10, draws * share)).toBe(true)
    }
  })

  test('draws alike from the same seed, and differently from another', () => {
    const line = (seed: number) =>
      simulate({
        policy: lottery({ quantum: 1 }),
        threads: [{ script: [run(30)] }, { script: [run(30)] }],
        seed,
      }).line()
    expect(line(7)).toBe(line(7))
    expect(line(7)).not.toBe(line(8))
  })

  test('with compensation makes up for what is left of quanta: who uses a fifth of each wins with 5 in 6 against one, and not with 1 in 2', () => {
    const threads = [{ script: [run(1e6)] }, { script: repeat(100_000, run(2), wait(1)) }]
    const share = (compensation: boolean) => {
      const recorder = simulate({ policy: lottery({ quantum: 10, compensation }), threads, until: 100_000 })
      return recorder.ran(1) / recorder.ran(0)
    }
    // After each of its bursts a quantum of the other is certain; then the other has as many as are drawn before it wins: on average
    // 1 if it wins with 1/2, 0.2 if it wins with 5/6.
    expect(share(false)).toBeGreaterThan(0.9 * (2 / 20))
    expect(share(false)).toBeLessThan(1.1 * (2 / 20))
    expect(share(true)).toBeGreaterThan(0.9 * (2 / 12))
    expect(share(true)).toBeLessThan(1.1 * (2 / 12))
  })
})
