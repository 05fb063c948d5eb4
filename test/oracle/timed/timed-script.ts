import fc from 'fast-check'

/** What a thread does in a program about time. Timeouts and sleeps are in seconds; without a timeout it waits for ever. */
export type Act =
  | { readonly kind: 'sleep'; readonly seconds: number }
  | { readonly kind: 'locked'; readonly lock: number; readonly timeout: number | null; readonly body: Acts }
  | { readonly kind: 'tryLocked'; readonly lock: number; readonly body: Acts }
  | { readonly kind: 'wait'; readonly event: number; readonly timeout: number | null }
  | { readonly kind: 'set' | 'clear'; readonly event: number }
  | { readonly kind: 'take'; readonly semaphore: number; readonly timeout: number | null }
  | { readonly kind: 'give'; readonly semaphore: number }
  | { readonly kind: 'join'; readonly thread: number; readonly timeout: number | null }
  | { readonly kind: 'read'; readonly cell: number }
  | { readonly kind: 'write'; readonly cell: number; readonly value: number }
  | { readonly kind: 'choose' }
  | { readonly kind: 'ifSo'; readonly body: Acts }
export type Acts = readonly Act[]

/** A program of threads that sleep and wait. */
export interface TimedScript {
  readonly threads: readonly Acts[]
}

export const THINGS = 2

/** A single operation of a thread, as both the engine and the oracle perform it. */
export type Step =
  | Exclude<Act, { kind: 'locked' | 'tryLocked' | 'ifSo' }>
  | { readonly kind: 'acquire'; readonly lock: number; readonly timeout: number | null }
  | { readonly kind: 'tryAcquire' | 'release'; readonly lock: number }

/** What a thread does, one operation after another; what it receives is added to `results`. */
export function* stepsOf(acts: Acts, results: unknown[]): Generator<Step, void, unknown> {
  for (const act of acts)
    switch (act.kind) {
      case 'locked':
      case 'tryLocked': {
        const acquire: Step =
          act.kind === 'locked'
            ? { kind: 'acquire', lock: act.lock, timeout: act.timeout }
            : { kind: 'tryAcquire', lock: act.lock }
        const got = yield acquire
        results.push(got)
        if (got !== true) break
        yield* stepsOf(act.body, results)
        yield { kind: 'release', lock: act.lock }
        break
      }
      case 'ifSo':
        if (results.at(-1) === true) yield* stepsOf(act.body, results)
        break
      default: {
        const received = yield act
        if (received !== undefined) results.push(received)
      }
    }
}

const timeout = fc.constantFrom(null, 0, 1, 1, 2, 2, 3)
const thing = fc.nat(THINGS - 1)

/** Whether some thread limits its wait for another one's end. */
export function limitsJoins({ threads }: TimedScript): boolean {
  const limits = (acts: Acts): boolean =>
    acts.some((act) => ('body' in act ? limits(act.body) : act.kind === 'join' && act.timeout !== null))
  return threads.some(limits)
}

function anyAct(others: readonly number[], depth: number): fc.Arbitrary<Act> {
  const simple = [
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('sleep' as const), seconds: fc.nat(3) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), event: thing, timeout }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('set' as const, 'set', 'clear'), event: thing }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const), semaphore: thing, timeout }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('give' as const), semaphore: thing }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('join' as const), thread: fc.constantFrom(...others), timeout }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), cell: thing }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('write' as const), cell: thing, value: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'choose' as const }) },
  ]
  if (depth === 0) return fc.oneof(...simple)
  const body = fc.array(anyAct(others, depth - 1), { maxLength: 2 })
  return fc.oneof(
    ...simple,
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('locked' as const), lock: thing, timeout, body }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('tryLocked' as const), lock: thing, body }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('ifSo' as const), body }) },
  )
}

/** Programs of up to `most` threads that do anything of all this, but join themselves, which is misuse. */
export function anyTimedScript(most: number): fc.Arbitrary<TimedScript> {
  return fc.integer({ min: 2, max: most }).chain((count) => {
    const all = Array.from({ length: count }, (_, thread) => thread)
    const actsOf = (thread: number) => {
      const others = all.filter((other) => other !== thread)
      return fc.array(anyAct(others, 2), { minLength: 1, maxLength: 3 })
    }
    return fc.record({ threads: fc.tuple(...all.map(actsOf)) })
  })
}
