import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { Kernel } from '../../../../src/engine/simulate/kernel/kernel.js'
import { FREE_OS, type OsConfig } from '../../../../src/engine/simulate/os/os-config.js'
import { OperatingSystem } from '../../../../src/engine/simulate/os/operating-system.js'
import { POLICIES, policyNamed } from '../../../../src/engine/simulate/os/policies.js'
import { cfs } from '../../../../src/engine/simulate/os/policies/cfs.js'
import { fifo } from '../../../../src/engine/simulate/os/policies/fifo.js'
import { roundRobin } from '../../../../src/engine/simulate/os/policies/round-robin.js'
import { ENDS } from '../../../../src/engine/simulate/os/work.js'
import { Recorder } from './support/recorder.js'
import { run, type ScriptedThread, simulate } from './support/scripted.js'

const perCore = fifo({ queues: 'per-core' })
/** They are dealt out in turn: the first and the third to core 0, the second and the fourth to core 1. */
const lopsided: readonly ScriptedThread[] = [100, 10, 100, 10].map((each) => ({ script: [run(each)] }))

describe('Queues for each core', () => {
  test('without stealing and balancing stay as they were filled: core 0 has all the work', () => {
    const recorder = simulate({ policy: perCore, threads: lopsided, cores: 2, costs: { stealing: false } })
    expect(recorder.line(0)).toBe('0:0–100 2:100–200')
    expect(recorder.line(1)).toBe('1:0–10 3:10–20')
  })

  test('with stealing give a core without work what waits for another, at once', () => {
    const recorder = simulate({ policy: perCore, threads: lopsided, cores: 2 })
    expect(recorder.line(1)).toBe('1:0–10 3:10–20 2:20–120')
  })

  test('with balancing every 30 do so at the next multiple of 30', () => {
    const costs = { stealing: false, balanceInterval: 30 }
    const recorder = simulate({ policy: perCore, threads: lopsided, cores: 2, costs })
    expect(recorder.line(1)).toBe('1:0–10 3:10–20 2:30–130')
  })

  test('never give a thread to a core that it may not run on', () => {
    const threads = lopsided.map((thread, i) => (i === 2 ? { ...thread, affinity: [0] } : thread))
    for (const costs of [{}, { balanceInterval: 7 }, { stealing: false, balanceInterval: 7 }])
      expect(simulate({ policy: perCore, threads, cores: 2, costs }).line(0)).toBe('0:0–100 2:100–200')
  })

  test('even out under balancing, also between cores that all have work: 6 and 2 become 4 and 4', () => {
    // Those that may run on both cores begin while core 1 is full.
    const blockers = [0, 0].map(() => ({ script: [run(1e6)], affinity: [1], at: 0 }))
    const pinned = [0, 0].map(() => ({ script: [run(1e6)], affinity: [0], at: 0 }))
    const short = Array.from({ length: 6 }, () => ({ script: [run(10)], affinity: [1], at: 1 }))
    const free = Array.from({ length: 4 }, () => ({ script: [run(1e6)], at: 2 }))
    const threads = [...blockers, ...pinned, ...short, ...free]
    const ran = (costs: Partial<OsConfig>) => {
      const recorder = simulate({ policy: roundRobin({ quantum: 10 }), threads, cores: 2, costs, until: 100_000 })
      return threads.map((_, thread) => recorder.ran(thread))
    }
    const total = 200_000 - 60
    const unbalanced = ran({})
    // Two have half of core 1 each, six a sixth of core 0 each.
    for (const blocker of [0, 1]) expect(unbalanced[blocker] / total).toBeGreaterThan(0.24)
    const balanced = ran({ balanceInterval: 100 })
    for (const [thread, time] of balanced.entries())
      if (thread < 4 || thread >= 10) expect(Math.abs(time / total - 1 / 8)).toBeLessThan(0.01)
  })

  test('charge a thread’s first time on another core: a switch and a migration for each', () => {
    const threads = [{ script: [run(50)] }, { script: [run(10)] }, { script: [run(50)] }]
    const costs = { switchCost: 3, migrationCost: 8 }
    const recorder = simulate({ policy: roundRobin({ quantum: 10 }), threads, cores: 2, costs })
    // Core 1 takes over thread 0 or 2 at 13, when it has run on core 0 before, or has not.
    expect(recorder.migrations).toBeGreaterThan(0)
    expect(recorder.switching(0) + recorder.switching(1)).toBe(3 * recorder.switches + 8 * recorder.migrations)
    expect(recorder.busy(0) + recorder.busy(1)).toBe(110)
  })

  test('under every policy with queues for each core keep all cores busy as long as there is enough for all', () => {
    for (const [name, kind] of Object.entries(POLICIES)) {
      const options = 'queues' in kind.parameters ? { queues: 'per-core' } : {}
      const threads = Array.from({ length: 16 }, (_, i) => ({ script: [run(1000 * (1 + (i % 4)))] }))
      const recorder = simulate({ policy: policyNamed(name, options), threads, cores: 4 })
      expect(recorder.wasted).toBe(0)
      expect(recorder.ran()).toBe(40_000)
      expect(recorder.makespan).toBeLessThanOrEqual(13_000)
    }
  })

  test('under CFS share several cores fairly: 12 threads on 4 cores, moved when they end, have a third of a core each', () => {
    const threads = Array.from({ length: 12 }, () => ({ script: [run(1e12)] }))
    const recorder = simulate({ policy: cfs(), threads, cores: 4, costs: { balanceInterval: 4e9 }, until: 1e12 })
    for (let thread = 0; thread < 12; thread++) expect(Math.abs(recorder.ran(thread) / 1e12 - 1 / 3)).toBeLessThan(0.02)
  })
})

