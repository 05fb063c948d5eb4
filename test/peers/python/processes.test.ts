import { explore, program, type StartMethod, type Steps } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { findPython, type Result } from './python.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]
type Methods = Readonly<Record<string, (...args: readonly unknown[]) => Steps<unknown>>>
/** A call as the driver reads it: for a pipe with its end, and method and arguments. */
type Call = readonly unknown[]

const python = findPython((text) => console.warn(text))
const SEQUENCES = 500

/** What our objects give to one thread that makes all calls, as the driver says it. */
async function perform(
  make: (p: Vocabulary) => (call: Call) => Steps<unknown>,
  calls: readonly Call[],
): Promise<readonly Result[]> {
  const { outcomes } = await explore(
    program('calls', {}, (_params, p) => {
      const act = make(p)
      p.thread('A', function* () {
        const results: Result[] = []
        for (const call of calls)
          try {
            results.push({ value: (yield* act(call)) ?? null })
          } catch (error) {
            results.push({ raises: (error as Error).name })
          }
        return results
      })
    }),
  )
  expect(outcomes).toHaveLength(1)
  return outcomes[0].results!['A'] as readonly Result[]
}

// Python's names for what is called otherwise here.
const PYTHON: Readonly<Record<string, string>> = {
  popItem: 'popitem',
  setDefault: 'setdefault',
  read: 'at',
  write: 'set',
}
const said = ([method, ...args]: Call): Call => [PYTHON[method as string] ?? method, ...args]

function ask(sequences: readonly { readonly calls: readonly Call[] }[]): readonly (readonly Result[])[] {
  return python!.ask('process-sequences.py', sequences) as readonly (readonly Result[])[]
}

const key = fc.constantFrom('a', 'b', 'c')
const value = fc.oneof(fc.nat(2), fc.constantFrom('x', null))
const index = fc.integer({ min: -4, max: 4 })

describe.skipIf(python === null)('One call after the other, it does what CPython’s does:', () => {
  test('a pipe', async () => {
    const end = fc.nat(1)
    const call = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(end, fc.constant('send'), value) },
      { weight: 4, arbitrary: fc.tuple(end, fc.constantFrom('recv', 'poll')) },
      { weight: 1, arbitrary: fc.tuple(end, fc.constant('close')) },
    )
    const sequences = fc.sample(
      fc.record({
        kind: fc.constant('pipe'),
        duplex: fc.boolean(),
        calls: fc.array(call, { minLength: 1, maxLength: 12 }),
      }),
      { seed: SEED, numRuns: SEQUENCES },
    )
    const theirs = ask(sequences)
    for (const [i, { duplex, calls }] of sequences.entries()) {
      const make = (p: Vocabulary) => {
        const ends = p.pipe<unknown>('pipe', { duplex })
        return function* ([which, method, ...args]: Call): Steps<unknown> {
          const connection = ends[which as 0 | 1]
          if (method === 'recv') return (yield* connection.poll()) ? yield* connection.recv() : 'nothing'
          return yield* (connection as unknown as Methods)[method as string](...args)
        }
      }
      expect(await perform(make, calls), JSON.stringify(sequences[i])).toEqual(theirs[i])
    }
    const raised = new Set(theirs.flat().flatMap((result) => ('raises' in result ? [result.raises] : [])))
    expect([...raised].sort()).toEqual(['BrokenPipeError', 'ConnectionResetError', 'EOFError', 'OSError'])
  })

  test('a manager’s dictionary', async () => {
    const call = fc.oneof(
      fc.tuple(fc.constantFrom('at', 'get', 'has', 'delete', 'pop'), key),
      fc.tuple(fc.constantFrom('set', 'get', 'pop', 'setDefault'), key, value),
      fc.constantFrom<Call>(['popItem'], ['clear'], ['keys'], ['values'], ['items'], ['size']),
      fc.tuple(fc.constant('update'), fc.array(fc.tuple(key, value), { maxLength: 2 })),
    )
    const sequences = fc.sample(
      fc.record({
        kind: fc.constant('dict'),
        initial: fc.array(fc.tuple(key, value), { maxLength: 2 }).map((entries) => [...new Map(entries)]),
        calls: fc.array(call as fc.Arbitrary<Call>, { minLength: 1, maxLength: 10 }),
      }),
      { seed: SEED, numRuns: SEQUENCES },
    )
    const theirs = ask(sequences.map((sequence) => ({ ...sequence, calls: sequence.calls.map(said) })))
    for (const [i, { initial, calls }] of sequences.entries()) {
      const make = (p: Vocabulary) => {
        const dict = p.manager().dict<string, unknown>('dict', initial) as unknown as Methods
        return ([method, ...args]: Call) => dict[method as string](...args)
      }
      expect(await perform(make, calls), JSON.stringify(sequences[i])).toEqual(theirs[i])
    }
  })

  test('a manager’s list', async () => {
    const call = fc.oneof(
      fc.tuple(fc.constantFrom('at', 'pop'), index),
      fc.tuple(fc.constantFrom('set', 'insert'), index, value),
      fc.tuple(fc.constantFrom('append', 'remove', 'index', 'count'), value),
      fc.constantFrom<Call>(['pop'], ['reverse'], ['size'], ['items']),
      fc.tuple(fc.constant('extend'), fc.array(value, { maxLength: 2 })),
    )
    const sequences = fc.sample(
      fc.record({
        kind: fc.constant('list'),
        initial: fc.array(value, { maxLength: 3 }),
        calls: fc.array(call as fc.Arbitrary<Call>, { minLength: 1, maxLength: 10 }),
      }),
      { seed: SEED, numRuns: SEQUENCES },
    )
    const listed = (sequence: Call): Call => (sequence[0] === 'items' ? ['listed'] : sequence)
    const theirs = ask(sequences.map((sequence) => ({ ...sequence, calls: sequence.calls.map(listed) })))
    for (const [i, { initial, calls }] of sequences.entries()) {
      const make = (p: Vocabulary) => {
        const list = p.manager().list<unknown>('list', initial) as unknown as Methods
        return ([method, ...args]: Call) => list[method as string](...args)
      }
      expect(await perform(make, calls), JSON.stringify(sequences[i])).toEqual(theirs[i])
    }
  })

  test('a shared array', async () => {
    const number = fc.constantFrom<unknown>(0, 1, -1, 2 ** 31, 2 ** 32 + 5, 1.5, 'x')
    const call = fc.oneof(fc.tuple(fc.constant('read'), index), fc.tuple(fc.constant('write'), index, number))
    const sequences = fc.sample(
      fc.record({
        kind: fc.constant('array'),
        initial: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 3 }),
        calls: fc.array(call as fc.Arbitrary<Call>, { minLength: 1, maxLength: 8 }),
      }),
      { seed: SEED, numRuns: SEQUENCES },
    )
    const theirs = ask(sequences.map((sequence) => ({ ...sequence, calls: sequence.calls.map(said) })))
    for (const [i, { initial, calls }] of sequences.entries()) {
      const make = (p: Vocabulary) => {
        const array = p.sharedArray('array', initial) as unknown as Methods
        return ([method, ...args]: Call) => array[method as string](...args)
      }
      expect(await perform(make, calls), JSON.stringify(sequences[i])).toEqual(theirs[i])
    }
  })

  test('a shared value', async () => {
    const number = fc.constantFrom<unknown>(0, 1, -1, 2 ** 31, 2 ** 32 + 5, 1.5, 'x')
    const call = fc.oneof(fc.constant<Call>(['readValue']), fc.tuple(fc.constant('writeValue'), number))
    const sequences = fc.sample(
      fc.record({
        kind: fc.constant('value'),
        initial: fc.integer({ min: -3, max: 3 }),
        calls: fc.array(call as fc.Arbitrary<Call>, { minLength: 1, maxLength: 6 }),
      }),
      { seed: SEED, numRuns: SEQUENCES },
    )
    const theirs = ask(sequences)
    for (const [i, { initial, calls }] of sequences.entries()) {
      const make = (p: Vocabulary) => {
        const shared = p.sharedValue('value', initial)
        return ([method, number_]: Call) => (method === 'readValue' ? shared.read() : shared.write(number_ as number))
      }
      expect(await perform(make, calls), JSON.stringify(sequences[i])).toEqual(theirs[i])
    }
  })
})

