import {
  type Operation,
  program,
  type Program,
  StatefulObject,
  type Steps,
  type ThreadHandle,
  type TimeMode,
  withTimeout,
} from 'entrelacs'
import { type Act, type Step, stepsOf, THINGS, type TimedScript } from './timed-script.js'

/** Python's `threading.Event`, as far as it is needed here. */
export class Flag extends StatefulObject<boolean> {
  readonly kind: string = 'flag'
  declare readonly contentType?: boolean

  change(isSet: boolean): Steps<void> {
    return this.perform({ name: isSet ? 'set' : 'clear', step: () => ({ state: isSet, result: undefined }) })
  }

  wait(timeout: number | null): Steps<boolean> {
    return within(
      this.operation({ name: 'wait', ways: (isSet) => Number(isSet), step: (state) => ({ state, result: undefined }) }),
      timeout,
    )
  }
}

/** Waits for an operation; whether it happened in time. */
function* within(operation: Operation, timeout: number | null): Steps<boolean> {
  if (timeout !== null) return !(yield* withTimeout(operation, timeout)).timedOut
  yield operation
  return true
}

/** The one operation that a thread would perform. */
function operationOf(steps: Steps<unknown>): Operation {
  return steps.next().value as Operation
}

/**
 * The program of a script.
 *
 * @param readsClock whether every thread reads the clock at its end, as its last result.
 */
export function buildTimedProgram({ threads }: TimedScript, time: TimeMode = 'virtual', readsClock = false): Program {
  return program(
    'timed',
    {},
    (_params, p) => {
      const each = <T>(make: (i: number) => T): T[] => Array.from({ length: THINGS }, (_, i) => make(i))
      const cells = each((i) => p.atomic(`cell ${i}`, 0))
      const locks = each((i) => p.lock(`lock ${i}`))
      const flags = each((i) =>
        p.declare('flag', `event ${i}`, (words) => new Flag(`event ${i}`, words.data('state', false))),
      )
      const semaphores = each((i) => p.semaphore(`semaphore ${i}`, 0))
      const handles: ThreadHandle[] = []
      const clock = readsClock ? p.clock() : null
      function* take(step: Step): Steps<unknown> {
        switch (step.kind) {
          case 'sleep':
            return yield* p.sleep(step.seconds)
          case 'choose':
            return yield* p.choose(2)
          case 'read':
            return yield* cells[step.cell].read()
          case 'write':
            return yield* cells[step.cell].write(step.value)
          case 'set':
          case 'clear':
            return yield* flags[step.event].change(step.kind === 'set')
          case 'wait':
            return yield* flags[step.event].wait(step.timeout)
          case 'give':
            return yield* semaphores[step.semaphore].release()
          case 'take':
            if (step.timeout !== null) return yield* semaphores[step.semaphore].acquire({ timeout: step.timeout })
            yield* semaphores[step.semaphore].acquire()
            return true
          case 'join':
            return yield* within(operationOf(handles[step.thread].join()), step.timeout)
          case 'acquire':
            return yield* within(operationOf(locks[step.lock].acquire()), step.timeout)
          case 'tryAcquire':
            return yield* locks[step.lock].tryAcquire()
          case 'release':
            return yield* locks[step.lock].release()
        }
      }
      threads.forEach((acts, i) => {
        handles.push(
          p.thread(`T${i}`, function* () {
            const results: unknown[] = []
            const steps = stepsOf(acts, results)
            for (let step = steps.next(); step.done !== true;) step = steps.next(yield* take(step.value))
            if (clock !== null) results.push(yield* clock.read())
            return results
          }),
        )
      })
    },
    { time },
  )
}

/** A script as text, for failures. */
export function printTimed({ threads }: TimedScript): string {
  return threads.map((acts, i) => `T${i}: ${JSON.stringify(acts satisfies readonly Act[])}`).join('\n')
}
