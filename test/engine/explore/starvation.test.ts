import { explore, type ExploreReport, program, replay, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { ProgressStates } from '../../../src/engine/explore/progress-states.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A program whose threads go round for ever, each with what `turn` makes of its number. */
const rounds = (count: number, turn: (p: Vocabulary) => (i: number) => Steps<void>) =>
  program('rounds', {}, (_params, p) => {
    const once = turn(p)
    for (let i = 0; i < count; i++)
      p.thread(`T${i}`, function* () {
        for (;;) {
          yield* p.at('round')
          yield* once(i)
        }
      })
  })

const kinds = (report: ExploreReport) => report.violations.map(({ kind }) => kind)
const starving = (report: ExploreReport) =>
  report.violations.filter(({ kind }) => kind === 'starvation').map(({ message }) => /^\S+/.exec(message)?.[0])

describe('Starvation', () => {
  const unfair = rounds(2, (p) => {
    const lock = p.lock('lock')
    return function* () {
      yield* lock.acquire()
      yield* p.progress()
      yield* lock.release()
    }
  })

  test('is found where a lock may pass somebody over for ever, and the run repeats without them', async () => {
    const report = await explore(unfair)
    expect(kinds(report)).toEqual(['starvation', 'starvation'])
    expect(starving(report).sort()).toEqual(['T0', 'T1'])
    for (const { token, message } of report.violations) {
      const run = replay(unfair, token)
      const [who] = /^\S+/.exec(message)!
      const again = run.steps.slice(run.repeatsFrom! - 1)
      expect(run.steps.some(({ thread, operation }) => thread === who && operation === 'progress')).toBe(true)
      expect(again.some(({ thread, operation }) => thread === who && operation === 'progress')).toBe(false)
      expect(again.some(({ operation }) => operation === 'progress')).toBe(true)
    }
  })

  test('is not found where turns go round', async () => {
    const report = await explore(
      rounds(3, (p) => {
        const turn = p.atomic('turn', 0)
        return function* (i) {
          do yield* p.at('waiting')
          while ((yield* turn.read()) !== i)
          yield* p.progress()
          yield* turn.write((i + 1) % 3)
        }
      }),
    )
    expect(report).toMatchObject({ verdict: 'holds', complete: true, violations: [] })
  })

  test('is not said of a thread that may be passed over before its first time only', async () => {
    const report = await explore(
      program('late', {}, (_params, p) => {
        const lock = p.lock('lock')
        p.thread('regular', function* () {
          for (;;) {
            yield* p.at('round')
            yield* lock.acquire()
            yield* p.progress()
            yield* lock.release()
          }
        })
        p.thread('once', function* () {
          yield* lock.acquire()
          yield* p.progress()
          yield* lock.release()
        })
      }),
    )
    // After its only time it has ended, and nobody waits.
    expect(starving(report)).toEqual([])
  })

  test('of a thread that steps, but never gets on any more', async () => {
    const report = await explore(
      program('polling', {}, (_params, p) => {
        const open = p.atomic('open', true)
        p.thread('door', function* () {
          for (;;) {
            yield* p.at('round')
            yield* open.update((state) => !state)
            yield* p.progress()
          }
        })
        p.thread('guest', function* () {
          for (;;) {
            yield* p.at('round')
            if (yield* open.read()) yield* p.progress()
          }
        })
      }),
    )
    expect(starving(report)).toEqual(['guest'])
  })

  test('is told apart from a livelock: nobody gets on', async () => {
    const report = await explore(
      rounds(2, (p) => {
        const flag = p.atomic('flag', 0)
        return function* (i) {
          yield* flag.write(i)
        }
      }),
    )
    expect(kinds(report)).toEqual(['livelock'])
  })

  test('is told from what a checkpoint keeps', () => {
    const before = new ProgressStates()
    for (const [state, thread] of [
      [3, 1],
      [700, 1],
      [5, 2],
    ] as const)
      before.note(state, thread)
    const after = new ProgressStates()
    after.restore(before.saved)
    expect([...after.byThread.keys()]).toEqual([1, 2])
    expect([3, 5, 700].map((state) => after.byThread.get(1)!.has(state))).toEqual([true, false, true])
  })
})

describe('A partial deadlock', () => {
  const clock = (p: Vocabulary) => {
    const ticks = p.atomic('tick', 0)
    p.thread('clock', function* () {
      for (;;) {
        yield* p.at('tick')
        yield* ticks.update((tick) => 1 - tick)
        yield* p.progress()
      }
    })
  }

  test('is found while others go on, with the circle of who waits for whom', async () => {
    const report = await explore(
      program('partial', {}, (_params, p) => {
        clock(p)
        const a = p.lock('a')
        const b = p.lock('b')
        for (const [name, first, second] of [['A', a, b] as const, ['B', b, a] as const])
          p.thread(name, function* () {
            yield* first.acquire()
            yield* second.acquire()
            yield* second.release()
            yield* first.release()
          })
      }),
    )
    expect(kinds(report)).toEqual(['deadlock'])
    expect(report.violations[0]!.message).toBe(
      'deadlock: A waits for b, which B holds; B waits for a, which A holds, while clock may go on for ever',
    )
  })

  test('is not seen where everybody else has ended well', async () => {
    const report = await explore(
      program('well', {}, (_params, p) => {
        clock(p)
        const lock = p.lock('lock')
        for (const name of ['A', 'B']) p.thread(name, () => lock.hold(() => p.yieldNow()))
      }),
    )
    expect(report).toMatchObject({ verdict: 'holds', violations: [] })
  })
})
