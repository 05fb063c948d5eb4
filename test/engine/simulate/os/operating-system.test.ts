import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../src/engine/errors.js'
import { Random } from '../../../../src/engine/random.js'
import { Kernel } from '../../../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../../../src/engine/simulate/kernel/priority.js'
import { FREE_OS, type OsConfig } from '../../../../src/engine/simulate/os/os-config.js'
import { OperatingSystem } from '../../../../src/engine/simulate/os/operating-system.js'
import { fifo } from '../../../../src/engine/simulate/os/policies/fifo.js'
import { priorities } from '../../../../src/engine/simulate/os/policies/priorities.js'
import { roundRobin } from '../../../../src/engine/simulate/os/policies/round-robin.js'
import type { MakePolicy } from '../../../../src/engine/simulate/os/policy.js'
import { ThreadState } from '../../../../src/engine/simulate/os/thread-state.js'
import { BLOCKS, ENDS, type Work, YIELDS } from '../../../../src/engine/simulate/os/work.js'
import { run, simulate, wait } from './support/scripted.js'

function make(work: Work, policy: MakePolicy = fifo(), cores = 1, config: Partial<OsConfig> = {}) {
  const kernel = new Kernel()
  return { kernel, system: new OperatingSystem(kernel, cores, { ...FREE_OS, ...config }, policy, work, new Random(1)) }
}

const idle: Work = { begin: () => ENDS, finish() {} }

const codeOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof UsageError) return error.code
    throw error
  }
  return 'none'
}

