import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { Priority } from '../../../../src/engine/simulate/kernel/priority.js'
import {
  EVENT_LOOP,
  goLike,
  MANY_TO_ONE,
  type UserThreadsConfig,
  virtualThreads,
} from '../../../../src/engine/simulate/mapping/mapping-config.js'
import { FREE_OS } from '../../../../src/engine/simulate/os/os-config.js'
import { type Computer, MILLISECOND, NANOSECOND, run as runOn } from '../gil/support/computer.js'

// In the computer of these tests an operation takes 2 ns and 1 ns for each word it touches, a unit of work 1 µs.
const DISK = 10 * MILLISECOND

/** A disk that takes any number of requests at once, each 10 ms. */
const devices: NonNullable<Computer['devices']> = (kernel) => ({
  disk: {
    submit: (_bytes, done, thread) => void kernel.schedule(kernel.now + DISK, Priority.Device, done, thread),
  },
})

function timeOf(
  of: Parameters<typeof runOn>[0],
  params: Record<string, unknown>,
  userThreads: UserThreadsConfig | undefined,
  cores = 1,
): number {
  const computer = { cores, os: FREE_OS, systemCall: 0, devices, ...(userThreads === undefined ? {} : { userThreads }) }
  const { time, hasEnded } = runOn(of, params, computer)
  expect(hasEnded).toBe(true)
  return time
}

const free = (config: UserThreadsConfig): UserThreadsConfig => ({ ...config, switchCost: 0 })

/** Two threads; the first waits in some way, the second computes for 10 ms. */
const waiting = program('waiting', { how: 'io' as string }, ({ how }, p) => {
  const lock = p.lock('lock')
  p.thread('waits', function* () {
    if (how === 'io') yield* p.io('disk')
    else if (how === 'sleep') yield* p.sleep(0.01)
    else {
      // The other one has the lock by now.
      yield* p.yieldNow()
      yield* lock.acquire()
      yield* lock.release()
    }
  })
  p.thread('computes', function* () {
    if (how === 'lock') {
      yield* lock.acquire()
      yield* p.yieldNow()
    }
    yield* p.compute(10_000)
    if (how === 'lock') yield* lock.release()
  })
})

describe('N:1: all threads on one of the system', () => {
  const one = free(MANY_TO_ONE)

  test('a call that blocks stops them all: 10 ms of waiting and 10 ms of computing are 20 ms', () => {
    expect(timeOf(waiting, { how: 'io' }, one)).toBe(DISK + 10 * MILLISECOND)
    expect(timeOf(waiting, { how: 'io' }, undefined)).toBe(DISK)
  })

  test('who sleeps does not stop the others', () => {
    expect(timeOf(waiting, { how: 'sleep' }, one)).toBeLessThan(10 * MILLISECOND + 100 * NANOSECOND)
  })

  test('who waits for a lock does not stop the others', () => {
    expect(timeOf(waiting, { how: 'lock' }, one)).toBeLessThan(10 * MILLISECOND + 100 * NANOSECOND)
  })

  test('more cores do not help', () => {
    expect(timeOf(spinners, { threads: 4, work: 1000 }, one, 4)).toBe(4 * MILLISECOND)
  })

  test('each change of threads costs what it costs in user space: two threads that offer each other the core', () => {
    const turns = 10
    const [without, withCost] = [0, 50 * NANOSECOND].map((switchCost) =>
      timeOf(yielding, { turns }, { ...MANY_TO_ONE, switchCost }),
    ) as [number, number]
    // Both are carried once for each turn; after the last one they end.
    expect(withCost - without).toBe(2 * turns * 50 * NANOSECOND)
  })

  test('each process has one of its own', () => {
    expect(timeOf(processes, { workers: 4, work: 1000 }, one, 4)).toBeLessThan(1.1 * MILLISECOND)
  })
})

const spinners = program('spinners', { threads: 2, work: 1000 }, ({ threads, work }, p) => {
  for (let i = 0; i < threads; i++) p.thread(`spinner ${i}`, () => p.compute(work))
})

const yielding = program('yielding', { turns: 10 }, ({ turns }, p) => {
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      for (let turn = 0; turn < turns; turn++) yield* p.yieldNow()
    })
})

const processes = program('processes', { workers: 2, work: 1000 }, ({ workers, work }, p) => {
  const all = Array.from({ length: workers }, (_, i) => p.process(`worker ${i}`, () => p.compute(work)))
  p.thread('parent', function* () {
    for (const worker of all) yield* worker.start()
    for (const worker of all) yield* worker.join()
  })
})

const requests = program('requests', { threads: 10 }, ({ threads }, p) => {
  for (let i = 0; i < threads; i++) p.thread(`client ${i}`, () => p.io('disk'))
})

describe('An event loop: one thread whose calls do not block', () => {
  test('ten requests of 10 ms take 10 ms, where N:1 takes 100 ms', () => {
    expect(timeOf(requests, {}, free(EVENT_LOOP))).toBe(DISK)
    expect(timeOf(requests, {}, free(MANY_TO_ONE))).toBe(10 * DISK)
  })

  test('who computes stops all others', () => {
    expect(timeOf(waiting, { how: 'io' }, free(EVENT_LOOP))).toBe(10 * MILLISECOND)
    expect(timeOf(spinners, { threads: 4, work: 1000 }, free(EVENT_LOOP), 4)).toBe(4 * MILLISECOND)
  })
})

