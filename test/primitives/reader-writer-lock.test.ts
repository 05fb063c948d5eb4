import { program, type ReaderWriterLock, StatefulObject, type Steps, type Vocabulary } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/engine/session.js'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { readersAndWriters } from '../laws/mutual-exclusion.js'
import { labels } from './support.js'

const PREFERENCES = ['none', 'readers', 'writers'] as const

/** Counts readers, and forgets that a writer has to wait for them. */
class RudeLock extends StatefulObject<{ readonly readers: number; readonly isWritten: boolean }> {
  readonly kind = 'rude lock'

  acquireRead(): Steps<void> {
    return this.perform({
      name: 'acquireRead',
      ways: ({ isWritten }) => (isWritten ? 0 : 1),
      step: (state) => ({ state: { ...state, readers: state.readers + 1 }, result: undefined }),
    })
  }

  releaseRead(): Steps<void> {
    return this.perform({
      name: 'releaseRead',
      step: (state) => ({ state: { ...state, readers: state.readers - 1 }, result: undefined }),
    })
  }

  acquireWrite(): Steps<void> {
    return this.perform({
      name: 'acquireWrite',
      ways: ({ isWritten }) => (isWritten ? 0 : 1),
      step: (state) => ({ state: { ...state, isWritten: true }, result: undefined }),
    })
  }

  releaseWrite(): Steps<void> {
    return this.perform({
      name: 'releaseWrite',
      step: (state) => ({ state: { ...state, isWritten: false }, result: undefined }),
    })
  }
}

type Sides = Record<'acquireRead' | 'releaseRead' | 'acquireWrite' | 'releaseWrite', () => Steps<void>>

const sides = (lock: Sides) => ({
  read: { enter: () => lock.acquireRead(), leave: () => lock.releaseRead() },
  write: { enter: () => lock.acquireWrite(), leave: () => lock.releaseWrite() },
})

describe.each(PREFERENCES)('A reader-writer lock that prefers %s', (preference) => {
  const declare = (p: Vocabulary) => p.readerWriterLock('lock', { preference })

  test.each([
    [2, 1],
    [1, 2],
  ])('lets %i readers and %i writers through, and a writer alone', async (readers, writers) => {
    const { outcomes } = await expectLawToHold(readersAndWriters((p) => sides(declare(p)), readers, writers))
    const together = outcomes.map(({ final }) => final['most readers together'])
    expect(Math.max(...(together as number[]))).toBe(readers)
  })

  test.each([
    ['reading', (lock: ReaderWriterLock) => lock.holdWrite(() => lock.releaseRead())],
    ['writing', (lock: ReaderWriterLock) => lock.holdRead(() => lock.releaseWrite())],
  ])('must not be released from %s by who does not', async (what, misuse) => {
    const misusing = program('misusing', {}, (_params, p) => {
      const lock = declare(p)
      p.thread('A', () => misuse(lock))
    })
    const message = `reader-writer lock “lock” is released from ${what} by a thread that does not hold it so`
    expect((await exploreBothWays(misusing)).violations).toMatchObject([{ kind: 'misuse', message, steps: 2 }])
  })

  test('is waited for by a thread that writes twice, or reads and then writes', async () => {
    const twice = program('twice', {}, (_params, p) => {
      const lock = declare(p)
      p.thread('A', () => lock.holdWrite(() => lock.acquireWrite()))
    })
    const upgrade = program('upgrade', {}, (_params, p) => {
      const lock = declare(p)
      p.thread('A', () => lock.holdRead(() => lock.acquireWrite()))
    })
    for (const subject of [twice, upgrade])
      expect((await exploreBothWays(subject)).violations).toMatchObject([
        { kind: 'deadlock', message: 'deadlock: A waits for lock, which it holds itself' },
      ])
  })
})

