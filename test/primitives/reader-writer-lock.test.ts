import { program, type ReaderWriterLock, StatefulObject, type Steps, type Vocabulary } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { readersAndWriters } from '../laws/mutual-exclusion.js'
import { labels, run } from './support.js'

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

const sides = (lock: Pick<ReaderWriterLock, 'acquireRead' | 'releaseRead' | 'acquireWrite' | 'releaseWrite'>) => ({
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

  test('must be held to be released', async () => {
    const { result } = await run((p) => {
      const lock = declare(p)
      const nameOfError = function* (body: () => Steps<void>) {
        try {
          yield* body()
        } catch (error) {
          return (error as Error).name
        }
      }
      return () =>
        lock.holdRead(function* () {
          const wrong = yield* nameOfError(() => lock.releaseWrite())
          yield* lock.holdRead(() => p.yieldNow())
          return [wrong]
        })
    }).catch((error: unknown) => ({ result: String(error) }))
    expect(String(result)).toContain('misuse')
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

  /** A thread holds the lock to write until a reader and a writer wait, and lets go. Who comes first? */
  async function firstAfterWriter(preference: (typeof PREFERENCES)[number]): Promise<unknown[]> {
    const racing = program('racing', {}, (_params, p) => {
      const lock = p.readerWriterLock('lock', { preference })
      const first = p.atomic('first', '')
      const come = p.atomic('come', 0)
      const arrive = function* (name: string, acquire: () => Steps<void>, release: () => Steps<void>) {
        yield* come.add(1)
        yield* acquire()
        yield* first.compareExchange('', name)
        yield* release()
      }
      p.thread('holder', () =>
        lock.holdWrite(function* () {
          yield* p.assume((yield* come.read()) === 2)
        }),
      )
      p.thread('reader', () =>
        arrive(
          'reader',
          () => lock.acquireRead(),
          () => lock.releaseRead(),
        ),
      )
      p.thread('writer', () =>
        arrive(
          'writer',
          () => lock.acquireWrite(),
          () => lock.releaseWrite(),
        ),
      )
    })
    const { outcomes } = await exploreBothWays(racing)
    return outcomes.map(({ final }) => final['first']).sort()
  }

  test('lets either come first, since who has come need not wait yet', async () => {
    for (const preference of PREFERENCES) expect(await firstAfterWriter(preference)).toEqual(['reader', 'writer'])
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

  test('that prefers readers lets no writer in while a reader waits', async () => {
    const order = program('order', {}, (_params, p) => {
      const lock = p.readerWriterLock('lock', { preference: 'readers' })
      const order = p.atomic('order', '')
      const holder = p.thread('holder', () => lock.holdWrite(() => p.yieldNow()))
      p.thread('reader', () => lock.holdRead(() => order.update((text) => `${text}r`)))
      p.thread('writer', () => lock.holdWrite(() => order.update((text) => `${text}w`)))
      p.finally('joined', (final) => final.result(holder) === undefined)
    })
    const { outcomes } = await expectLawToHold(order)
    expect(outcomes.map(({ final }) => final['order']).sort()).toEqual(['rw', 'wr'])
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
