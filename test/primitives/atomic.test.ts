import { explore, program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { labels, run } from './support.js'

describe('An atomic', () => {
  test('gives what was there before, like JavaScript’s Atomics', async () => {
    const { result, final, steps } = await run((p) => {
      const x = p.atomic('x', 1)
      return function* () {
        return [
          yield* x.read(),
          yield* x.add(2),
          yield* x.exchange(10),
          yield* x.compareExchange(9, 99),
          yield* x.compareExchange(10, 20),
          yield* x.update((value) => value * 2),
          yield* x.read(),
        ]
      }
    })
    expect(result).toEqual([1, 1, 3, 10, 10, 20, 40])
    expect(final).toEqual({ x: 40 })
    expect(steps).toBe(7)
  })

  test('compares data by value', async () => {
    const { result, final } = await run((p) => {
      const x = p.atomic<unknown>('x', { a: 1, b: [2] })
      return function* () {
        yield* x.compareExchange({ b: [2], a: 1 }, 'first')
        yield* x.compareExchange('other', 'second')
        yield* x.compareExchange('first', Number.NaN)
        yield* x.compareExchange(Number.NaN, -0)
        return yield* x.compareExchange(0, undefined)
      }
    })
    expect(result).toBe(0)
    expect(final).toEqual({})
  })

  test('tells apart data that only look alike', async () => {
    const { final } = await run((p) => {
      const x = p.atomic<unknown>('x', ['1'])
      return function* () {
        for (const other of [[1], [1n], '["1"]', { 0: '1' }]) yield* x.compareExchange(other, 'changed')
      }
    })
    expect(final).toEqual({ x: ['1'] })
  })

  test('holds the edges of 32 bits', async () => {
    const { final } = await run((p) => {
      const x = p.atomic('x', 2 ** 31 - 1)
      return function* () {
        yield* x.add(-(2 ** 31) + 1)
        yield* x.add(-(2 ** 31))
        yield* x.add(0)
      }
    })
    expect(final).toEqual({ x: -(2 ** 31) })
  })

  test('loses no addition of any thread', async () => {
    const adding = program('adding', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      for (const name of ['A', 'B', 'C'])
        p.thread(name, function* () {
          yield* x.add(1)
          yield* x.update((value) => value + 1)
        })
      p.finally('all are kept', (final) => final(x) === 6)
    })
    expect((await explore(adding)).verdict).toBe('holds')
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const x = p.atomic('x', 1)
      return function* () {
        yield* x.read()
        yield* x.write(2)
        yield* x.add(3)
        yield* x.exchange(4)
        yield* x.compareExchange(4, 5)
        yield* x.update((value) => value)
      }
    })
    expect(read).toEqual([
      'read → 1',
      'write 2',
      'add 3 → 2',
      'exchange 4 → 5',
      'compareExchange 4, 5 → 4',
      'update → 5',
    ])
  })
})
