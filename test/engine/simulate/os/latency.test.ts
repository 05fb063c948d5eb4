import { describe, expect, test } from 'vitest'
import { MILLISECOND } from '../../../../src/engine/simulate/kernel/time.js'
import { policyNamed } from '../../../../src/engine/simulate/os/policies.js'
import { repeat, run, simulate, wait } from './support/scripted.js'

const ms = (count: number) => count * MILLISECOND
const HOGS = 4

/** How long an interactive thread, which runs 0.2 ms after every 7.3 ms, waits for the core that it shares with four others that only run. */
function latencies(name: string, options: Record<string, unknown> = {}): number[] {
  const hogs = Array.from({ length: HOGS }, () => ({ script: repeat(500, run(ms(30)), 'yield') }))
  const interactive = { script: repeat(5000, run(ms(0.2)), wait(ms(7.3))) }
  return simulate({ policy: policyNamed(name, options), threads: [...hogs, interactive], until: ms(3000) }).wakeToRun(
    HOGS,
  )
}

const longest = (times: readonly number[]) => Math.max(...times) / ms(1)
const mean = (times: readonly number[]) => times.reduce((sum, each) => sum + each) / times.length / ms(1)

describe('An interactive thread beside four that only run', () => {
  test('waits under FIFO for all of their bursts of 30 ms: more than 90, at most 120 ms', () => {
    const times = latencies('fifo')
    expect(longest(times)).toBeLessThanOrEqual(120)
    for (const time of times) expect(time).toBeGreaterThan(ms(90))
  })

  test('waits under round-robin for all of their quanta of 10 ms: more than 30, at most 40 ms', () => {
    const times = latencies('round-robin', { quantum: ms(10) })
    expect(longest(times)).toBeLessThanOrEqual(40)
    for (const time of times) expect(time).toBeGreaterThan(ms(30))
  })

  test('waits under a lottery for the rest of one quantum, then for a draw of 1 in 5: 50 ms on average, within a tenth', () => {
    // The rest of the quantum under way depends on where its sleep ends in it; each draw that it loses costs 10 ms: 4 on average.
    const times = latencies('lottery', { quantum: ms(10) })
    expect(mean(times)).toBeGreaterThan(35)
    expect(mean(times)).toBeLessThan(55)
  })

  test('waits under stride scheduling for the rest of one quantum, and for one of each other at most', () => {
    expect(longest(latencies('stride', { quantum: ms(10) }))).toBeLessThanOrEqual(50)
  })

  test('does not wait under MLFQ while it is at the top: half of the time with a boost every 100 ms', () => {
    const times = latencies('mlfq', { quanta: [ms(10), ms(10), ms(10)], boost: ms(100) })
    // Only just after a boost it has to wait for the first quantum of each of the others.
    expect(longest(times)).toBeLessThanOrEqual(40)
    expect(times.filter((time) => time === 0).length).toBeGreaterThan(times.length / 2)
  })

  test('does not wait under CFS at all: it is placed half a latency behind, which is more than a wake-up needs', () => {
    expect(longest(latencies('cfs'))).toBe(0)
  })

  test('waits under CFS for slices of the others if wake-ups take no core: at most 0.75 + 1.2 ms on average', () => {
    const times = latencies('cfs', { wakeupGranularity: ms(100) })
    expect(longest(times)).toBeLessThanOrEqual(1.2)
    expect(longest(times)).toBeGreaterThan(0)
  })

  test('waits under EEVDF no longer than its deadline and a slice: 5 × 0.75 + 0.75 ms', () => {
    // Its request of 0.75 is met 5 × 0.75 ms after it became eligible, at the latest, but for one slice of another.
    const times = latencies('eevdf')
    expect(longest(times)).toBeLessThanOrEqual(4.5)
    expect(longest(times)).toBeGreaterThan(0)
  })

  test('does not wait under Windows: its boost lifts it above them', () => {
    expect(longest(latencies('windows'))).toBe(0)
    expect(longest(latencies('windows', { waitBoost: 0 }))).toBeGreaterThan(90)
  })

  test('does not wait with the highest of fixed priorities', () => {
    const hogs = Array.from({ length: HOGS }, () => ({ script: [run(ms(10_000))] }))
    const interactive = { script: repeat(100, run(ms(0.2)), wait(ms(7.3))), priority: 1 }
    const recorder = simulate({ policy: policyNamed('priorities'), threads: [...hogs, interactive], until: ms(500) })
    expect(longest(recorder.wakeToRun(HOGS))).toBe(0)
  })
})
