import { explore, program, type SharingOptions, type Steps } from 'entrelacs'
import { expect, test } from 'vitest'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** What two processes do to meet: the first waits for the second. */
interface Meeting {
  readonly waits: () => Steps<unknown>
  readonly comes: () => Steps<unknown>
}

const MEETINGS: Readonly<Record<string, (p: Vocabulary, options: SharingOptions) => Meeting>> = {
  event: (p, options) => {
    const event = p.event('event', options)
    return { waits: () => event.wait(), comes: () => event.set() }
  },
  barrier: (p, options) => {
    const barrier = p.barrier('barrier', 2, options)
    return { waits: () => barrier.wait(), comes: () => barrier.wait() }
  },
  semaphore: (p, options) => {
    const semaphore = p.semaphore('semaphore', 0, options)
    return { waits: () => semaphore.acquire(), comes: () => semaphore.release() }
  },
  condition: (p, options) => {
    const condition = p.condition('condition', undefined, options)
    const hasCome = p.atomic('has come', false, { shared: true })
    return {
      *waits() {
        yield* condition.acquire()
        while (!(yield* hasCome.read())) yield* condition.wait()
        yield* condition.release()
      },
      *comes() {
        yield* condition.acquire()
        yield* hasCome.write(true)
        yield* condition.notify()
        yield* condition.release()
      },
    }
  },
}

test.each(Object.entries(MEETINGS))(
  'two processes that share a %s meet, and they do not if each has its own',
  async (_kind, declare) => {
    for (const shared of [true, false]) {
      const { complete, verdict } = await explore(
        program('meeting', {}, (_params, p) => {
          const { waits, comes } = declare(p, { shared })
          const other = p.process('other', comes)
          p.thread('main', function* () {
            yield* other.start()
            yield* waits()
          })
        }),
      )
      expect([complete, verdict]).toEqual([true, shared ? 'holds' : 'violated'])
    }
  },
)

test.each(['lock', 'rlock'] as const)(
  'a %s that is shared excludes other processes, one’s own does not',
  async (kind) => {
    for (const shared of [true, false]) {
      const { outcomes } = await explore(
        program('exclusion', {}, (_params, p) => {
          const lock = p[kind]('lock', { shared })
          const counter = p.atomic('counter', 0, { shared: true })
          const increment = () =>
            lock.hold(function* () {
              yield* counter.write((yield* counter.read()) + 1)
            })
          const other = p.process('other', increment)
          p.thread('main', function* () {
            yield* other.start()
            yield* increment()
          })
        }),
      )
      expect(outcomes.map(({ final }) => final['counter']).sort()).toEqual(shared ? [2] : [1, 2])
    }
  },
)
