import { program, type Program, type SharedObject, type Steps, type Vocabulary } from 'entrelacs'

/** A semaphore, as far as the laws need one. */
export interface Permits extends SharedObject {
  readonly contentType?: number
  acquire(): Steps<unknown>
  tryAcquire(): Steps<boolean>
  release(): Steps<unknown>
}

/** Threads that wait for a permit, and one that only tries: never are more inside than there are permits. */
export function neverMoreThanPermits(
  declare: (p: Vocabulary) => Permits,
  permits: number,
  threads: number,
  tries = 1,
): Program {
  return program('never more than permits', {}, (_params, p) => {
    const semaphore = declare(p)
    const inside = p.atomic('inside', 0)
    for (let i = 0; i < threads; i++)
      p.thread(`T${i}`, function* () {
        yield* semaphore.acquire()
        yield* inside.add(1)
        yield* inside.add(-1)
        yield* semaphore.release()
      })
    for (let i = 0; i < tries; i++)
      p.thread(`tries ${i}`, function* () {
        if (!(yield* semaphore.tryAcquire())) return
        yield* inside.add(1)
        yield* inside.add(-1)
        yield* semaphore.release()
      })
    p.always('as many as there are permits at most', (now) => now(inside) <= permits)
    p.finally('all permits are back', (final) => final(semaphore) === permits)
  })
}

/** Threads that release what they have not acquired, and go on: a bounded semaphore never has more permits than its bound. */
export function neverAboveBound(declare: (p: Vocabulary) => Permits, bound: number, threads: number): Program {
  return program('never above its bound', {}, (_params, p) => {
    const semaphore = declare(p)
    for (let i = 0; i < threads; i++)
      p.thread(`T${i}`, function* () {
        yield* semaphore.acquire()
        yield* semaphore.release()
        try {
          yield* semaphore.release()
        } catch (error) {
          return (error as Error).name
        }
      })
    p.always('no more permits than its bound', (now) => now(semaphore) <= bound)
  })
}
