import { call, explore, program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** Two threads that each take `enter` before they count up a plain cell, and `leave` after it. */
const counting = (lock: (p: Vocabulary) => { enter: () => Steps<unknown>; leave: () => Steps<unknown> }) =>
  program('counting', {}, (_params, p) => {
    const counter = p.cell('counter', 0)
    const { enter, leave } = lock(p)
    for (const name of ['A', 'B'])
      p.thread(name, function* () {
        yield* enter()
        yield* counter.write((yield* counter.read()) + 1)
        yield* leave()
      })
    p.finally('both count', (final) => final(counter) === 2)
  })

describe('A call', () => {
  const spinning = (p: Vocabulary, enter: (attempt: () => Steps<boolean>) => Steps<unknown>) => {
    const held = p.atomic('held', 0)
    return {
      enter: () =>
        enter(function* () {
          return (yield* held.compareExchange(0, 1)) === 0
        }),
      leave: () => held.write(0),
    }
  }

  test('closes loops that would otherwise go on for ever', async () => {
    const endless = counting((p) =>
      spinning(p, function* (attempt) {
        while (!(yield* attempt()));
      }),
    )
    expect((await explore(endless, { maxStates: 500 })).complete).toBe(false)
    const closed = counting((p) =>
      spinning(p, (attempt) =>
        call(function* (loop) {
          do yield* loop('spin')
          while (!(yield* attempt()))
        }),
      ),
    )
    expect(await explore(closed)).toMatchObject({ verdict: 'holds', complete: true, violations: [] })
  })

  test('leaves to its caller what it knew before', async () => {
    const { outcomes, complete } = await explore(
      program('before', {}, (_params, p) => {
        const ready = p.atomic('ready', false)
        p.thread('A', function* () {
          const chosen = yield* p.choose(3)
          yield* call(function* (loop) {
            do yield* loop('until ready')
            while (!(yield* ready.read()))
          })
          return chosen
        })
        p.thread('B', () => ready.write(true))
      }),
    )
    expect(complete).toBe(true)
    expect(outcomes.map(({ results }) => results!['A']).sort()).toEqual([0, 1, 2])
  })

  test('makes one of histories that come to the same, and tells apart those that do not', async () => {
    const parity = (whole: (body: () => Steps<number>) => Steps<number>) =>
      program('parity', {}, (_params, p) => {
        p.thread('A', function* () {
          const result = yield* whole(function* () {
            return (yield* p.choose(8)) % 2
          })
          for (let i = 0; i < 10; i++) yield* p.yieldNow()
          return result
        })
      })
    const plain = await explore(parity((body) => body()))
    const called = await explore(parity((body) => call(body)))
    expect(called.outcomes.map(({ results }) => results!['A'])).toEqual(
      plain.outcomes.map(({ results }) => results!['A']),
    )
    expect(called.counts.states!).toBeLessThan(plain.counts.states! / 3)
  })

  test('may lie in another one, and begin where that one begins', async () => {
    const { outcomes } = await explore(
      program('nested', {}, (_params, p) => {
        const x = p.atomic('x', 0)
        p.thread('A', () =>
          call(function* (loop) {
            const inner = yield* call(function* (again) {
              let seen: number
              do {
                yield* again('look')
                seen = yield* x.read()
              } while (seen === 0)
              return seen
            })
            let seen: number
            do {
              yield* loop('look', inner)
              seen = yield* x.read()
            } while (seen < 2)
            return [inner, seen]
          }),
        )
        p.thread('B', function* () {
          yield* x.write(1)
          yield* x.write(2)
        })
      }),
    )
    expect(outcomes.map(({ results }) => results!['A'])).toEqual(
      expect.arrayContaining([
        [1, 2],
        [2, 2],
      ]),
    )
    expect(outcomes).toHaveLength(2)
  })

  test('that throws comes to its error', async () => {
    const { outcomes, violations } = await explore(
      program('throwing', {}, (_params, p) => {
        p.thread('A', function* () {
          try {
            yield* call(function* () {
              if ((yield* p.choose(2)) === 1) throw new RangeError('on purpose')
            })
            return 'fine'
          } catch (error) {
            return String(error)
          }
        })
      }),
    )
    expect(violations).toEqual([])
    expect(outcomes.map(({ results }) => results!['A']).sort()).toEqual(['RangeError: on purpose', 'fine'])
  })

  test('is the program’s fault where more matters of it than its result', async () => {
    const leaking = program('leaking', {}, (_params, p) => {
      p.thread('A', function* () {
        let secret = 0
        yield* call(function* () {
          secret = yield* p.choose(2)
        })
        yield* p.choose(2 + secret)
      })
    })
    await expect(explore(leaking)).rejects.toMatchObject({
      code: 'program/false-at',
      message: expect.stringContaining('a call with equal results') as string,
    })
  })
})
