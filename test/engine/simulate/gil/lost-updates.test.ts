import { describe, expect, test } from 'vitest'
import { GIL_VERSIONS, type GilConfig, type GilVersion } from '../../../../src/engine/simulate/gil/gil-config.js'
import { MICROSECOND, run } from './support/computer.js'
import { counting, type Increment } from './support/programs.js'

const THREADS = 4
const SEEDS = [1, 2, 3]

/** The shares of updates that are lost, for several seeds, as a switch interval of 10 µs has it. */
function lost(version: GilVersion, how: Increment, times = 6000): readonly number[] {
  const known: GilConfig = GIL_VERSIONS[version]
  const gil = known.kind === 'interval' ? { ...known, interval: 10 * MICROSECOND } : known
  return SEEDS.map((seed) => {
    const { final } = run(counting, { threads: THREADS, times, how }, { cores: 2, gil, seed })
    return 1 - (final.counter as number) / (THREADS * times)
  })
}

// Measured, over versions: 15 to 70 %.
function expectTensOfPercent(shares: readonly number[]): void {
  for (const share of shares) {
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.8)
  }
}

describe('Threads that count in a global', () => {
  test.each(['2.7', '3.5', '3.9'] as const)('lose updates by `x += 1` in CPython %s', (version) => {
    expectTensOfPercent(lost(version, 'x += 1'))
  })

  test.each(['3.10', '3.12', '3.13', '3.14'] as const)('lose none by `x += 1` in CPython %s', (version) => {
    expect(lost(version, 'x += 1')).toEqual(SEEDS.map(() => 0))
  })

  test.each([
    ['2.7', 'y = add1(y)'],
    ['3.9', 'y = add1(y)'],
    ['3.10', 'y = add1(y)'],
    ['3.14', 'y = add1(y)'],
    ['2.7', 'z = z + int(1)'],
    ['3.9', 'z = z + int(1)'],
    ['3.10', 'z = z + int(1)'],
    ['3.14', 'z = z + int(1)'],
  ] as const)('lose updates in CPython %s if they call a function on the way: `%s`', (version, how) => {
    expectTensOfPercent(lost(version, how))
  })

  test.each(['3.13t', '3.14t', 'none'] as const)('lose updates either way where there is no lock (%s)', (version) => {
    for (const how of ['x += 1', 'y = add1(y)'] as const) expectTensOfPercent(lost(version, how, 1000))
  })
})