/** The programs of `process-programs.py`, with one answer each. */
async function answersOf(start: StartMethod): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {}
  const answer = async (name: string, setup: (p: Vocabulary) => () => Steps<unknown>) => {
    const { outcomes } = await explore(program(name, {}, (_params, p) => void p.thread('main', setup(p))))
    answers[name] = [...new Set(outcomes.map(({ results }) => JSON.stringify(results!['main'])))].map(
      (text) => JSON.parse(text) as unknown,
    )
  }
  const exitCode = (body: (p: Vocabulary) => Steps<unknown>, end?: 'terminate' | 'kill') => (p: Vocabulary) => {
    const child = p.process('child', () => body(p), { start })
    return function* () {
      yield* child.start()
      if (end !== undefined) yield* child[end]()
      yield* child.join()
      return yield* child.exitCode()
    }
  }
  function* fails(): Steps<never> {
    throw new Error('on purpose')
  }
  await answer(
    'returns',
    exitCode((p) => p.yieldNow()),
  )
  await answer(
    'exits',
    exitCode((p) => p.exit(3)),
  )
  await answer('fails', exitCode(fails))
  await answer(
    'aborts',
    exitCode((p) => p.abort()),
  )
  const waits = (p: Vocabulary): Steps<unknown> => p.pipe('never').at(0)!.recv()
  await answer('terminated', exitCode(waits, 'terminate'))
  await answer('killed', exitCode(waits, 'kill'))
  const asks = (what: 'counter' | 'lock' | 'late') => (p: Vocabulary) => {
    const counter = p.cell('counter', 0)
    const lock = p.lock('lock')
    const [mine, its] = p.pipe<unknown>('pipe')
    const bodies = {
      *counter(): Steps<void> {
        yield* counter.write((yield* counter.read()) + 1)
        yield* its.send(yield* counter.read())
      },
      *lock(): Steps<void> {
        yield* its.send(yield* lock.tryAcquire())
      },
      *late(): Steps<void> {
        yield* p.spawn('thread', () => its.send('thread'))
        yield* p.exit(4)
      },
    }
    const child = p.process('child', bodies[what], { start })
    return function* () {
      yield* counter.write(10)
      yield* lock.acquire()
      yield* child.start()
      const told = yield* mine.recv()
      yield* child.join()
      return [told, yield* child.exitCode()]
    }
  }
  for (const what of ['counter', 'lock', 'late'] as const) await answer(what, asks(what))
  await answer('parent', (p) => {
    const counter = p.cell('counter', 0)
    const child = p.process('child', () => counter.write(99), { start })
    return function* () {
      yield* counter.write(10)
      yield* child.start()
      yield* child.join()
      return yield* counter.read()
    }
  })
  return answers
}

test.skipIf(python === null)('Programs of several processes end as CPython’s do', async () => {
  const theirs = python!.ask('process-programs.py', []) as Record<StartMethod, Record<string, unknown>>
  for (const start of ['spawn', 'fork'] as const) {
    const ours = await answersOf(start)
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs[start]).sort())
    for (const [name, answer] of Object.entries(theirs[start]))
      expect(ours[name], `${name} (${start})`).toEqual([answer])
  }
})
