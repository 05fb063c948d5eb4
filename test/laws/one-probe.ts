import { program, type Program, type SharedObject, type Steps } from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A circuit breaker that opens at the first failure, as far as the laws need one. */
export interface Breaker extends SharedObject {
  call<R>(body: () => Steps<R>): Steps<R>
}

/**
 * The circuit is opened by a failure, while a call from before is still under way and will succeed. Then several threads call
 * what fails: whoever is let through is a probe, and never are there two at once.
 */
export function oneProbeAtATime(declare: (p: Vocabulary) => Breaker, callers: number): Program {
  return program('one probe at a time', {}, (_params, p) => {
    const breaker = declare(p)
    const probing = p.atomic('probing', 0)
    const underWay = p.semaphore('under way', 0)
    p.thread('late', () => breaker.call(() => underWay.release()))
    p.thread('first', function* () {
      yield* underWay.acquire()
      yield* attempt(breaker, function* () {
        throw new Error('fails')
      })
      for (let i = 0; i < callers; i++)
        yield* p.spawn(`caller ${i}`, () =>
          attempt(breaker, function* () {
            yield* probing.add(1)
            yield* probing.add(-1)
            throw new Error('fails')
          }),
        )
    })
    p.always('one probe at most', (now) => now(probing) <= 1)
  })
}

function* attempt(breaker: Breaker, body: () => Steps<unknown>): Steps<string> {
  try {
    yield* breaker.call(body)
    return 'succeeded'
  } catch (error) {
    return (error as Error).name
  }
}
