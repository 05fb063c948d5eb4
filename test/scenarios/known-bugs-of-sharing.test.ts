import { explore, type ExploreReport, program, replay } from 'entrelacs'
import { describe, expect, test } from 'vitest'

const found = ({ violations }: ExploreReport) =>
  violations.map(({ kind, message, preemptions, steps, isLeast }) => ({ kind, message, preemptions, steps, isLeast }))

/** A value made once, behind a flag that is looked at twice: without the lock, and with it. */
const publication = (order: 'flag first' | 'value first') =>
  program('double-checked publication', {}, (_params, p) => {
    const isMade = p.atomic('is made', false)
    const value = p.atomic<string | null>('value', null)
    const lock = p.lock('lock')
    const users = ['A', 'B'].map((name) =>
      p.thread(name, function* () {
        if (!(yield* isMade.read()))
          yield* lock.hold(function* () {
            if (yield* isMade.read()) return
            if (order === 'flag first') yield* isMade.write(true)
            yield* value.write('made')
            if (order === 'value first') yield* isMade.write(true)
          })
        return yield* value.read()
      }),
    )
    p.finally('nobody uses what is not made', (final) => users.every((user) => final.result(user) === 'made'))
  })

describe('Double-checked publication', () => {
  test('hands out what is not made yet if the flag is set first', async () => {
    for (const strategy of ['graph', 'dpor'] as const)
      expect(found(await explore(publication('flag first'), { strategy }))).toEqual([
        { kind: 'property', message: 'nobody uses what is not made', preemptions: 1, steps: 9, isLeast: true },
      ])
  })

  test('is shown by the schedule in which one is stopped between flag and value', async () => {
    const { violations } = await explore(publication('flag first'))
    const { steps } = replay(publication('flag first'), violations[0]!.token)
    const at = steps.findIndex(({ label }) => label === 'read → null')
    expect(steps.slice(at - 2, at + 1).map(({ object, label }) => `${object}: ${label}`)).toEqual([
      'is made: write true',
      'is made: read → true',
      'value: read → null',
    ])
  })

  test('holds if the value is made first', async () => {
    for (const strategy of ['graph', 'dpor'] as const)
      expect((await explore(publication('value first'), { strategy })).verdict).toBe('holds')
  })
})

/** A stack of nodes 1 and 2 whose top is exchanged if it is still what was seen; with a version, also if it came back. */
const stack = (top: 'node' | 'node and version') =>
  program('stack by compare and exchange', {}, (_params, p) => {
    const head = p.atomic<readonly [node: number, version: number]>('top', [1, 0])
    const next = p.array('next', [0, 2, 0], { holds: 'integers' })

    const version = (seen: number) => (top === 'node' ? 0 : seen + 1)

    function* pop() {
      for (;;) {
        const seen = yield* head.read()
        const [node, count] = seen
        if (node === 0) return null
        const below = yield* next.read(node)
        const before = yield* head.compareExchange(seen, [below, version(count)])
        if (String(before) === String(seen)) return node
      }
    }

    function* push(node: number) {
      for (;;) {
        const seen = yield* head.read()
        yield* next.write(node, seen[0])
        const before = yield* head.compareExchange(seen, [node, version(seen[1])])
        if (String(before) === String(seen)) return
      }
    }

    const slow = p.thread('slow', function* () {
      return [yield* pop(), yield* pop()]
    })
    const quick = p.thread('quick', function* () {
      const first = yield* pop()
      const second = yield* pop()
      if (first !== null) yield* push(first)
      return second
    })
    p.finally('no node belongs to two', (final) => {
      const kept = final.result(quick)
      return kept === null || !(final.result(slow) ?? []).includes(kept ?? null)
    })
  })

describe('A stack built with compareExchange', () => {
  const properties = (report: ExploreReport) => found(report).filter(({ kind }) => kind === 'property')

  test('gives a node to two threads if the top has gone and come back', async () => {
    for (const strategy of ['graph', 'dpor'] as const)
      expect(properties(await explore(stack('node'), { strategy }))).toEqual([
        { kind: 'property', message: 'no node belongs to two', preemptions: 1, steps: 15, isLeast: true },
      ])
  })

  test('does so by the schedule that the name ABA stands for', async () => {
    const { violations } = await explore(stack('node'))
    const { token } = violations.find(({ kind }) => kind === 'property')!
    const tops = replay(stack('node'), token).steps.map(({ shows }) => (shows['top'] as readonly number[])[0])
    expect(tops.filter((node, i) => node !== tops[i - 1])).toEqual([1, 2, 0, 1, 2, 0])
  })

  test('does not if the top has a version', async () => {
    for (const strategy of ['graph', 'dpor'] as const)
      expect(properties(await explore(stack('node and version'), { strategy }))).toEqual([])
  })
})
