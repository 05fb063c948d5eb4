import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import downloads from '../../../../src/scenarios/downloads.js'
import primeFactors from '../../../../src/scenarios/prime-factors.js'
import threadCreation from '../../../../src/scenarios/thread-creation.js'
import twoQueues from '../../../../src/scenarios/two-queues.js'
import { loadMachine } from '../../../../src/machine-files/load-machine.js'
import { MILLISECOND, run } from './whole.js'

const UNITS = 2_000_000

/** A share of the work is done by one thread, the rest by as many as there are cores. */
const partlySerial = program('partly serial', { serial: 0.1, threads: 4 }, ({ serial, threads }, p) => {
  const parts = Array.from({ length: threads }, (_, i) =>
    p.newThread(`part ${i}`, () => p.compute((UNITS * (1 - serial)) / threads)),
  )
  p.thread('main', function* () {
    yield* p.compute(UNITS * serial)
    for (const part of parts) yield* part.start()
    for (const part of parts) yield* part.join()
  })
})

describe('Amdahl’s law', () => {
  test.each([0, 0.05, 0.1, 0.25, 0.5, 1])('holds for a serial share of %d on 1 to 16 cores', (serial) => {
    const time = (cores: number) => run(partlySerial, 'laptop', { cores, params: { serial, threads: cores } }).makespan
    const alone = time(1)
    for (const cores of [1, 2, 4, 8, 16]) {
      const law = 1 / (serial + (1 - serial) / cores)
      expect(Math.abs(alone / time(cores) / law - 1), `${cores} cores`).toBeLessThan(0.02)
    }
  })
})

describe('Creating 50 threads or 50 processes', () => {
  const time = (of: string, machine: string) =>
    run(threadCreation, machine, { params: { count: 50, of }, twins: false }).makespan

  test.each(['laptop', 'cloud-vm', 'pentium-4'])(
    'on %s: a fork is some twenty times as dear as a thread, and other start methods dearer still',
    (machine) => {
      const [threads, fork, forkserver, spawn] = ['threads', 'fork', 'forkserver', 'spawn'].map((of) =>
        time(of, machine),
      ) as [number, number, number, number]
      expect(fork / threads).toBeGreaterThan(12)
      expect(fork / threads).toBeLessThan(40)
      expect(forkserver).toBeGreaterThan(fork)
      expect(spawn).toBeGreaterThan(2.5 * forkserver)
    },
  )

  test('costs what the machine says, 50 times, and what processes do to start they do side by side', () => {
    const { os } = loadMachine('laptop')
    const nanoseconds = (picoseconds: number) => (50 * picoseconds) / 1000
    for (const start of ['fork', 'spawn', 'forkserver'] as const) {
      const creating = nanoseconds(os.processCreation[start])
      const booting = nanoseconds(os.processBoot[start])
      const took = time(start, 'laptop')
      expect(took, start).toBeGreaterThan(creating)
      // Eight cores, one of which creates.
      expect(took, start).toBeLessThan(1.1 * (creating + booting / 7))
    }
  })
})

describe('Ten downloads', () => {
  const time = (threads: boolean, options = {}) =>
    run(downloads, 'laptop', { params: { pages: 10, threads }, ...options }).makespan

  test('one after the other take ten latencies, in threads hardly more than one', () => {
    const sequential = time(false)
    expect(sequential).toBeGreaterThan(10 * 15 * MILLISECOND)
    expect(sequential / time(true)).toBeGreaterThan(4)
  })

  test('are as fast on an event loop and under the lock of an interpreter as in threads', () => {
    for (const options of [{ mapping: 'event-loop' }, { gil: '3.12' }, { gil: '2.7' }, { mapping: 'M:N' }])
      expect(Math.abs(time(true, options) / time(true) - 1)).toBeLessThan(0.05)
  })

  test('are as slow as one after the other in green threads whose calls block', () => {
    expect(Math.abs(time(true, { mapping: 'N:1' }) / time(false) - 1)).toBeLessThan(0.25)
  })
})

describe('Prime factors on four cores', () => {
  const time = (by: string, gil: string | undefined, numbers = 400) =>
    run(primeFactors, 'laptop', { cores: 4, params: { by, numbers, workers: 4 }, twins: false, gil }).makespan

  test('are found no faster by threads under a lock, and more than three times as fast without one', () => {
    expect(time('one', '3.12') / time('threads', '3.12')).toBeLessThan(1.01)
    expect(time('one', '3.12') / time('threads', '3.12')).toBeGreaterThan(0.9)
    expect(time('one', 'none') / time('threads', 'none')).toBeGreaterThan(3.3)
    expect(time('one', '3.14t') / time('threads', '3.14t')).toBeGreaterThan(3.3)
  })

  test('are found faster by processes, also under a lock, if there is enough to do to make up for their start', () => {
    expect(time('one', '3.12', 10_000) / time('processes', '3.12', 10_000)).toBeGreaterThan(3)
    expect(time('one', '3.12', 10) / time('processes', '3.12', 10)).toBeLessThan(1)
  })

  test('cost the free-threaded build its price in one thread', () => {
    expect(time('one', '3.14t') / time('one', '3.14')).toBeCloseTo(1.08, 1)
  })
})

describe('Two queues', () => {
  const time = (counters: number, cores: number) =>
    run(twoQueues, 'laptop', { cores, params: { counters, customers: 100 } }).makespan

  test('are served in half the time where there are two counters and two cores, and only there', () => {
    const one = time(1, 1)
    expect(Math.abs(time(2, 1) / one - 1)).toBeLessThan(0.02)
    expect(Math.abs(time(2, 2) / one - 0.5)).toBeLessThan(0.01)
    // Two cores hand one counter to each other: it costs the hand-over, and saves nothing.
    expect(time(1, 2) / one).toBeGreaterThan(0.98)
  })
})
