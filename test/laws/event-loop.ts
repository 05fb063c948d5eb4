import { type LoopTask, program, type Program, type Steps } from 'entrelacs'
import { loopWorld, type LoopWorld, type Vocabulary } from './loop-world.js'

/** A lock between tasks, as far as the laws need one. */
export interface TaskLock {
  acquire(): Steps<void>
  release(): Steps<void>
}

/** Makes a lock of one event loop. */
export type MakeLock = (world: LoopWorld, p: Vocabulary) => TaskLock

/** At most one task is between `acquire` and `release`, whenever and for however long each waits there, and all get there. */
export function taskLockExcludes(makeLock: MakeLock): Program {
  return program('task lock excludes', {}, (_params, p) => {
    const world = loopWorld(p)
    const { loop } = world
    const lock = makeLock(world, p)
    const inside = p.atomic('inside', 0)
    const visits = p.atomic('visits', 0)
    p.thread('main', () =>
      loop.run(function* () {
        const visit = function* () {
          yield* loop.sleep(1)
          yield* lock.acquire()
          yield* inside.add(1)
          yield* loop.sleep(0)
          yield* inside.add(-1)
          yield* lock.release()
          yield* visits.add(1)
        }
        yield* loop.gather(visit, visit, visit)
      }),
    )
    p.always('one at most', (now) => now(inside) <= 1)
    p.finally('everybody gets in', (final) => final(visits) === 3)
  })
}

/** Tasks get a lock in the order in which they came for it. */
export function taskLockIsFifo(makeLock: MakeLock): Program {
  return program('task lock is FIFO', {}, (_params, p) => {
    const world = loopWorld(p)
    const { loop } = world
    const lock = makeLock(world, p)
    const asked = p.atomic('asked', [] as readonly string[])
    const got = p.atomic('got', [] as readonly string[])
    p.thread('main', () =>
      loop.run(function* () {
        const visit = (name: string) =>
          function* () {
            yield* loop.sleep(name === 'B' ? 2 : 1)
            yield* asked.update((names) => [...names, name])
            yield* lock.acquire()
            yield* got.update((names) => [...names, name])
            yield* loop.sleep(0)
            yield* lock.release()
          }
        yield* loop.gather(visit('A'), visit('B'), visit('C'))
      }),
    )
    p.finally('first come, first served', (final) => final(got).join() === final(asked).join())
  })
}

/** Waits for all tasks and returns their results. */
export type GatherAll = (world: LoopWorld, tasks: readonly LoopTask<string>[]) => Steps<readonly string[]>

/** `gather` returns results in the order of the tasks, whichever is done first. */
export function gatherKeepsOrder(gather: GatherAll): Program {
  return program('gather keeps the order', {}, (_params, p) => {
    const world = loopWorld(p)
    const { loop } = world
    const main = p.thread('main', () =>
      loop.run(function* () {
        const tasks: LoopTask<string>[] = []
        for (const [name, seconds] of [
          ['A', 3],
          ['B', 2],
          ['C', 1],
        ] as const)
          tasks.push(
            yield* loop.task(name, function* () {
              yield* loop.sleep(seconds)
              return name
            }),
          )
        return yield* gather(world, tasks)
      }),
    )
    p.finally('in the order of the tasks', (final) => final.result(main)?.join() === 'A,B,C')
  })
}

/** Cancels a task. */
export type Cancel = (world: LoopWorld, task: LoopTask) => Steps<void>

/**
 * A task that has begun cleans up exactly once, at whatever moment another thread has it cancelled: before it begins, while it
 * waits, or when it is ready to go on.
 *
 * @param times how many threads cancel it.
 * @param waits whether its clean-up waits: then a second cancellation may cut it short, as in CPython.
 */
export function cancelledTaskCleansUpOnce(cancel: Cancel, times = 1, waits = false): Program {
  return program('cancelled task cleans up once', {}, (_params, p) => {
    const world = loopWorld(p)
    const { loop } = world
    const begun = p.atomic('begun', 0)
    const cleaned = p.atomic('cleaned', 0)
    const isOver = p.atomic('over', 0)
    p.thread('main', () =>
      loop.run(function* () {
        const never = yield* loop.future()
        const task = yield* loop.task('worker', function* () {
          yield* begun.add(1)
          try {
            yield* loop.sleep(0)
            yield* never
          } finally {
            if (waits) yield* loop.sleep(0)
            yield* cleaned.add(1)
          }
        })
        for (let i = 0; i < times; i++)
          yield* p.spawn(`canceller ${i}`, () => loop.callSoonThreadsafe(`cancel ${i}`, () => cancel(world, task)))
        yield* loop.wait([task])
        yield* isOver.write(1)
      }),
    )
    p.always('not twice', (now) => now(cleaned) <= now(begun))
    p.always('whoever is waited for has cleaned up', (now) => now(isOver) === 0 || now(cleaned) === now(begun))
  })
}

/** Lets the other tasks go on. */
export type LetOthers = (world: LoopWorld) => Steps<void>

/** Between two waits of a task no other task of its loop steps, while other threads may. */
export function oneTaskHasTheTurn(letOthers: LetOthers): Program {
  return program('one task has the turn', {}, (_params, p) => {
    const world = loopWorld(p)
    const { loop } = world
    const stepping = p.atomic('stepping', 0)
    const outside = p.atomic('outside', 0)
    p.thread('main', () =>
      loop.run(function* () {
        const body = function* () {
          for (let round = 0; round < 2; round++) {
            yield* stepping.add(1)
            yield* p.yieldNow()
            yield* stepping.add(-1)
            yield* letOthers(world)
          }
        }
        yield* loop.gather(body, body)
      }),
    )
    p.thread('other', function* () {
      yield* outside.write(1)
    })
    p.always('one task steps', (now) => now(stepping) <= 1)
  })
}
