import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { Kernel } from '../../../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../../../src/engine/simulate/kernel/priority.js'
import { FREE_OS } from '../../../../src/engine/simulate/os/os-config.js'
import { OperatingSystem } from '../../../../src/engine/simulate/os/operating-system.js'
import { priorities } from '../../../../src/engine/simulate/os/policies/priorities.js'
import { windows } from '../../../../src/engine/simulate/os/policies/windows.js'
import type { MakePolicy } from '../../../../src/engine/simulate/os/policy.js'
import { PriorityInheritance } from '../../../../src/engine/simulate/os/priority-inheritance.js'
import { BLOCKS, ENDS, type Work } from '../../../../src/engine/simulate/os/work.js'
import { SEED } from '../../support/seed.js'
import { Recorder } from './support/recorder.js'

type Step = number | `lock ${string}` | `unlock ${string}`

interface LockingThread {
  readonly at: number
  readonly priority: number
  readonly script: readonly Step[]
}

/** Threads that compute, lock and unlock; locks take no time, and go to the most urgent who waits. */
function locking(threads: readonly LockingThread[], inherits: boolean, policy: MakePolicy = priorities()): Recorder {
  const kernel = new Kernel()
  const positions = threads.map(() => 0)
  const names: string[] = []
  const owners = new Map<string, number>()
  const waiters = new Map<string, number[]>()
  const lockOf = (name: string) => {
    while (!names.includes(name)) {
      names.push(name)
      inheritance.createLock()
    }
    return names.indexOf(name)
  }
  const step = (thread: number): string | number | undefined => threads[thread].script[positions[thread]]
  const work: Work = {
    begin(thread) {
      const next = step(thread)
      if (next === undefined) return ENDS
      if (typeof next === 'number') return next
      const [verb, name] = next.split(' ')
      const owner = owners.get(name)
      if (verb === 'unlock' || owner === undefined || owner === thread) return 0
      waiters.set(name, [...(waiters.get(name) ?? []), thread])
      if (inherits) inheritance.wait(lockOf(name), thread)
      return BLOCKS
    },
    finish(thread) {
      const done = step(thread)
      positions[thread]++
      if (typeof done !== 'string') return
      const [verb, name] = done.split(' ')
      if (verb === 'lock' && owners.get(name) !== thread) acquire(name, thread)
      if (verb === 'unlock') release(name)
    },
  }
  function acquire(name: string, thread: number): void {
    owners.set(name, thread)
    if (inherits) inheritance.acquire(lockOf(name), thread)
  }
  function release(name: string): void {
    owners.delete(name)
    if (inherits) inheritance.release(lockOf(name))
    const [next] = (waiters.get(name) ?? []).toSorted((a, b) => system.priority(b) - system.priority(a))
    if (next === undefined) return
    waiters.set(
      name,
      waiters.get(name)!.filter((each) => each !== next),
    )
    acquire(name, next)
    system.wake(next)
  }
  const system = new OperatingSystem(kernel, 1, FREE_OS, policy, work, new Random(1))
  const inheritance = new PriorityInheritance(system)
  const recorder = new Recorder(system)
  system.observer = recorder
  for (const { at, priority } of threads)
    kernel.schedule(at, Priority.Timer, (each) => system.start(each), system.create({ priority }))
  kernel.run()
  recorder.end()
  return recorder
}

/** Mars Pathfinder, 1997: the bus is handled by the most urgent task, weather by the least urgent, and they share a lock; communication is in between. */
const PATHFINDER: readonly LockingThread[] = [
  { at: 0, priority: 1, script: ['lock bus', 4, 'unlock bus', 1] },
  { at: 1, priority: 3, script: [1, 'lock bus', 1, 'unlock bus'] },
  { at: 3, priority: 2, script: [10] },
]

describe('The inversion of priorities on Mars', () => {
  test('lets the most urgent thread wait for the middle one: it ends after 15, 10 of which are not its own nor the lock owner’s', () => {
    const recorder = locking(PATHFINDER, false)
    expect(recorder.line()).toBe('0:0–1 1:1–2 0:2–3 2:3–13 0:13–15 1:15–16 0:16–17')
    expect(recorder.turnaround(1)).toBe(15)
  })

  test('is gone with inheritance: the owner runs on before the middle one, and the most urgent ends after 5', () => {
    const recorder = locking(PATHFINDER, true)
    expect(recorder.line()).toBe('0:0–1 1:1–2 0:2–5 1:5–6 2:6–16 0:16–17')
    expect(recorder.turnaround(1)).toBe(5)
  })

  test('is as bad under Windows, whose boosts come too late, and gone there as well with inheritance', () => {
    const slow = PATHFINDER.map((thread) => ({ ...thread, priority: 4 * thread.priority }))
    expect(locking(slow, false, windows()).turnaround(1)).toBe(15)
    expect(locking(slow, true, windows()).turnaround(1)).toBe(5)
  })
})

