import { explore, type ExploreReport, type Program, type Strategy } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import {
  type Cancel,
  cancelledTaskCleansUpOnce,
  gatherKeepsOrder,
  oneTaskHasTheTurn,
  taskLockExcludes,
  taskLockIsFifo,
} from '../laws/event-loop.js'
import {
  bargingLock,
  cancelWithoutTelling,
  gatherAsCompleted,
  lastFirstLock,
  passAndGoOn,
} from '../laws/loop-mutants.js'

const STRATEGIES: readonly Strategy[] = ['graph', 'dpor']

const cancel: Cancel = function* (_world, task) {
  yield* task.cancel()
}

function broken({ violations }: ExploreReport): string[] {
  return violations.map(({ kind, message }) => `${kind}: ${message}`)
}

describe.each(STRATEGIES)('Over all interleavings, by %s,', (strategy) => {
  const explored = (law: Program) => explore(law, { strategy })

  test.each<[string, Program]>([
    ['a lock of a loop excludes', taskLockExcludes(({ loop }) => loop.lock('lock'))],
    ['a semaphore of one permit excludes', taskLockExcludes(({ loop }) => loop.semaphore('lock'))],
    ['the lock of a condition excludes', taskLockExcludes(({ loop }) => loop.condition('lock'))],
    ['a lock of a loop is FIFO', taskLockIsFifo(({ loop }) => loop.lock('lock'))],
    ['a semaphore of a loop is FIFO', taskLockIsFifo(({ loop }) => loop.semaphore('lock'))],
    ['gather keeps the order', gatherKeepsOrder(({ loop }, tasks) => loop.gather(...tasks))],
    ['a cancelled task cleans up once', cancelledTaskCleansUpOnce(cancel, 1, true)],
    ['one task has the turn', oneTaskHasTheTurn(({ loop }) => loop.sleep(0))],
  ])('%s', async (_title, law) => {
    expect(await explored(law)).toMatchObject({ verdict: 'holds', complete: true })
  })

  test.each<[string, Program, string]>([
    ['a lock that is taken by whoever looks', taskLockExcludes(bargingLock), 'property: one at most'],
    ['a lock that serves the last first', taskLockIsFifo(lastFirstLock), 'property: first come, first served'],
    [
      'a gather that returns what is done first',
      gatherKeepsOrder(gatherAsCompleted),
      'property: in the order of the tasks',
    ],
    [
      'a cancellation that the task is not told of',
      cancelledTaskCleansUpOnce(cancelWithoutTelling),
      'property: whoever is waited for has cleaned up',
    ],
    ['a task that passes the turn and goes on', oneTaskHasTheTurn(passAndGoOn), 'property: one task steps'],
  ])('%s is caught', async (_title, law, violation) => {
    expect(broken(await explored(law))).toContain(violation)
  })

  test('a clean-up that waits may itself be cancelled', async () => {
    const law = cancelledTaskCleansUpOnce(cancel, 2, true)
    expect(broken(await explored(law))).toContain('property: whoever is waited for has cleaned up')
  })
})
