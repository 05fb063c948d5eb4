import fc from 'fast-check'
import type { ScriptedThread, Step } from './scripted.js'

/** What random threads are like. */
export interface ScriptShape {
  readonly cores: number
  readonly maxThreads?: number
  readonly maxDuration?: number
  readonly affinity?: boolean
}

/** Random threads that run, wait and yield, with everything that a policy may look at. */
export function scriptedThreads({ cores, maxThreads = 6, maxDuration = 12, affinity = false }: ScriptShape) {
  const duration = fc.integer({ min: 1, max: maxDuration })
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: duration.map((each): Step => ({ run: each })) },
    { weight: 2, arbitrary: duration.map((each): Step => ({ wait: each })) },
    { weight: 1, arbitrary: fc.constant<Step>('yield') },
  )
  const allowed = fc.uniqueArray(fc.integer({ min: 0, max: cores - 1 }), { minLength: 1, maxLength: cores })
  const thread: fc.Arbitrary<ScriptedThread> = fc
    .record({
      script: fc.array(step, { maxLength: 8 }),
      at: fc.integer({ min: 0, max: 2 * maxDuration }),
      priority: fc.integer({ min: 0, max: 3 }),
      nice: fc.integer({ min: -20, max: 19 }),
      tickets: fc.integer({ min: 1, max: 9 }),
      foreground: fc.boolean(),
      affinity: fc.option(allowed),
    })
    .map(({ affinity: cpus, ...each }) => ({
      ...each,
      expected: each.script.reduce((sum, part) => sum + (typeof part === 'object' && 'run' in part ? part.run : 0), 0),
      ...(affinity && cpus !== null ? { affinity: cpus } : {}),
    }))
  return fc.array(thread, { minLength: 1, maxLength: maxThreads })
}