describe('A reader-writer lock', () => {
  test('would let a writer in with readers if it forgot them', async () => {
    const rude = readersAndWriters(
      (p) =>
        sides(
          p.declare(
            'rude',
            'lock',
            (words) => new RudeLock('lock', words.data('state', { readers: 0, isWritten: false })),
          ),
        ),
      1,
      1,
    )
    await expectLawToBeBroken(rude, 'property: nobody reads while somebody writes')
  })

  /** Of a reader and a writer who both wait when a third thread lets go: who can come in? */
  function whoCanComeIn(preference: (typeof PREFERENCES)[number]): string[] {
    const waiting = program('waiting', {}, (_params, p) => {
      const lock = p.readerWriterLock('lock', { preference })
      p.thread('holder', () => lock.holdWrite(() => p.yieldNow()))
      p.thread('reader', () => lock.acquireRead())
      p.thread('writer', () => lock.acquireWrite())
    })
    const session = new Session(waiting)
    const [holder, reader, writer] = session.threads.canonical
    session.step(holder, 0)
    // Those who are preferred say that they wait.
    for (const thread of [reader, writer]) if (session.ways(thread) > 0) session.step(thread, 0)
    expect([reader, writer].map((thread) => session.ways(thread))).toEqual([0, 0])
    session.step(holder, 0)
    session.step(holder, 0)
    return [reader, writer]
      .filter((thread) => session.ways(thread) > 0)
      .map((thread) => session.threads.all[thread].name)
  }

  test('lets those go first whom it prefers', () => {
    expect(whoCanComeIn('none')).toEqual(['reader', 'writer'])
    expect(whoCanComeIn('readers')).toEqual(['reader'])
    expect(whoCanComeIn('writers')).toEqual(['writer'])
  })

  test('that prefers writers lets no reader in while a writer waits: also none that reads already', async () => {
    const again = (preference: (typeof PREFERENCES)[number]) =>
      program('again', {}, (_params, p) => {
        const lock = p.readerWriterLock('lock', { preference })
        p.thread('reader', () => lock.holdRead(() => lock.holdRead(() => p.yieldNow())))
        p.thread('writer', () => lock.holdWrite(() => p.yieldNow()))
      })
    await expectLawToHold(again('none'))
    await expectLawToHold(again('readers'))
    const { violations } = await exploreBothWays(again('writers'))
    expect(violations).toMatchObject([{ kind: 'deadlock', preemptions: 1, steps: 2 }])
    expect(violations[0].message).toContain('reader waits for lock, which writer')
  })

  test.each(PREFERENCES)('that prefers %s is as it was after somebody has given up', async (preference) => {
    const givingUp = program(
      'giving up',
      {},
      (_params, p) => {
        const lock = p.readerWriterLock('lock', { preference })
        p.thread('holder', function* () {
          yield* lock.acquireRead()
          yield* p.sleep(3)
          yield* lock.releaseRead()
        })
        p.thread('writer', function* () {
          yield* p.sleep(1)
          return yield* lock.acquireWrite({ timeout: 1 })
        })
        p.thread('reader', function* () {
          yield* p.sleep(2.5)
          return yield* lock.acquireRead({ timeout: 0 })
        })
      },
      { time: 'virtual' },
    )
    const { outcomes } = await exploreBothWays(givingUp)
    expect(outcomes.map(({ results }) => results)).toEqual([{ writer: false, reader: true }])
  })

  test.each(PREFERENCES)('that prefers %s keeps nobody waiting for who only tries', async (preference) => {
    const trying = program('trying', {}, (_params, p) => {
      const lock = p.readerWriterLock('lock', { preference })
      p.thread('holder', () => lock.acquireRead())
      p.thread('writer', () => lock.acquireWrite({ timeout: 0 }))
      p.thread('reader', () => lock.acquireRead({ timeout: 0 }))
    })
    const { outcomes } = await exploreBothWays(trying)
    // Only somebody who holds the lock makes another one fail.
    for (const { results } of outcomes) expect(results!['writer'] === false || results!['reader'] === false).toBe(true)
    expect(outcomes.some(({ results }) => results!['reader'] === true)).toBe(true)
  })

  test('shows who reads or who writes', async () => {
    const showing = program('showing', {}, (_params, p) => {
      const read = p.readerWriterLock('read')
      const written = p.readerWriterLock('written')
      p.readerWriterLock('free')
      p.thread('A', () => read.acquireRead())
      p.thread('B', function* () {
        yield* read.acquireRead()
        yield* written.acquireWrite()
      })
    })
    expect((await exploreBothWays(showing)).outcomes).toMatchObject([
      { final: { read: { readers: ['A', 'B'] }, written: { writer: 'B' } } },
    ])
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const lock = p.readerWriterLock('lock', { preference: 'writers' })
      return function* () {
        yield* lock.holdRead(() => p.yieldNow())
        yield* lock.holdWrite(() => p.yieldNow())
      }
    })
    expect(read).toEqual(['acquireRead', 'yieldNow', 'releaseRead', 'acquireWrite', 'yieldNow', 'releaseWrite'])
  })
})
