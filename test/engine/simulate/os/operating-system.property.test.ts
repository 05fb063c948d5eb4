import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES, type PolicyName, policyNamed } from '../../../../src/engine/simulate/os/policies.js'
import { Reason } from '../../../../src/engine/simulate/os/thread-state.js'
import { SEED } from '../../support/seed.js'
import type { Recorder } from './support/recorder.js'
import { type ScriptedThread, type Setting, simulate } from './support/scripted.js'
import { scriptedThreads } from './support/scripts.js'

/** All policies, with times that fit to scripts of a few picoseconds, in all their variants. */
const VARIANTS: readonly (readonly [PolicyName, Readonly<Record<string, unknown>>])[] = [
  ['fifo', {}],
  ['fifo', { queues: 'per-core' }],
  ['sjf', {}],
  ['stcf', {}],
  ['stcf', { queues: 'per-core' }],
  ['round-robin', { quantum: 3 }],
  ['round-robin', { quantum: 3, queues: 'global' }],
  ['priorities', {}],
  ['priorities', { quantum: 3, aging: 5 }],
  ['priorities', { quantum: 2, aging: 7, queues: 'per-core' }],
  ['mlfq', { quanta: [2, 3, 4], boost: 20 }],
  ['mlfq', { quanta: [2, 3, 4], allotments: [2, 1, 3], stay: true }],
  ['mlfq', { quanta: [1, 2], allotments: [1, 1], bump: true, boost: 9, queues: 'per-core' }],
  ['lottery', { quantum: 3 }],
  ['lottery', { quantum: 3, compensation: true, queues: 'per-core' }],
  ['stride', { quantum: 3 }],
  ['stride', { quantum: 4, queues: 'per-core' }],
  ['cfs', { latency: 8, minimumGranularity: 1, wakeupGranularity: 2 }],
  [
    'cfs',
    { latency: 6, minimumGranularity: 2, wakeupGranularity: 0, tick: 3, gentleSleepers: false, startDebit: false },
  ],
  ['eevdf', { baseSlice: 2 }],
  ['eevdf', { baseSlice: 3, runToParity: false, placeLag: false, placeDeadlineInitial: false, tick: 2 }],
  ['windows', { clockInterval: 2, starvationWait: 30 }],
  ['windows', { clockInterval: 1, quantum: 12, foregroundFactor: 1, waitBoost: 6 }],
  ['random', {}],
]

const random = fc.integer({ min: 1, max: 4 }).chain((cores) =>
  fc.record({
    cores: fc.constant(cores),
    threads: scriptedThreads({ cores, affinity: true }),
    costs: fc.record({
      switchCost: fc.integer({ min: 0, max: 2 }),
      wakeLatency: fc.integer({ min: 0, max: 2 }),
      idleWakeLatency: fc.integer({ min: 0, max: 2 }),
      migrationCost: fc.integer({ min: 0, max: 2 }),
      balanceInterval: fc.integer({ min: 0, max: 6 }),
    }),
    seed: fc.integer(),
  }),
)

/** Lets random threads run under a policy and hands over what was recorded: the recorder itself objects to what cannot be. */
function always(
  [name, options]: (typeof VARIANTS)[number],
  check: (recorder: Recorder, setting: Omit<Setting, 'policy'>) => void,
  numRuns = 120,
): void {
  fc.assert(
    fc.property(random, (setting) => check(simulate({ ...setting, policy: policyNamed(name, options) }), setting)),
    { seed: SEED, numRuns },
  )
}

const runTimeOf = ({ script }: ScriptedThread): number =>
  script.reduce((sum, step) => sum + (typeof step === 'object' && 'run' in step ? step.run : 0), 0)

describe.each(VARIANTS.map((variant) => [variant[0], variant[1], variant] as const))(
  'Threads under %s %o',
  (_name, _options, variant) => {
    test('go through the five states by legal steps, on cores they may run on, one on a core, to their end after all their work; no core is idle while one that it could run waits; each switch and migration is paid for, and nothing else', () => {
      always(variant, (recorder, { threads, cores = 1, costs = {} }) => {
        expect(recorder.ended).toBe(threads.length)
        for (const [thread, script] of threads.entries()) expect(recorder.ran(thread)).toBe(runTimeOf(script))
        expect(recorder.wasted).toBe(0)
        let switching = 0
        for (let core = 0; core < cores; core++) switching += recorder.switching(core)
        const { switchCost = 0, migrationCost = 0 } = costs
        expect(switching).toBe(recorder.switches * switchCost + recorder.migrations * migrationCost)
      })
    })

    test('run alike from the same seed', () => {
      fc.assert(
        fc.property(random, (setting) => {
          const [once, twice] = [1, 2].map(() => simulate({ ...setting, policy: policyNamed(...variant) }))
          expect(twice.transitions).toEqual(once.transitions)
        }),
        { seed: SEED, numRuns: 20 },
      )
    })
  },
)

test('Every policy there is has been tried', () => {
  expect([...new Set(VARIANTS.map(([name]) => name))].toSorted()).toEqual(Object.keys(POLICIES).toSorted())
})

test('Threads leave a core for every reason that there is, under one policy or another', () => {
  const reasons = new Set<Reason>()
  const note = ({ transitions }: Recorder) => {
    for (const { reason } of transitions) reasons.add(reason)
  }
  for (const variant of VARIANTS) always(variant, note, 10)
  // A migration is no change of state.
  expect([...reasons].toSorted((a, b) => a - b)).toEqual(
    Object.values(Reason).filter((each) => each !== Reason.Migrated),
  )
})
