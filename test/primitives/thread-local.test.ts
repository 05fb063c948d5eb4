import { AttributeError, explore, program } from 'entrelacs'
import { expect, test } from 'vitest'
import { labels, run } from './support.js'

test('Every thread has thread-local data of its own, and accesses of different threads are independent', async () => {
  const own = program('own', {}, (_params, p) => {
    const local = p.threadLocal('local')
    const threads = ['A', 'B'].map((name) =>
      p.thread(name, function* () {
        yield* local.set('name', name)
        return yield* local.get('name')
      }),
    )
    p.finally('each sees its own', (final) => threads.every((thread) => final.result(thread) === thread.name))
    p.finally('both are shown', (final) => final(local)['A']?.['name'] === 'A' && final(local)['B']?.['name'] === 'B')
  })
  expect((await explore(own)).verdict).toBe('holds')
  const { counts, verdict } = await explore(own, { strategy: 'dpor' })
  expect(verdict).toBe('holds')
  expect(counts.executions).toBe(1)
})

test('What a thread has not set, it has not: an error like AttributeError', async () => {
  const { result, final } = await run((p) => {
    const local = p.threadLocal('local')
    return function* () {
      const kinds: boolean[] = []
      yield* local.set('x', 1)
      yield* local.delete('x')
      for (const attempt of [local.get('x'), local.delete('x'), local.get('toString')])
        try {
          yield* attempt as Generator<unknown, unknown>
        } catch (error) {
          kinds.push(error instanceof AttributeError)
        }
      return kinds
    }
  })
  expect(result).toEqual([true, true, true])
  expect(final).toEqual({})
})

test('Accesses of thread-local data read in a trace as they are written', async () => {
  const read = await labels((p) => {
    const local = p.threadLocal('local')
    return function* () {
      yield* local.set('x', [1])
      yield* local.get('x')
      yield* local.delete('x')
    }
  })
  expect(read).toEqual(['set "x", [1]', 'get "x" → {"value":[1]}', 'delete "x" → true'])
})
