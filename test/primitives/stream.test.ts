import { explore, program, Stream, type StreamState, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { type Flow, keepsOrderBelowMark } from '../laws/stream-order.js'
import { alone } from '../engine/support/small-programs.js'
import { labels, run } from './support.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

class OneTooMany extends Stream<number> {
  override write(value: number): Steps<void> {
    return this.perform({
      name: 'write',
      args: [value],
      ways: ({ items }) => (items.length <= this.highWaterMark ? 1 : 0),
      step: ({ items, ended }) => ({ state: { items: [...items, value], ended }, result: undefined }),
    })
  }
}

class ForgetsAtTheEnd extends Stream<number> {
  override end(): Steps<void> {
    return this.perform({ name: 'end', step: () => ({ state: { items: [], ended: true }, result: undefined }) })
  }
}

class WritesInFront extends Stream<number> {
  override write(value: number): Steps<void> {
    return this.perform({
      name: 'write',
      args: [value],
      ways: ({ items }: StreamState<number>) => (items.length < this.highWaterMark ? 1 : 0),
      step: ({ items, ended }) => ({ state: { items: [value, ...items], ended }, result: undefined }),
    })
  }
}

const mutant =
  (make: new (name: string, word: number, mark: number) => Flow) =>
  (p: Vocabulary): Flow =>
    p.declare('mutant', 's', (words) => new make('s', words.data('state', { items: [], ended: false }), 2))

describe('A stream', () => {
  test.each([1, 2, 3])('keeps order, loses nothing and never holds more than its mark of %i', async (mark) => {
    await expectLawToHold(keepsOrderBelowMark((p) => p.stream<number>('s', { highWaterMark: mark }), mark, 4))
  })

  test.each([
    ['holds one too many', OneTooMany, 'no more values than its mark'],
    ['forgets at the end what nobody has read', ForgetsAtTheEnd, 'all values come out in order'],
    ['writes in front', WritesInFront, 'all values come out in order'],
  ] as const)('would break that law if it %s', async (_title, make, violation) => {
    await expectLawToBeBroken(keepsOrderBelowMark(mutant(make), 2, 3), violation)
  })

  test('passes through stages, each in a thread of its own', async () => {
    const report = await expectLawToHold(
      program('stages', {}, (_params, p) => {
        const [raw, doubled, large] = ['raw', 'doubled', 'large'].map((name) => p.stream<number>(name)) as [
          Stream<number>,
          Stream<number>,
          Stream<number>,
        ]
        p.thread('source', function* () {
          for (const value of [1, 2, 3]) yield* raw.write(value)
          yield* raw.end()
        })
        p.thread('doubles', () => raw.mapInto(doubled, (value) => 2 * value))
        p.thread('filters', () => doubled.filterInto(large, (value) => value > 2))
        p.thread('sink', function* () {
          const got: number[] = []
          yield* large.forEach(function* (value) {
            got.push(value)
          })
          return got
        })
      }),
    )
    expect(report.outcomes.map(({ results }) => results?.['sink'])).toEqual([[4, 6]])
  })

  test('has an end that every reader finds, and that can be said twice', async () => {
    const { result } = await run((p) => {
      const stream = p.stream<string>('s')
      return function* () {
        yield* stream.write('a')
        yield* stream.end()
        yield* stream.end()
        return [yield* stream.read(), yield* stream.read(), yield* stream.read()]
      }
    })
    expect(result).toEqual([{ done: false, value: 'a' }, { done: true }, { done: true }])
  })

  test('takes it for misuse if somebody writes after the end, waiting or not', async () => {
    const misusing = alone((p) => {
      const stream = p.stream<string>('s')
      return function* () {
        yield* stream.write('a')
        yield* stream.end()
        yield* stream.write('b')
      }
    })
    expect((await explore(misusing)).violations).toMatchObject([
      { kind: 'misuse', message: 'stream “s” is written to after its end' },
    ])
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const stream = p.stream<number>('s')
      return function* () {
        yield* stream.write(1)
        yield* stream.end()
        yield* stream.read()
        yield* stream.read()
      }
    })
    expect(read).toEqual(['write 1', 'end', 'read → 1', 'read: end'])
  })
})
