import { describe, expect, test } from 'vitest'
import { GIL_VERSIONS, type GilConfig, type IntervalConfig } from '../../../../src/engine/simulate/gil/gil-config.js'
import type { OsConfig } from '../../../../src/engine/simulate/os/os-config.js'
import { MICROSECOND, MILLISECOND, run, SECOND, USUAL_OS } from './support/computer.js'
import { client, echo } from './support/programs.js'

/** A laptop with cores to spare: who is woken runs before a call into the system is over. */
const QUICK_OS: OsConfig = {
  ...USUAL_OS,
  switchCost: MICROSECOND,
  wakeLatency: 2 * MICROSECOND,
  idleWakeLatency: 0,
}
const SOCKET_CALL = 10 * MICROSECOND

function interval(milliseconds: number, changes: Partial<IntervalConfig> = {}): IntervalConfig {
  return { ...GIL_VERSIONS['3.9'], interval: milliseconds * MILLISECOND, ...changes }
}

/** Requests per second of a server that takes the lock twice for each. */
function rate(gil: GilConfig, spinners: number, { cores = 2, requests = 24, seed = 1 } = {}): number {
  const { time, hasEnded } = run(
    echo,
    { requests, spinners },
    { cores, gil, seed, os: QUICK_OS, systemCall: SOCKET_CALL, devices: client({ thinking: 10 * MICROSECOND }) },
  )
  expect(hasEnded).toBe(true)
  return requests / (time / SECOND)
}

/** The median of how long requests take whose client thinks for two milliseconds, in milliseconds. */
function roundTrip(gil: GilConfig, spinners: number): number {
  const took: number[] = []
  const answered = (time: number) => took.push(time / MILLISECOND)
  const requests = 41
  run(echo, { requests, spinners }, { cores: 2, gil, devices: client({ thinking: 2 * MILLISECOND, answered }) })
  return took.toSorted((a, b) => a - b)[requests >> 1]!
}

/** Requests per second of a server whose client has always sent the next one already, and keeps a core busy meanwhile. */
function rateOfBusyClient(cores: number, os: OsConfig): number {
  let count = 0
  const { time } = run(
    echo,
    { requests: 1_000_000, spinners: 1, clients: 1 },
    { cores, os, gil: interval(5), devices: client({ thinking: 0, answered: () => count++ }), until: SECOND / 10 },
  )
  return count / (time / SECOND)
}

describe('A thread that asks for something beside threads that compute, under a lock with an interval', () => {
  test.each([5, 10, 50])('waits for all of them, twice: 1/(2·4·%i ms) requests per second', (milliseconds) => {
    const law = 1000 / (2 * 4 * milliseconds)

    for (const wakes of ['first', 'any'] as const)
      for (const cores of [2, 4]) {
        const measured = rate(interval(milliseconds, { wakes }), 4, { cores, requests: 40 })
        expect(measured / law, `${wakes}, ${cores} cores`).toBeGreaterThan(0.8)
        expect(measured / law, `${wakes}, ${cores} cores`).toBeLessThan(1.2)
      }
  })

  // The issue of Python's tracker on the convoy effect is 7946; the table is r4victor's, "Python behind the scenes #13".
  test.each([
    { interval: 100, published: [30_000, 5, 2] },
    { interval: 10, published: [30_000, 50, 30, 15] },
    { interval: 5, published: [30_000, 100, 50, 30] },
    { interval: 1, published: [30_000, 500, 280, 200] },
  ])('answers as many requests as was published for an interval of $interval ms', ({ interval: each, published }) => {
    const spinners = [0, 1, 2, 4]

    for (const [place, figure] of published.entries()) {
      const ratio = rate(interval(each), spinners[place]!, { cores: 4 }) / figure
      expect(ratio, `${spinners[place]} threads that compute`).toBeGreaterThan(0.5)
      expect(ratio, `${spinners[place]} threads that compute`).toBeLessThan(2)
    }
  })

  test('answers thousands of requests if they are there already and no core is free, a hundred if one is', () => {
    expect(rateOfBusyClient(2, USUAL_OS)).toBeGreaterThan(5000)
    expect(rateOfBusyClient(3, USUAL_OS)).toBeLessThan(500)
  })

  // Measured on two cores: 5.1 to 5.5 ms, 5 to 14 ms, 27 to 29 ms.
  test.each([
    { spinners: 1, shortest: 5, longest: 5.5 },
    { spinners: 2, shortest: 5, longest: 14 },
    { spinners: 4, shortest: 18, longest: 30 },
  ])(
    'answers a client that thinks after $shortest to $longest ms beside $spinners',
    ({ spinners, shortest, longest }) => {
      const median = roundTrip(interval(5), spinners)

      expect(median).toBeGreaterThan(shortest)
      expect(median).toBeLessThan(longest)
    },
  )

  test('answers at once if nobody computes, and soon under the lock that counts ticks', () => {
    expect(roundTrip(interval(5), 0)).toBeLessThan(0.05)
    expect(roundTrip(GIL_VERSIONS['2.7'], 1)).toBeLessThan(0.5)
  })

  test('is the same again from the same seed, and another from another', () => {
    const gil = interval(5, { wakes: 'any' })

    expect(rate(gil, 4, { seed: 1 })).toBe(rate(gil, 4, { seed: 1 }))
    expect(rate(gil, 4, { seed: 2 })).not.toBe(rate(gil, 4, { seed: 1 }))
  })
})