describe('The case that “Operating Systems: Three Easy Pieces” gets wrong', () => {
  // multi.py -n 2 -L a:100:100,b:100:50,c:100:50 -p -P 10, with and without -A a:0.1,b:0.1,c:0.1: working sets of 100, 50 and 50 in caches of
  // 100, where a thread is warm after 10 ticks and then runs twice as fast. There it takes 100 ticks without, and 200 with affinity to all cores.
  test.each([[undefined], [[0, 1]]])('three threads on two cores take 100 ticks with affinity %j', (affinity) => {
    expect(ostep(affinity)).toBe(100)
  })

  test('takes 200 ticks if nobody may move', () => {
    expect(ostep(undefined, 0)).toBe(200)
  })
})

const WORKING_SETS = [100, 50, 50]
const CACHE = 100
const WARM_AFTER = 10
const QUANTUM = 10

/** Three threads of 100 on two cores with caches, dealt out in turn, of which one may be taken over by an idle core every so many ticks. */
function ostep(affinity: readonly number[] | undefined, balanceInterval = 10): number {
  const kernel = new Kernel()
  const left = [100, 100, 100]
  /** By core: who is warm, the latest first, and how long others have been warming up. */
  const warm: number[][] = [[], []]
  const warming = [new Map<number, number>(), new Map<number, number>()]
  const system = new OperatingSystem(
    kernel,
    2,
    { ...FREE_OS, stealing: false, balanceInterval },
    roundRobin({ quantum: QUANTUM }),
    {
      begin: (thread) => (left[thread] > 0 ? 1 : ENDS),
      finish(thread, core) {
        left[thread] -= warm[core].includes(thread) ? 2 : 1
        if (warm[core].includes(thread)) return
        const ticks = (warming[core].get(thread) ?? 0) + 1
        warming[core].set(thread, ticks)
        if (ticks < WARM_AFTER) return
        warming[core].delete(thread)
        warm[core].unshift(thread)
        while (warm[core].reduce((sum, each) => sum + WORKING_SETS[each], 0) > CACHE) warm[core].pop()
      },
    },
    new Random(1),
  )
  const recorder = new Recorder(system)
  system.observer = recorder
  for (const _ of left) system.start(system.create(affinity === undefined ? {} : { affinity }))
  kernel.run()
  return recorder.makespan
}