describe('The operating system', () => {
  test('numbers threads from 0 and knows how many have not ended', () => {
    const { kernel, system } = make(idle)
    expect([system.create(), system.create(), system.create()]).toEqual([0, 1, 2])
    expect([system.threads, system.alive]).toEqual([3, 3])
    system.start(1)
    kernel.run()
    expect([system.threads, system.alive]).toEqual([3, 2])
    expect([0, 1].map((thread) => system.stateOf(thread))).toEqual([ThreadState.New, ThreadState.Dead])
  })

  test.each([
    [{ affinity: [] }, 'usage/no-core'],
    [{ affinity: [2, 3] }, 'usage/no-core'],
    [{ nice: 20 }, 'usage/thread'],
    [{ nice: -21 }, 'usage/thread'],
    [{ nice: 0.5 }, 'usage/thread'],
    [{ tickets: 0 }, 'usage/thread'],
    [{ tickets: Infinity }, 'usage/thread'],
    [{ priority: Number.NaN }, 'usage/thread'],
    [{ expected: -1 }, 'usage/thread'],
  ])('refuses a thread with %j', (options, code) => {
    expect(codeOf(() => make(idle, fifo(), 2).system.create(options))).toBe(code)
  })

  test('refuses to start a thread twice, and work that is no such thing', () => {
    const { kernel, system } = make({ begin: () => -7, finish() {} })
    system.start(system.create())
    expect(codeOf(() => system.start(0))).toBe('usage/started')
    expect(codeOf(() => kernel.run())).toBe('usage/work')
  })

  test('asks nobody anything before the kernel runs', () => {
    let asked = 0
    const { kernel, system } = make({
      begin() {
        asked++
        return ENDS
      },
      finish() {},
    })
    system.start(system.create())
    expect(asked).toBe(0)
    kernel.run()
    expect(asked).toBe(1)
  })

  test('of endless bursts without an event stops at the time given, in the middle of one, and goes on from there', () => {
    let finished = 0
    const { kernel, system } = make({
      begin: () => (finished < 30 ? 10 : ENDS),
      finish() {
        finished++
      },
    })
    system.start(system.create())
    expect(kernel.run(105)).toBe('until')
    expect([kernel.now, finished]).toEqual([105, 10])
    expect(kernel.run(200)).toBe('until')
    expect([kernel.now, finished]).toEqual([200, 20])
    expect(kernel.run()).toBe('empty')
    expect([kernel.now, finished]).toEqual([300, 30])
  })

  test('of threads that yield for ever stops after a number of events, with a stack that does not grow', () => {
    let yields = 0
    const { kernel, system } = make({
      begin() {
        yields++
        return yields % 2 === 0 ? YIELDS : 1
      },
      finish() {},
    })
    for (let i = 0; i < 3; i++) system.start(system.create())
    expect(kernel.run(Infinity, 200_000)).toBe('events')
    expect(yields).toBeGreaterThan(100_000)
  })

  test('wakes a thread that waits, once, and nobody else', () => {
    const states: number[] = []
    let begun = 0
    const { kernel, system } = make({ begin: () => (++begun === 1 ? BLOCKS : ENDS), finish() {} })
    const thread = system.create()
    system.wake(thread)
    expect(system.stateOf(thread)).toBe(ThreadState.New)
    system.start(thread)
    system.wake(thread)
    kernel.schedule(10, Priority.Device, () => {
      states.push(system.stateOf(thread))
      system.wake(thread)
      system.wake(thread)
      states.push(system.stateOf(thread))
    })
    kernel.run()
    system.wake(thread)
    expect(states).toEqual([ThreadState.Waiting, ThreadState.Runnable])
    expect(system.stateOf(thread)).toBe(ThreadState.Dead)
  })

  test('says on which core a thread runs, and on which it ran last', () => {
    const seen: number[][] = []
    const { kernel, system }: ReturnType<typeof make> = make(
      {
        begin(thread, core) {
          if (seen.length === 2) return ENDS
          seen.push([system.coreOf(thread), core, system.running(core)])
          return 5
        },
        finish() {},
      },
      fifo(),
      2,
    )
    for (let i = 0; i < 2; i++) system.start(system.create())
    kernel.run()
    expect(seen).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ])
    expect([0, 1].map((thread) => [system.coreOf(thread), system.lastCore(thread)])).toEqual([
      [-1, 0],
      [-1, 1],
    ])
  })

  test('makes a woken thread runnable after the latency of a wake-up, and later if its core has to wake up too', () => {
    const threads = [{ script: [wait(100), run(10)] }, { script: [run(1000)] }]
    const costs = { wakeLatency: 5, idleWakeLatency: 50 }
    const alone = simulate({ policy: fifo(), threads: threads.slice(0, 1), costs })
    expect(alone.line()).toBe('0:155–165')
    const busy = simulate({ policy: priorities(), threads: [{ ...threads[0], priority: 1 }, threads[1]], costs })
    expect(busy.line()).toBe('1:0–105 0:105–115 1:115–1010')
  })

  test('wakes a thread on the core that it knows, if that is idle', () => {
    const recorder = simulate({
      policy: fifo(),
      cores: 3,
      threads: [{ script: [run(20)] }, { script: [run(1), wait(1), run(1), wait(40), run(1)] }, { script: [run(5)] }],
    })
    expect(recorder.line(1)).toBe('1:0–1 1:2–3 1:43–44')
    expect(recorder.migrations).toBe(0)
  })

  test('lets who wakes others in the middle of its work act before they do', () => {
    // Thread 0 on core 0 wakes thread 1 for the idle core 1, and goes on in the same instant: both begin at 10.
    const began: string[] = []
    const { kernel, system }: ReturnType<typeof make> = make(
      {
        begin(thread) {
          began.push(`${thread} at ${kernel.now}`)
          if (thread === 1 && began.length < 3) return BLOCKS
          return began.length > 4 ? ENDS : 10
        },
        finish(thread) {
          if (thread === 0) system.wake(1)
        },
      },
      fifo(),
      2,
    )
    for (let i = 0; i < 2; i++) system.start(system.create())
    kernel.run(15)
    expect(began).toEqual(['0 at 0', '1 at 0', '0 at 10', '1 at 10'])
  })

  test('loses no burst that ends as its thread loses the core', () => {
    // The burst of 0 ends at 10, when its slice does, and again at 30, when somebody more urgent comes.
    const slices = simulate({
      policy: roundRobin({ quantum: 10 }),
      threads: [{ script: [run(10), run(10)] }, { script: [run(10)] }],
    })
    expect(slices.line()).toBe('0:0–10 1:10–20 0:20–30')
    const urgent = simulate({
      policy: priorities(),
      threads: [{ script: [run(10), run(10)] }, { script: [run(10)], priority: 1, at: 10 }],
    })
    expect(urgent.line()).toBe('0:0–10 1:10–20 0:20–30')
  })

  test('changes priorities wherever a thread is: running, waiting for a core, or waiting for something else', () => {
    const at = (time: number, thread: number, priority: number) => ({ time, thread, priority })
    const line = (...changes: readonly ReturnType<typeof at>[]) => {
      const started = [0, 1, 2].map(() => 0)
      const lines: string[] = []
      const { kernel, system }: ReturnType<typeof make> = make(
        {
          begin: (thread) => (started[thread]++ < 10 ? 1 : ENDS),
          finish: (thread) => lines.push(String(thread)),
        },
        priorities(),
      )
      for (const priority of [5, 3, 1]) system.start(system.create({ priority }))
      for (const { time, thread, priority } of changes)
        kernel.schedule(time, Priority.Timer, () => system.setPriority(thread, priority))
      kernel.run()
      return lines.join('').replaceAll(/(\d)\1*/g, (same, thread: string) => `${thread}×${same.length} `)
    }
    expect(line()).toBe('0×10 1×10 2×10 ')
    expect(line(at(4, 0, 2))).toBe('0×4 1×10 0×6 2×10 ')
    expect(line(at(4, 2, 6))).toBe('0×4 2×10 0×6 1×10 ')
    expect(line(at(4, 0, 2), at(6, 0, 9))).toBe('0×4 1×2 0×6 1×8 2×10 ')
    expect(line(at(4, 1, 4))).toBe('0×10 1×10 2×10 ')
  })

  test('runs on after 100,000 threads have come and gone', () => {
    const begun: boolean[] = []
    const { kernel, system } = make(
      {
        begin(thread) {
          if (begun[thread]) return ENDS
          begun[thread] = true
          return 2
        },
        finish() {},
      },
      fifo(),
      2,
    )
    for (let i = 0; i < 100_000; i++) kernel.schedule(i, Priority.Timer, () => system.start(system.create()))
    kernel.run()
    expect([system.threads, system.alive, kernel.now]).toEqual([100_000, 0, 100_001])
  })
})
