import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../src/engine/errors.js'
import { MILLISECOND } from '../../../../src/engine/simulate/kernel/time.js'
import { POLICIES, policyNamed } from '../../../../src/engine/simulate/os/policies.js'
import type { AnyPolicyKind } from '../../../../src/engine/simulate/os/policy-kind.js'
import { run, simulate } from './support/scripted.js'

const all: [string, AnyPolicyKind][] = Object.entries(POLICIES)

function refusal(
  name: string,
  options: Record<string, unknown> = {},
): [code: string, message: string, hint: string | undefined] {
  try {
    policyNamed(name, options)
  } catch (error) {
    if (error instanceof UsageError) return [error.code, error.message, error.hint]
  }
  throw new Error('it was not refused')
}

describe('Scheduling policies', () => {
  test.each(all)(
    '%s is called what it is found by, and says what its parameters mean and where defaults come from',
    (name, kind) => {
      expect(kind.name).toBe(name)
      expect(kind.summary).not.toBe('')
      for (const parameter of Object.values(kind.parameters)) {
        expect(parameter.meaning).not.toBe('')
        expect(parameter.source).not.toBe('')
      }
    },
  )

  test.each(all)('%s runs with its defaults, given or not', (name, kind) => {
    const threads = [5, 3, 4].map((each) => ({ script: [run(each * MILLISECOND)] }))
    const defaults = Object.fromEntries(
      Object.entries(kind.parameters).map(([parameter, { default: value }]) => [parameter, value]),
    )
    const plain = simulate({ policy: policyNamed(name), threads, cores: 2 })
    const given = simulate({ policy: policyNamed(name, defaults), threads, cores: 2 })
    expect(plain.ended).toBe(3)
    expect(given.transitions).toEqual(plain.transitions)
  })

  test('have the parameters of the real things', () => {
    const kinds: Readonly<Record<string, AnyPolicyKind>> = POLICIES
    const defaults = (name: keyof typeof POLICIES) =>
      Object.fromEntries(Object.entries(kinds[name].parameters).map(([each, { default: value }]) => [each, value]))
    expect(defaults('cfs')).toMatchObject({ latency: 6e9, minimumGranularity: 0.75e9, wakeupGranularity: 1e9 })
    expect(defaults('eevdf')).toMatchObject({ baseSlice: 0.75e9 })
    expect(defaults('round-robin')).toMatchObject({ quantum: 100e9 })
    expect(defaults('windows')).toMatchObject({ clockInterval: 15.625e9, quantum: 2, foregroundFactor: 3 })
    expect(defaults('mlfq')).toMatchObject({ quanta: [10e9, 10e9, 10e9], allotments: [1], boost: 0 })
  })

  test('of unknown names are refused with those that there are', () => {
    const [code, message, hint] = refusal('linux')
    expect(code).toBe('usage/unknown-policy')
    expect(message).toBe('there is no scheduling policy “linux”')
    expect(hint).toMatch(/^there are fifo, sjf, .*, cfs, eevdf, windows, random$/)
    expect(refusal('toString')[0]).toBe('usage/unknown-policy')
  })

  test.each([
    ['cfs', { quantum: 5 }, 'usage/unknown-parameter', 'policy cfs has no parameter “quantum”'],
    ['random', { seed: 5 }, 'usage/unknown-parameter', 'policy random has no parameter “seed”'],
    ['cfs', { latency: -1 }, 'usage/wrong-parameter-type', 'latency of policy cfs is a time of 1 ps or more, not -1'],
    [
      'cfs',
      { latency: '6ms' },
      'usage/wrong-parameter-type',
      'latency of policy cfs is a time of 1 ps or more, not "6ms"',
    ],
    [
      'cfs',
      { tick: Number.NaN },
      'usage/wrong-parameter-type',
      'tick of policy cfs is a time of 0 ps or more, not null',
    ],
    ['cfs', { scaling: 1 }, 'usage/wrong-parameter-type', 'scaling of policy cfs is true or false, not 1'],
    [
      'fifo',
      { queues: 'two' },
      'usage/wrong-parameter-type',
      'queues of policy fifo is “per-core” or “global”, not "two"',
    ],
    ['windows', { quantum: 0 }, 'usage/wrong-parameter-type', 'quantum of policy windows is a number from 1, not 0'],
    [
      'mlfq',
      { quanta: [] },
      'usage/wrong-parameter-type',
      'quanta of policy mlfq is a list of times of 1 ps or more, not []',
    ],
    [
      'mlfq',
      { allotments: [1, 0, 1] },
      'usage/wrong-parameter-type',
      'allotments of policy mlfq is a list of numbers from 1, not [1,0,1]',
    ],
    [
      'mlfq',
      { allotments: [1, 2] },
      'usage/wrong-parameter-type',
      'policy mlfq takes as many allotments as quanta, or one for all',
    ],
  ])('%s with %j is refused', (name, options, code, message) => {
    const refused = refusal(name, options)
    expect(refused.slice(0, 2)).toEqual([code, message])
  })
})
