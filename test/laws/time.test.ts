import { explore, type Operation, perform, program, type Steps, type WorldAccess } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/engine/session.js'
import type { VirtualClock } from '../../src/engine/time/virtual-clock.js'
import { SEED } from '../engine/support/seed.js'
import { buildTimedProgram, printTimed } from '../oracle/timed/build-timed-program.js'
import { anyTimedScript, type TimedScript } from '../oracle/timed/timed-script.js'
import { brokenLaws, LAWS } from './time.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 150)

/** Two that sleep for different times, one that waits with a timeout, and one that goes on meanwhile. */
const script: TimedScript = {
  threads: [
    [
      { kind: 'sleep', seconds: 2 },
      { kind: 'set', event: 0 },
    ],
    [
      { kind: 'sleep', seconds: 1 },
      { kind: 'wait', event: 0, timeout: 3 },
    ],
    [{ kind: 'wait', event: 1, timeout: 2 }],
  ],
}

const sessionOf = (one: TimedScript): Session => new Session(buildTimedProgram(one, 'virtual', true))

/** What a mutant does otherwise than the clock. */
type Mutation = (clock: VirtualClock, session: Session) => void

const MUTANTS: Readonly<Record<string, Mutation>> = {
  'advances while somebody can step': (clock, session) => {
    clock.isIdle = () => !session.hasEnded
  },
  'skips the earliest deadline': (clock, session) => {
    clock.untilNext = (world) => {
      const pending = [...session.threads.deadlines].flatMap((word) => (world.value(word) as number | null) ?? [])
      return pending.some((left) => left > 0) ? Math.max(...pending) : null
    }
  },
  'forgets somebody': (clock, session) => {
    const advance = clock.advance.bind(clock)
    clock.advance = (world, nanoseconds) => {
      const forgotten = session.threads.all[0]!.deadline
      const left = world.value(forgotten)
      advance(world, nanoseconds)
      world.setValue(forgotten, left)
    }
  },
  'goes by halves': (clock) => {
    const untilNext = clock.untilNext.bind(clock)
    clock.untilNext = (world) => {
      const next = untilNext(world)
      return next === null ? null : Math.ceil(next / 2)
    }
  },
}

describe('The laws of virtual time', () => {
  test('hold in every interleaving of small programs', () => {
    fc.assert(
      fc.property(anyTimedScript(3), (one) => {
        expect(brokenLaws(sessionOf(one)), printTimed(one)).toEqual([])
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test.each(Object.entries(MUTANTS))('are broken by a clock that %s', (_how, mutate) => {
    const session = sessionOf(script)
    expect(brokenLaws(session)).toEqual([])
    mutate(session.clock!, session)
    expect(brokenLaws(session).length).toBeGreaterThan(0)
  })

  test('are broken by a waiter that does not hear the clock', () => {
    const act = (name: string, ways: number, left: number | null): Operation => ({
      object: null,
      name,
      args: [],
      place: undefined,
      cost: 'wait',
      ways: () => ways,
      apply: (world: WorldAccess, _way, thread) => world.setValue(world.deadlineWord(thread), left),
      footprint: (world, thread) => ({ reads: [], writes: [world.deadlineWord(thread)] }),
      label: () => name,
      holder: () => null,
    })
    const deaf = program(
      'deaf',
      {},
      (_params, p) => {
        p.clock()
        p.thread('A', function* () {
          yield* perform(act('wait', 1, 1))
          yield* perform(act('never', 0, null))
        })
      },
      { time: 'virtual' },
    )
    expect(brokenLaws(new Session(deaf))).toContain('a deadline that has passed blocks nobody')
  })

  test('are each broken by some mutant', () => {
    const broken = Object.values(MUTANTS).flatMap((mutate) => {
      const session = sessionOf(script)
      mutate(session.clock!, session)
      return brokenLaws(session)
    })
    const byClocks = Object.keys(LAWS).filter((law) => law !== 'a deadline that has passed blocks nobody')
    expect(broken).toEqual(expect.arrayContaining(byClocks))
  })
})

describe('A thread that sleeps', () => {
  const sleeping = (durations: readonly number[]) =>
    program(
      'sleeping',
      {},
      (_params, p) => {
        const now = p.clock()
        const awake = p.atomic<readonly number[]>('awake', [])
        const threads = durations.map((seconds, i) =>
          p.thread(`T${i}`, function* (): Steps<number> {
            yield* p.sleep(seconds)
            yield* awake.update((list) => [...list, seconds])
            return yield* now.read()
          }),
        )
        p.finally('nobody sleeps longer than asked', (final) =>
          threads.every((thread, i) => final.result(thread) === durations[i]),
        )
        p.finally('whoever sleeps less wakes up first', (final) => {
          const list = final(awake)
          return list.every((seconds, i) => i === 0 || list[i - 1]! <= seconds)
        })
        p.finally('all together take as long as the longest', (final) => final(now) === Math.max(...durations))
        p.always('time does not pass the longest', (state) => state(now) <= Math.max(...durations))
      },
      { time: 'virtual' },
    )

  test.each([[[2, 1]], [[2, 3, 1]], [[0.1, 0.1, 0.3]], [[0, 1e-9, 1]], [[1, 1, 1]]])(
    'wakes in time: %j',
    async (durations) => {
      for (const strategy of ['graph', 'dpor'] as const)
        expect((await explore(sleeping(durations), { strategy })).verdict).toBe('holds')
    },
  )
})
