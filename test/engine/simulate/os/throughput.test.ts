import { describe, expect, test } from 'vitest'
import { roundRobin } from '../../../../src/engine/simulate/os/policies/round-robin.js'
import { repeat, run, simulate, wait } from './support/scripted.js'

const CORES = 2
const RUN = 400
const WAIT = 1600
const QUANTUM = 100
const SWITCH = 20
const TIME = 400_000

/** Requests a unit of time, each of which computes and then waits, with so many threads that serve them, which start evenly spread. */
function throughput(threads: number): number {
  const script = repeat(TIME / RUN, run(RUN), wait(WAIT))
  const recorder = simulate({
    policy: roundRobin({ quantum: QUANTUM, queues: 'global' }),
    cores: CORES,
    costs: { switchCost: SWITCH },
    threads: Array.from({ length: threads }, (_, each) => ({
      script,
      at: Math.round((each * (RUN + WAIT + SWITCH)) / threads),
    })),
    until: TIME,
  })
  return recorder.ran() / RUN / TIME
}

describe('The throughput of requests that compute for 400 and wait for 1600, on two cores, with turns of 100 and switches of 20,', () => {
  const curve = Array.from({ length: 24 }, (_, i) => throughput(i + 1))
  const peak = curve.indexOf(Math.max(...curve)) + 1

  test('is 1 / 2000 a thread while each has a core to itself', () => {
    for (const threads of [1, 2]) {
      expect(throughput(threads)).toBeGreaterThan((threads * 0.98) / (RUN + WAIT + SWITCH))
      expect(throughput(threads)).toBeLessThanOrEqual((threads * 1.001) / (RUN + WAIT))
    }
  })

  test('has its peak where both cores are just busy, and not where most threads are', () => {
    // 9.6 threads need all of two cores: 420 of every 2020 each.
    expect([9, 10]).toContain(peak)
    for (let threads = 1; threads < 9; threads++) expect(curve[threads]).toBeGreaterThan(curve[threads - 1])
  })

  test('comes down to 2 / (400 + 4 · 20) with many threads: four turns a request, each with its switch', () => {
    const limit = CORES / (RUN + (RUN / QUANTUM) * SWITCH)
    expect(Math.abs(curve[23] / limit - 1)).toBeLessThan(0.01)
    expect(curve[peak - 1]).toBeGreaterThan(1.04 * limit)
  })
})