describe('Priority inheritance', () => {
  test('goes along a chain: who is waited for by who is waited for is as urgent as the last', () => {
    const threads: readonly LockingThread[] = [
      { at: 0, priority: 1, script: ['lock a', 4, 'unlock a', 1] },
      { at: 1, priority: 2, script: ['lock b', 1, 'lock a', 1, 'unlock a', 'unlock b', 1] },
      { at: 3, priority: 4, script: ['lock b', 1, 'unlock b'] },
      { at: 3, priority: 3, script: [10] },
    ]
    // The first has 3 left of its lock at 2, the second needs 1 more: the most urgent starts at 2 + 3 + 1.
    expect(locking(threads, true).line()).toBe('0:0–1 1:1–2 0:2–5 1:5–6 2:6–7 3:7–17 1:17–18 0:18–19')
    expect(locking(threads, false).line()).toBe('0:0–1 1:1–2 0:2–3 3:3–13 0:13–15 1:15–16 2:16–17 1:17–18 0:18–19')
  })

  test('gives back what is left when one of several locks is released', () => {
    const threads: readonly LockingThread[] = [
      { at: 0, priority: 1, script: ['lock a', 'lock b', 4, 'unlock a', 2, 'unlock b', 1] },
      { at: 1, priority: 5, script: ['lock a', 1, 'unlock a'] },
      { at: 2, priority: 3, script: ['lock b', 1, 'unlock b'] },
      { at: 2, priority: 2, script: [10] },
      { at: 2, priority: 4, script: [3] },
    ]
    // Until it releases a it is as urgent as 5, then as 3: less than 4, more than 2.
    expect(locking(threads, true).line()).toBe('0:0–4 1:4–5 4:5–8 0:8–10 2:10–11 3:11–21 0:21–22')
  })

  test('of random threads ends with everybody’s own priority, and makes owners as urgent as who waits for them at every change', () => {
    const action = fc.record({
      kind: fc.constantFrom('acquire', 'wait', 'release', 'giveUp', 'own'),
      thread: fc.nat(5),
      lock: fc.nat(3),
      priority: fc.nat(9),
    })
    fc.assert(
      fc.property(fc.array(action, { minLength: 40, maxLength: 40 }), (actions) => {
        const own = [0, 1, 2, 3, 4, 5]
        const effective = [...own]
        const owners = [-1, -1, -1, -1]
        const awaited = own.map(() => -1)
        const inheritance = new PriorityInheritance({
          priority: (thread) => effective[thread],
          setPriority: (thread, priority) => (effective[thread] = priority),
        })
        for (const _ of owners) inheritance.createLock()
        /** By definition: the most urgent of all who wait for it, directly or not. */
        const due = (thread: number): number =>
          Math.max(
            own[thread],
            ...own.map((_, other) => (awaited[other] !== -1 && owners[awaited[other]] === thread ? due(other) : -1)),
          )
        /** Whether a thread waits for itself in the end. */
        const isCycle = (thread: number, lock: number): boolean => {
          for (let owner = owners[lock]; owner !== -1; owner = awaited[owner] === -1 ? -1 : owners[awaited[owner]])
            if (owner === thread) return true
          return false
        }
        for (const { kind, thread, lock, priority } of actions) {
          if (kind === 'own') {
            own[thread] = priority
            inheritance.setOwnPriority(thread, priority)
          } else if (
            kind === 'acquire' &&
            owners[lock] === -1 &&
            (awaited[thread] === -1 || awaited[thread] === lock)
          ) {
            owners[lock] = thread
            awaited[thread] = -1
            inheritance.acquire(lock, thread)
          } else if (kind === 'wait' && owners[lock] !== -1 && awaited[thread] === -1 && !isCycle(thread, lock)) {
            awaited[thread] = lock
            inheritance.wait(lock, thread)
          } else if (kind === 'release' && owners[lock] === thread && awaited[thread] === -1) {
            owners[lock] = -1
            inheritance.release(lock)
          } else if (kind === 'giveUp' && awaited[thread] !== -1) {
            awaited[thread] = -1
            inheritance.stopWaiting(thread)
          }
          expect(effective).toEqual(own.map((_, each) => due(each)))
          for (const [each, owner] of owners.entries()) expect(inheritance.owner(each)).toBe(owner)
        }
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('of threads that wait for each other comes to an end', () => {
    const effective = [1, 5]
    const inheritance = new PriorityInheritance({
      priority: (thread) => effective[thread],
      setPriority: (thread, priority) => (effective[thread] = priority),
    })
    const [a, b] = [inheritance.createLock(), inheritance.createLock()]
    inheritance.acquire(a, 0)
    inheritance.acquire(b, 1)
    inheritance.wait(b, 0)
    inheritance.wait(a, 1)
    expect(effective).toEqual([5, 5])
  })
})
