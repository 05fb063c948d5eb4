import { JobMark } from '../engine/marks.js'
import type { Steps, ThreadBody } from '../engine/operation.js'
import { pickled } from './pickling.js'

/** Runs what its thread does for others: a job, or what is called back. */
export function* asJob<R>(job: unknown, steps: Steps<R>): Steps<R> {
  yield new JobMark(job)
  const result = yield* steps
  yield new JobMark(null)
  return result
}

/** A job whose arguments are sent: if they cannot be, what it comes to says so, as in CPython. */
export function unpickling<R, A extends readonly unknown[]>(body: (...args: A) => Steps<R>, args: A): ThreadBody<R> {
  try {
    const sent = pickled(args, 'the arguments of a job')
    return () => body(...sent)
  } catch (error) {
    return function* () {
      throw error
    }
  }
}

/** Does the same with one item after the other: a job of several items. */
export function inTurn<T, R>(body: (item: T) => Steps<R>): (...items: T[]) => Steps<R[]> {
  return function* (...items) {
    const results: R[] = []
    for (const item of items) results.push(yield* body(item))
    return results
  }
}

/** Items in parts of that size, the last one of what is left. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
