import { Deque, explore, program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { eachProducersOrder, type Numbered } from '../laws/queue-order.js'
import { labels, run } from './support.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** Looks at everything in one step, and in another one puts back all but what it takes. */
class PopsInTwoSteps<T> extends Deque<T> {
  override *popLeft(): Steps<T> {
    const seen = yield* this.toArray()
    if (seen.length === 0) return yield* super.popLeft()
    const state = seen.slice(1)
    yield* this.perform({ name: 'put back', args: [state], step: () => ({ state, result: undefined }) })
    return seen[0]!
  }
}

/** One thread takes from one end while another takes from the other: every value is taken once. */
function twoEnds(declare: (p: Vocabulary, values: readonly number[]) => Deque<number>, values: readonly number[]) {
  return program('two ends', {}, (_params, p) => {
    const deque = declare(p, values)
    const takes = (take: () => Steps<number>) =>
      function* () {
        const taken: number[] = []
        try {
          for (;;) taken.push(yield* take())
        } catch (error) {
          if ((error as Error).name !== 'IndexError') throw error
          return taken
        }
      }
    const left = p.thread(
      'left',
      takes(() => deque.popLeft()),
    )
    const right = p.thread(
      'right',
      takes(() => deque.pop()),
    )
    p.finally('every value is taken once, from its end', (final) => {
      const taken = [...(final.result(left) ?? []), ...(final.result(right) ?? []).toReversed()]
      return String(taken) === String(values)
    })
  })
}

describe('A deque', () => {
  test('gives every value once to two threads at its two ends, in all interleavings', async () => {
    await expectLawToHold(twoEnds((p, values) => p.deque('d', values), [1, 2, 3]))
  })

  test('would not if popping took two steps', async () => {
    const declare = (p: Vocabulary, values: readonly number[]) =>
      p.declare('mutant', 'd', (words) => new PopsInTwoSteps<number>('d', words.data('values', values), undefined))
    await expectLawToBeBroken(twoEnds(declare, [1, 2]), 'every value is taken once')
  })

  test('keeps each producer’s order if somebody waits for what there is', async () => {
    const waiting = (p: Vocabulary) => {
      const deque = p.deque<Numbered>('d')
      const filled = p.semaphore('filled', 0)
      return {
        *put(item: Numbered): Steps<void> {
          yield* deque.append(item)
          yield* filled.release()
        },
        *get(): Steps<Numbered> {
          yield* filled.acquire()
          return yield* deque.popLeft()
        },
      }
    }
    await expectLawToHold(eachProducersOrder(waiting, 1))
  })

  test('pushes out at one end what is too much at the other', async () => {
    const { final } = await run((p) => {
      const right = p.deque('right', [1, 2, 3, 4], { maxlen: 3 })
      const left = p.deque('left', [1, 2, 3], { maxlen: 3 })
      const none = p.deque<number>('none', [1], { maxlen: 0 })
      return function* () {
        yield* right.extend([5, 6])
        yield* left.extendLeft([0, -1])
        yield* none.append(2)
      }
    })
    expect(final).toEqual({ right: [4, 5, 6], left: [-1, 0, 1], none: [] })
  })

  test('tells what is not there, and that it is full, by errors called as in Python', async () => {
    const { result } = await run((p) => {
      const deque = p.deque<number>('d', [], { maxlen: 1 })
      return function* () {
        const errors: string[] = []
        const attempts: (() => Steps<unknown>)[] = [
          () => deque.pop(),
          () => deque.popLeft(),
          () => deque.at(0),
          () => deque.remove(1),
          () => deque.index(1),
          () => deque.insert(0, 1),
          () => deque.insert(0, 2),
          () => deque.at(0.5),
          () => deque.rotate(Number.NaN),
        ]
        for (const attempt of attempts)
          try {
            yield* attempt()
          } catch (error) {
            errors.push((error as Error).name)
          }
        return errors
      }
    })
    const [index, value, type] = ['IndexError', 'ValueError', 'TypeError']
    expect(result).toEqual([index, index, index, value, value, index, type, type])
  })

  test('is only read by what changes nothing', async () => {
    const { executions } = (
      await explore(
        program('reading', {}, (_params, p) => {
          const deque = p.deque<number>('d')
          p.thread('A', () => deque.clear())
          p.thread('B', () => deque.rotate(3))
          p.thread('C', function* () {
            try {
              yield* deque.pop()
            } catch {
              yield* deque.reverse()
            }
          })
        }),
        { strategy: 'dpor' },
      )
    ).counts
    expect(executions).toBe(1)
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const deque = p.deque<number>('d', [1, 2])
      return function* () {
        yield* deque.appendLeft(0)
        yield* deque.rotate(-1)
        yield* deque.index(0)
        yield* deque.pop()
        try {
          yield* deque.remove(7)
        } catch {
          yield* deque.toArray()
        }
      }
    })
    expect(read).toEqual([
      'appendLeft 0',
      'rotate -1',
      'index 0 → 2',
      'pop → 0',
      'remove 7: ValueError',
      'toArray → [1,2]',
    ])
  })
})