describe('M:N: goroutines', () => {
  const go = (cores: number) => free(goLike(cores))

  test('use all cores: a hundred threads on 8 cores take an eighth of the work, nearly', () => {
    const time = timeOf(spinners, { threads: 100, work: 1000 }, go(8), 8)
    expect(time).toBe(13 * MILLISECOND)
  })

  test('whoever has been woken is taken by carriers that have nothing to do', () => {
    // One thread makes all of them runnable, in the queue of its own carrier.
    const time = timeOf(woken, { threads: 64, work: 1000 }, go(4), 4)
    expect(time).toBeGreaterThan(16 * MILLISECOND)
    expect(time).toBeLessThan(17.5 * MILLISECOND)
  })

  test('who computes gives way after 10 ms', () => {
    expect(whenSeen(go(1), 30_000)).toBe(10 * MILLISECOND)
    // Without slices: at the end.
    expect(whenSeen(free(virtualThreads(1)), 30_000)).toBe(30 * MILLISECOND)
    // Whoever is alone goes on.
    expect(timeOf(spinners, { threads: 1, work: 25_000 }, go(1))).toBe(25 * MILLISECOND)
  })

  test('every 61st pick is from the queue of all, however many wait in a carrier’s own', () => {
    expect(turnsBefore({ ...go(1), slice: Infinity })).toBe(60)
    expect(turnsBefore({ ...go(1), slice: Infinity, globalEvery: 10 })).toBe(9)
  })

  test('a blocking call stops nobody else', () => {
    expect(timeOf(requests, { threads: 50 }, go(1))).toBe(DISK)
  })

  test('ten thousand threads run', () => {
    const time = timeOf(spinners, { threads: 10_000, work: 10 }, go(4), 4)
    expect(time).toBe(25 * MILLISECOND)
  })
})

/** One thread sets off all others, which wait for it. */
const woken = program('woken', { threads: 8, work: 1000 }, ({ threads, work }, p) => {
  const go = p.event('go')
  for (let i = 0; i < threads; i++)
    p.thread(`worker ${i}`, function* () {
      yield* go.wait()
      yield* p.compute(work)
    })
  p.thread('starter', function* () {
    yield* p.sleep(0.0001)
    yield* go.set()
  })
})

/** When the second of two threads comes to run, while the first computes. */
function whenSeen(userThreads: UserThreadsConfig, work: number): number {
  let seen = 0
  const observed = program('observed', {}, (_params, p) => {
    p.thread('computes', () => p.compute(work))
    p.thread('sees', () => p.io('look'))
  })
  runOn(
    observed,
    {},
    {
      cores: 1,
      os: FREE_OS,
      systemCall: 0,
      userThreads,
      devices: (kernel) => ({
        look: {
          submit(_bytes, done, thread) {
            seen = kernel.now
            done(thread)
          },
        },
      }),
    },
  )
  return seen
}

/**
 * How many turns two threads have that wake each other, one turn a pick, both in their carrier's own queue, before a third has its first one
 * that waits in the queue of all.
 */
function turnsBefore(userThreads: UserThreadsConfig): number {
  const pingPong = program('ping-pong', {}, (_params, p) => {
    const balls = [p.semaphore('ping', 1), p.semaphore('pong', 0)] as const
    const turns = p.cell('turns', 0)
    const late = p.cell('late', -1)
    for (const [own, other] of [
      [0, 1],
      [1, 0],
    ] as const)
      p.thread(`player ${own}`, function* () {
        for (let turn = 0; turn < 100; turn++) {
          yield* balls[own].acquire()
          yield* turns.write((yield* turns.read()) + 1)
          yield* balls[other].release()
        }
      })
    p.thread('bystander', function* () {
      yield* late.write(yield* turns.read())
    })
  })
  const { final } = runOn(pingPong, {}, { cores: 1, os: FREE_OS, systemCall: 0, userThreads })
  return final.late as number
}

describe('Virtual threads', () => {
  test('do not block their carriers: a thousand requests at once on two carriers', () => {
    expect(timeOf(requests, { threads: 1000 }, free(virtualThreads(2)), 2)).toBe(DISK)
  })

  test('take their carriers along while they are pinned: two carriers, ten requests, five times the time', () => {
    expect(timeOf(requests, {}, free(virtualThreads(2, true)), 2)).toBe(5 * DISK)
  })

  test('that are pinned stop nobody on other carriers', () => {
    expect(timeOf(waiting, { how: 'io' }, free(virtualThreads(2, true)), 2)).toBe(DISK)
  })

  test('that are pinned wait for locks without their carriers', () => {
    expect(timeOf(waiting, { how: 'lock' }, free(virtualThreads(1, true)))).toBeLessThan(
      10 * MILLISECOND + 100 * NANOSECOND,
    )
  })
})

describe('Carriers that are handed on during a blocking call', () => {
  const handsOff: UserThreadsConfig = { ...free(goLike(1)), blocking: 'hands-off' }

  test('let another one go on in their place', () => {
    expect(timeOf(requests, {}, handsOff)).toBe(DISK)
    expect(timeOf(waiting, { how: 'io' }, handsOff)).toBe(DISK)
  })

  test('are no more at a time than there are places', () => {
    expect(timeOf(askedThenComputed, { threads: 4 }, handsOff, 4)).toBe(DISK + 4 * MILLISECOND)
  })
})

const askedThenComputed = program('asked, then computed', { threads: 4 }, ({ threads }, p) => {
  for (let i = 0; i < threads; i++)
    p.thread(`client ${i}`, function* () {
      yield* p.io('disk')
      yield* p.compute(1000)
    })
})
