import { CircuitBreaker, type CircuitState, explore, program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { type Breaker, oneProbeAtATime } from '../laws/one-probe.js'
import { run } from './support.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

class LetsEveryoneProbe extends CircuitBreaker {
  protected override entering(): ReturnType<CircuitBreaker['entering']> {
    return {
      name: 'enter',
      step: (state) => ({ state, result: { value: state.mode === 'closed' ? 'call' : 'probe' } }),
    }
  }
}

class HeedsLateSuccess extends CircuitBreaker {
  protected override after(_state: CircuitState, _admission: 'call' | 'probe', hasSucceeded: boolean): CircuitState {
    return hasSucceeded ? { mode: 'closed', failures: 0 } : { mode: 'open' }
  }
}

class ForgetsThatItProbes extends CircuitBreaker {
  protected override entering(): ReturnType<CircuitBreaker['entering']> {
    const right = super.entering()
    return {
      ...right,
      step: (state, way, self) => {
        const effect = right.step(state, way, self)
        return { ...effect, state: effect.state.mode === 'half-open' ? { mode: 'open' } : effect.state }
      },
    }
  }
}

const mutant =
  (make: new (name: string, word: number, failures: number, resetAfter: number) => Breaker) =>
  (p: Vocabulary): Breaker =>
    p.declare('mutant', 'b', (words) => new make('b', words.data('state', { mode: 'closed', failures: 0 }), 1, 30))

function* calling(breaker: CircuitBreaker, fails: boolean): Steps<string> {
  try {
    return yield* breaker.call(function* () {
      if (fails) throw new RangeError('fails')
      return 'done'
    })
  } catch (error) {
    return (error as Error).name
  }
}

describe('A circuit breaker', () => {
  test.each([0, 30])('never lets two probes through (resetAfter %i)', async (resetAfter) => {
    await expectLawToHold(oneProbeAtATime((p) => p.circuitBreaker('b', { failures: 1, resetAfter }), 2))
  })

  test.each([
    ['lets everyone probe', LetsEveryoneProbe],
    ['closes when a call from before it opened succeeds', HeedsLateSuccess],
    ['forgets that a probe is under way', ForgetsThatItProbes],
  ] as const)('would if it %s', async (_title, make) => {
    await expectLawToBeBroken(oneProbeAtATime(mutant(make), 2), 'one probe at most')
  })

  test('opens when so many in a row have failed, and closes when a probe succeeds', async () => {
    const { result, final } = await run((p) => {
      const breaker = p.circuitBreaker('b', { failures: 2, resetAfter: 0 })
      return function* () {
        const results: string[] = []
        for (const fails of [true, false, true, true, true, false, true]) results.push(yield* calling(breaker, fails))
        return results
      }
    })
    expect(result).toEqual(['RangeError', 'done', 'RangeError', 'RangeError', 'RangeError', 'done', 'RangeError'])
    expect(final).toEqual({ b: { mode: 'closed', failures: 1 } })
  })

  test('may or may not have waited long enough when a call comes', async () => {
    const { outcomes } = await explore(
      program('waiting', {}, (_params, p) => {
        const breaker = p.circuitBreaker('b', { failures: 1, resetAfter: 30 })
        p.thread('A', function* () {
          return [yield* calling(breaker, true), yield* calling(breaker, false), yield* calling(breaker, false)]
        })
      }),
    )
    expect(outcomes.map(({ results }) => String(results?.['A'])).sort()).toEqual([
      'RangeError,CircuitOpen,CircuitOpen',
      'RangeError,CircuitOpen,done',
      'RangeError,done,done',
    ])
  })

  test.each([
    { failures: 0, resetAfter: 1 },
    { failures: 1, resetAfter: -1 },
    { failures: 1, resetAfter: Number.NaN },
  ])('cannot be made with %j', async (options) => {
    const wrong = program('wrong', {}, (_params, p) => {
      p.circuitBreaker('b', options)
    })
    await expect(explore(wrong)).rejects.toMatchObject({ code: 'program/bad-number' })
  })
})
