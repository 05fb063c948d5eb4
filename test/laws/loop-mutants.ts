import type { LoopTask, Steps } from 'entrelacs'
import { type LoopLockState, LoopLock, release } from '../../src/primitives/event-loop/loop-lock.js'
import { passTurn } from '../../src/primitives/event-loop/loop-turns.js'
import { type Procedure, returns, throws, waits } from '../../src/primitives/event-loop/loop-procedure.js'
import type { Cancel, GatherAll, LetOthers, MakeLock, TaskLock } from './event-loop.js'

type LockProcedure = Procedure<null, readonly [LoopLockState]>

function mutantLock(acquire: LockProcedure): MakeLock {
  return ({ loop, caller }, p) => {
    const { word } = p.declare('loop lock', 'lock', (words) => new LoopLock('lock', caller, LoopLock.declare(words)))
    const releasing: LockProcedure = {
      name: 'release',
      caller: 'turn',
      begin(scene) {
        release(scene)
        return returns(null)
      },
    }
    const perform = function* (procedure: LockProcedure): Steps<void> {
      yield* caller.callOn(loop, [word], procedure)
    }
    return { acquire: () => perform(acquire), release: () => perform(releasing) } satisfies TaskLock
  }
}

/** Takes the lock as soon as it is free when it looks, although somebody has been woken for it: CPython before 3.8 could do so. */
export const bargingLock: MakeLock = mutantLock({
  name: 'acquire',
  caller: 'task',
  begin(scene) {
    const [lock] = scene.own
    if (!lock.isLocked) {
      scene.own = [{ ...lock, isLocked: true, holder: scene.self }]
      return returns(null)
    }
    const waiter = scene.loop.createFuture()
    scene.own = [{ ...lock, waiters: [...lock.waiters, waiter] }]
    return waits(scene, waiter)
  },
  resume(scene, phase) {
    const [lock] = scene.own
    scene.own = [{ isLocked: true, holder: scene.self, waiters: lock.waiters.filter((other) => other !== phase) }]
    return returns(null)
  },
})

/** Puts whoever comes last at the head of the line. */
export const lastFirstLock: MakeLock = mutantLock({
  name: 'acquire',
  caller: 'task',
  begin(scene) {
    const [lock] = scene.own
    if (!lock.isLocked && lock.waiters.length === 0) {
      scene.own = [{ ...lock, isLocked: true, holder: scene.self }]
      return returns(null)
    }
    const waiter = scene.loop.createFuture()
    scene.own = [{ ...lock, waiters: [waiter, ...lock.waiters] }]
    return waits(scene, waiter)
  },
  resume(scene, phase, error) {
    const [lock] = scene.own
    scene.own = [{ isLocked: true, holder: scene.self, waiters: lock.waiters.filter((other) => other !== phase) }]
    return error === null ? returns(null) : throws(error)
  },
})

/** Returns results as they come. */
export const gatherAsCompleted: GatherAll = function* ({ loop }, tasks) {
  const results: string[] = []
  let left: readonly LoopTask<string>[] = tasks
  while (left.length > 0) {
    const { done } = yield* loop.wait(left, { returnWhen: 'FIRST_COMPLETED' })
    for (const task of done) results.push(yield* task.result())
    left = left.filter((task) => !done.includes(task))
  }
  return results
}

/** Completes a task that is cancelled, instead of telling it. */
export const cancelWithoutTelling: Cancel = function* ({ caller }, task) {
  yield* caller.call({
    name: 'cancel',
    caller: 'turn',
    begin: ({ loop }) => returns(loop.settle(task.id, { kind: 'cancelled', message: null })),
  })
}

/** Passes the turn and goes on at once. */
export const passAndGoOn: LetOthers = function* ({ caller }) {
  yield* caller.call({
    name: 'sleep 0',
    caller: 'anyone',
    begin({ loop, self }) {
      if (loop.state.turn !== self) return returns(null)
      loop.yieldTurn(self)
      passTurn(loop)
      return returns(null)
    },
  })
}
