import { explore, program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { labels, run } from './support.js'

describe('A cell', () => {
  test('keeps what was written last', async () => {
    const { result, final, steps } = await run((p) => {
      const x = p.cell('x', 1)
      return function* () {
        const before = yield* x.read()
        yield* x.write(-5)
        return [before, yield* x.read()]
      }
    })
    expect({ result, final, steps }).toEqual({ result: [1, -5], final: { x: -5 }, steps: 3 })
  })

  test('holds any plain data if its first value is no integer, or if asked to', async () => {
    const { result } = await run((p) => {
      const text = p.cell('text', 'a')
      const any = p.cell('any', 0 as unknown, { holds: 'data' })
      const fraction = p.cell('fraction', 0.5)
      return function* () {
        yield* text.write('b')
        yield* any.write({ list: [null, undefined, 1n] })
        yield* fraction.write(2 ** 40)
        return [yield* text.read(), yield* any.read(), yield* fraction.read()]
      }
    })
    expect(result).toEqual(['b', { list: [null, undefined, 1n] }, 2 ** 40])
  })

  test('of integers refuses other first values', async () => {
    const wrong = program('wrong', {}, (_params, p) => {
      p.cell('x', 0.5, { holds: 'integers' })
      p.thread('A', function* () {})
    })
    await expect(explore(wrong)).rejects.toMatchObject({ code: 'program/not-an-integer' })
  })

  test('gives values that are frozen and that nothing outside can change', async () => {
    const { result } = await run((p) => {
      const original = { list: [1] }
      const x = p.cell('x', original)
      original.list.push(2)
      return function* () {
        const seen = (yield* x.read()) as { list: number[] }
        return [seen, Object.isFrozen(seen), Object.isFrozen(seen.list)]
      }
    })
    expect(result).toEqual([{ list: [1] }, true, true])
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const x = p.cell<unknown>('x', 'a')
      return function* () {
        yield* x.read()
        yield* x.write([1, { b: 'c' }])
      }
    })
    expect(read).toEqual(['read → "a"', 'write [1,{"b":"c"}]'])
  })
})
