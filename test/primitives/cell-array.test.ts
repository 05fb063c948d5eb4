import { explore } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { alone } from '../engine/support/small-programs.js'
import { labels, run } from './support.js'

describe('An array of cells', () => {
  test('keeps each element by itself', async () => {
    const { result, final } = await run((p) => {
      const zeros = p.array('zeros', 3)
      const given = p.array('given', ['a', 'b'])
      return function* () {
        yield* zeros.write(1, 7)
        yield* given.write(0, 'c')
        return [zeros.length, yield* zeros.read(0), yield* zeros.read(1), yield* given.read(0), yield* given.read(1)]
      }
    })
    expect(result).toEqual([3, 0, 7, 'c', 'b'])
    expect(final).toEqual({ zeros: [0, 7, 0], given: ['c', 'b'] })
  })

  test('may be empty, or large', async () => {
    const { result, final } = await run((p) => {
      const none = p.array('none', 0)
      const many = p.array('many', 5000)
      return function* () {
        yield* many.write(4999, 1)
        return [none.length, yield* many.read(4999)]
      }
    })
    expect(result).toEqual([0, 1])
    expect(final['none']).toEqual([])
  })

  test.each([-1, 3, 0.5, Number.NaN])('has no element %d, and tells the thread so', async (index) => {
    const outside = alone((p) => {
      const list = p.array('list', 3)
      return function* () {
        try {
          yield* list.read(index)
        } catch (error) {
          return (error as Error).name
        }
      }
    })
    expect((await explore(outside)).outcomes).toMatchObject([{ results: { A: 'RangeError' } }])
  })

  test('reads in a trace with its index', async () => {
    const read = await labels((p) => {
      const list = p.array('list', 3)
      return function* () {
        yield* list.write(2, 5)
        yield* list.read(2)
      }
    })
    expect(read).toEqual(['write 2, 5', 'read 2 → 5'])
  })
})
