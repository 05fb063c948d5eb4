import { explore, program, type Steps, type Vocabulary } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { findPython } from './python.js'

const python = findPython((text) => console.warn(text))
const SEQUENCES = 500

type Call = readonly [name: string, ...args: unknown[]]
type Subject = Readonly<Record<string, (...args: never[]) => Steps<unknown>>>
type Log = (entry: unknown) => Steps<unknown>

/** The operations of the driver, on our objects. */
const SUBJECTS: Readonly<Record<string, (p: Vocabulary, log: Log) => Subject>> = {
  future(p, log) {
    const future = p.future('future')
    return {
      set_result: (value) => future.setResult(value),
      set_exception: (message) => future.setException(new RangeError(message)),
      run: () => future.setRunningOrNotifyCancel(),
      cancel: () => future.cancel(),
      *status() {
        return [yield* future.done(), yield* future.running(), yield* future.cancelled()]
      },
      result: () => future.result({ timeout: 0 }),
      *exception() {
        const error = (yield* future.exception({ timeout: 0 })) as Error | null
        return error === null ? null : [named(error), error.message]
      },
      call_back: (number: number) =>
        future.addDoneCallback(function* () {
          yield* log(number)
          if (number % 3 === 0) throw new RangeError('ignored')
        }),
    }
  },
  local(p) {
    const local = p.threadLocal('local')
    return {
      set: (name, value) => local.set(name, value),
      get: (name) => local.get(name),
      delete: (name) => local.delete(name),
    }
  },
  thread(p, log) {
    const thread = p.newThread('thread', () => log('ran'), { daemon: true })
    return {
      *start_and_join() {
        yield* thread.start()
        yield* thread.join()
      },
      *join() {
        yield* thread.join()
      },
      is_alive: () => thread.isAlive(),
      *join_myself() {
        yield* p.currentThread().join()
      },
    }
  },
}

// What Python's exceptions are called here.
const KINDS: Readonly<Record<string, string>> = { RangeError: 'ValueError', MisuseError: 'RuntimeError' }

const named = (error: Error): string => KINDS[error.name] ?? error.name

async function ours(subject: string, calls: readonly Call[]): Promise<unknown> {
  const { outcomes } = await explore(
    program('sequence', {}, (_params, p) => {
      const log = p.atomic('log', [] as readonly unknown[])
      const object = SUBJECTS[subject]!(p, (entry) => log.update((before) => [...before, entry]))
      p.thread('A', function* () {
        const results: unknown[] = []
        for (const [name, ...args] of calls)
          try {
            results.push({ value: (yield* object[name]!(...(args as never[]))) ?? null })
          } catch (error) {
            results.push({ raises: named(error as Error) })
          }
        return results
      })
    }),
  )
  expect(outcomes).toHaveLength(1)
  return { results: outcomes[0]!.results!['A'], log: outcomes[0]!.final['log'] }
}

const nothing = (name: string) => fc.constant<Call>([name])
const name = fc.constantFrom('a', 'b')
const CALLS: Readonly<Record<string, fc.Arbitrary<Call>>> = {
  future: fc.oneof(
    fc.nat(3).map((value): Call => ['set_result', value]),
    fc.constant<Call>(['set_exception', 'on purpose']),
    nothing('run'),
    nothing('cancel'),
    nothing('status'),
    nothing('result'),
    nothing('exception'),
    fc.nat(9).map((number): Call => ['call_back', number]),
  ),
  local: fc.oneof(fc.tuple(fc.constant('set'), name, fc.nat(3)), fc.tuple(fc.constantFrom('get', 'delete'), name)),
  thread: fc.constantFrom<Call>(['start_and_join'], ['join'], ['is_alive'], ['join_myself']),
}

test.skipIf(python === null).each(Object.keys(SUBJECTS))(
  'Random sequences on a %s come out as in CPython',
  { timeout: 120_000 },
  async (subject) => {
    const calls = fc.array(CALLS[subject]!, { minLength: 1, maxLength: 10 })
    const sequences = fc.sample(calls, { seed: SEED, numRuns: SEQUENCES })
    const theirs = python!.ask(
      'threads-and-futures.py',
      sequences.map((sequence) => ({ subject, calls: sequence })),
    ) as readonly unknown[]
    for (const [i, sequence] of sequences.entries())
      expect(await ours(subject, sequence), JSON.stringify(sequence)).toEqual(theirs[i])
  },
)
