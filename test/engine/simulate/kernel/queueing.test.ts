import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { Environment } from '../../../../src/engine/simulate/kernel/environment.js'
import type { Steps } from '../../../../src/engine/simulate/kernel/process.js'
import { Resource } from '../../../../src/engine/simulate/kernel/resource.js'
import { MICROSECOND } from '../../../../src/engine/simulate/kernel/time.js'
import { meanWait } from './erlang-c.js'

const SEEDS = 6
const WARM_UP = 20_000
/** Customers whose waits follow each other: at a load of 0.9 they have forgotten each other after a few hundred. */
const BATCH = 40_000
const BATCHES = 6
/** Of Student's distribution with 35 degrees of freedom, two-sided: a right kernel fails with 1 in 1000 choices of seeds. */
const QUANTILE = 3.59
const UNIT = MICROSECOND

/** The means of the waits of batches of customers, in units of time. */
function batchMeans(lambda: number, mu: number, servers: number, seed: string): number[] {
  const env = new Environment()
  const resource = new Resource(env, servers)
  const random = new Random(seed)
  const exponential = (mean: number) => Math.round(-Math.log(1 - random.unit()) * mean * UNIT)
  const sums = Array.from({ length: BATCHES }, () => 0)

  function* customer(index: number): Steps {
    const arrived = env.now
    const request = resource.request()
    yield request
    const batch = Math.floor((index - WARM_UP) / BATCH)
    if (batch >= 0) sums[batch] += env.now - arrived
    yield exponential(1 / mu)
    resource.release(request)
  }

  function* source(): Steps {
    for (let i = 0; i < WARM_UP + BATCH * BATCHES; i++) {
      yield exponential(1 / lambda)
      env.start(customer(i))
    }
  }

  env.start(source())
  env.run()
  return sums.map((sum) => sum / BATCH / UNIT)
}

function confidence(samples: readonly number[]): { mean: number; halfWidth: number } {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (samples.length - 1)
  return { mean, halfWidth: QUANTILE * Math.sqrt(variance / samples.length) }
}

describe('The theory', () => {
  test('of waiting in M/M/c is what books say', () => {
    expect(meanWait(0.9, 1, 1)).toBeCloseTo(9, 12)
    expect(meanWait(1.8, 1, 2)).toBeCloseTo(4.26316, 5)
    expect(meanWait(4.5, 1, 5)).toBeCloseTo(1.52499, 4)
  })
})

describe('Customers at a load of 0.9', () => {
  test.each([1, 2, 5])(
    'wait as Erlang C says with %i server(s) (confidence interval with 1 error in 1000, 6 seeds of 6 batches)',
    (servers) => {
      const expected = meanWait(0.9 * servers, 1, servers)
      const samples = Array.from({ length: SEEDS }, (_, seed) =>
        batchMeans(0.9 * servers, 1, servers, `M/M/${servers} ${seed}`),
      ).flat()
      const { mean, halfWidth } = confidence(samples)

      expect(Math.abs(mean - expected)).toBeLessThan(halfWidth)
      // An interval that everything lies in would say nothing.
      expect(halfWidth / expected).toBeLessThan(0.1)
    },
  )
})
