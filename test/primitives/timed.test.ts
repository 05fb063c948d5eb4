import {
  explore,
  type ExploreReport,
  program,
  replay,
  StatefulObject,
  type Steps,
  type ThreadBody,
  type TimedObject,
  type TimeMode,
  type WorldAccess,
  type WorldView,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A program of threads A, B, … in virtual time, or in another mode. */
function timed(declare: (p: Vocabulary) => readonly ThreadBody[], time: TimeMode = 'virtual') {
  return program(
    'timed',
    {},
    (_params, p) => declare(p).forEach((body, i) => p.thread(String.fromCharCode(65 + i), body)),
    { time },
  )
}

const resultsOf = ({ outcomes }: ExploreReport) => outcomes.map(({ results }) => results)

/** How the steps read of the first schedule that ends. */
async function steps(subject: ReturnType<typeof timed>): Promise<string[]> {
  const shown = { ...subject, declare: withFailure(subject) }
  const { violations } = await explore(shown)
  return replay(shown, violations[0]!.token).steps.map(({ thread, label }) => `${thread}: ${label}`)
}

function withFailure(subject: ReturnType<typeof timed>): typeof subject.declare {
  return (sink, params) => {
    subject.declare(sink, params)
    sink.property({ name: 'shown', when: 'finally', holds: () => false, place: undefined })
  }
}

describe('A timeout in virtual time', () => {
  test('fires when its time has come, and not before', async () => {
    const waiting = (given: number, needed: number) =>
      timed((p) => {
        const semaphore = p.semaphore('semaphore', 0)
        return [
          () => semaphore.acquire({ timeout: given }),
          function* () {
            yield* p.sleep(needed)
            yield* semaphore.release()
          },
        ]
      })
    expect(resultsOf(await explore(waiting(1, 2)))).toEqual([{ A: false }])
    expect(resultsOf(await explore(waiting(2, 1)))).toEqual([{ A: true }])
    // At once, either may come first: if the permit is there when the thread goes on, it takes it.
    expect(resultsOf(await explore(waiting(1, 1)))).toEqual([{ A: true }, { A: false }])
  })

  test('of 0 and less is over at once', async () => {
    const trying = timed((p) => {
      const semaphore = p.semaphore('semaphore', 1)
      return [
        function* () {
          return [
            yield* semaphore.acquire({ timeout: 0 }),
            yield* semaphore.acquire({ timeout: 0 }),
            yield* semaphore.acquire({ timeout: -1 }),
            yield* semaphore.acquire({ timeout: 1e-12 }),
          ]
        },
      ]
    })
    const report = await explore(trying)
    expect(resultsOf(report)).toEqual([{ A: [true, false, false, false] }])
    expect(report.counts.transitions).toBe(4)
  })

  test('starts when it has to wait, and leaves no deadline behind', async () => {
    const twice = timed((p) => {
      const semaphore = p.semaphore('semaphore', 0)
      const now = p.clock()
      return [
        function* () {
          const first = yield* semaphore.acquire({ timeout: 2 })
          const then = yield* now.read()
          const second = yield* semaphore.acquire({ timeout: 2 })
          return [first, then, second, yield* now.read()]
        },
        function* () {
          yield* p.sleep(1)
          yield* semaphore.release()
        },
      ]
    })
    expect(resultsOf(await explore(twice))).toEqual([{ A: [true, 1, false, 3] }])
  })

  test('ends a deadlock that nothing else would end', async () => {
    const crossed = (time: TimeMode) =>
      timed((p) => {
        const [one, other] = [p.semaphore('one'), p.semaphore('other')]
        const both = (first: typeof one, second: typeof one) =>
          function* (): Steps<boolean> {
            yield* first.acquire()
            yield* p.sleep(1)
            const got = yield* second.acquire({ timeout: 1 })
            if (got) yield* second.release()
            yield* first.release()
            return got
          }
        return [both(one, other), both(other, one)]
      }, time)
    for (const strategy of ['graph', 'dpor'] as const) {
      expect((await explore(crossed('virtual'), { strategy })).verdict).toBe('holds')
      expect((await explore(crossed('free'), { strategy })).verdict).toBe('holds')
    }
    const results = resultsOf(await explore(crossed('virtual')))
    // Without the timeouts nobody would get the second one.
    expect(results).toContainEqual({ A: false, B: true })
    expect(results).not.toContainEqual({ A: true, B: true })
  })

  test.each([Number.NaN, Infinity, -Infinity, 1e9])('cannot be %d', async (timeout) => {
    for (const time of ['free', 'virtual'] as const) {
      const wrong = timed((p) => {
        const semaphore = p.semaphore('semaphore', 0)
        return [
          function* () {
            try {
              return yield* semaphore.acquire({ timeout })
            } catch (error) {
              return `${(error as Error).name} ${(error as Error).message}`
            }
          },
        ]
      }, time)
      const [result] = resultsOf(await explore(wrong))
      expect(result!['A']).toMatch(/^RangeError a timeout cannot take .* seconds: give it /)
    }
  })

  test('reads in a trace as what it comes to', async () => {
    const read = await steps(
      timed((p) => {
        const semaphore = p.semaphore('semaphore', 0)
        return [
          function* () {
            yield* semaphore.acquire({ timeout: 0.5 })
            yield* p.sleep(0)
            yield* p.sleep(2)
            yield* semaphore.acquire({ timeout: 1 })
          },
          function* () {
            yield* p.sleep(3e-9)
            yield* p.sleep(1)
            yield* semaphore.release()
          },
        ]
      }),
    )
    expect(read).toEqual([
      'A: acquire (timeout 0.5): waits',
      'B: sleep 3e-9',
      'clock: +3 ns',
      'B: wake',
      'B: sleep 1',
      'clock: +0.499999997 s',
      'A: acquire (timeout 0.5): timed out',
      'A: sleep 0',
      'A: sleep 2',
      'clock: +0.500000003 s',
      'B: wake',
      'B: release',
      'clock: +1.499999997 s',
      'A: wake',
      'A: acquire (timeout 1)',
    ])
  })
})

describe('Sleeping', () => {
  test.each([Number.NaN, Infinity, -1, 1e9, '1' as unknown as number])(
    'for %s seconds is an error of the thread',
    async (seconds) => {
      for (const time of ['free', 'virtual'] as const) {
        const { outcomes } = await explore(timed((p) => [() => p.sleep(seconds)], time))
        expect(outcomes[0]!.errors!['A']).toMatch(/^RangeError: a sleep cannot take .* seconds: give it /)
      }
    },
  )

  test('in free time is one step and orders nothing', async () => {
    const sleeping = timed((p) => {
      const log = p.atomic('log', '')
      return [2, 1].map(
        (seconds) =>
          function* () {
            yield* p.sleep(seconds)
            yield* log.update((text) => `${text}${seconds}`)
          },
      )
    }, 'free')
    const report = await explore(sleeping)
    expect(report.outcomes.map(({ final }) => final['log'])).toEqual(['12', '21'])
    expect(report).toMatchObject({ time: 'free', timed: true, counts: { interleavings: '6' } })
    expect(await explore(sleeping, { time: 'virtual' })).toMatchObject({
      time: 'virtual',
      counts: { interleavings: '2' },
    })
  })

  test('again and again comes back to the same state', async () => {
    const beating = timed((p) => [
      function* () {
        for (;;) {
          yield* p.at('beat')
          yield* p.sleep(1)
        }
      },
      function* () {
        for (let i = 0; i < 2; i++) yield* p.sleep(1.5)
      },
    ])
    const report = await explore(beating)
    expect(report.complete).toBe(true)
    expect(report.violations.map(({ kind }) => kind)).toEqual(['livelock'])
    expect(report.violations[0]!.schedule).toMatch(/\[(?:A|clock)[A clock]*\]$/)
  })

  test('is no step of a thread: the clock is nobody who is blocked, awaited or preempted', async () => {
    const stuck = timed((p) => {
      const semaphore = p.semaphore('semaphore', 0)
      return [
        function* () {
          yield* p.sleep(1)
          yield* semaphore.acquire()
        },
      ]
    })
    const report = await explore(stuck)
    expect(report.outcomes).toHaveLength(1)
    expect(Object.keys(report.outcomes[0]!.waiting!)).toEqual(['A'])
    const [{ token, preemptions }] = report.violations as [ExploreReport['violations'][number]]
    expect(preemptions).toBe(0)
    expect(replay(stuck, token)).toMatchObject({ blocked: [{ thread: 'A' }], preemptions: 0 })
  })

  test('does not keep the program waiting for a daemon', async () => {
    const ending = program(
      'ending',
      {},
      (_params, p) => {
        const now = p.clock()
        p.thread('daemon', () => p.sleep(5), { daemon: true })
        p.thread('A', () => p.sleep(1))
        p.finally('ends with its threads', (final) => final(now) === 1)
      },
      { time: 'virtual' },
    )
    for (const options of [{}, { strategy: 'dpor' }, { reduction: true }] as const)
      expect(await explore(ending, options)).toMatchObject({ verdict: 'holds', complete: true })
  })

  test('stops where an assumption is false', async () => {
    const assuming = timed((p) => [
      function* () {
        yield* p.assume(false)
      },
      function* () {
        yield* p.sleep(1)
        return 'late'
      },
    ])
    const graph = await explore(assuming)
    expect(graph).toMatchObject({ outcomes: [], dropped: { probability: 1 } })
    const dpor = await explore(assuming, { strategy: 'dpor' })
    expect(dpor.counts).toMatchObject({ executions: 0, assumeFailed: 1 })
  })
})

describe('A clock', () => {
  test('is read in seconds, by threads and by properties', async () => {
    const telling = timed((p) => {
      const now = p.clock('watch')
      p.always('less than half a minute', (state) => state(now) < 30)
      return [
        function* () {
          yield* p.sleep(0.1)
          yield* p.sleep(0.2)
          return yield* now.read()
        },
      ]
    })
    const { outcomes, verdict } = await explore(telling)
    expect(verdict).toBe('holds')
    expect(outcomes).toMatchObject([{ final: { watch: 0.3 }, results: { A: 0.3 } }])
  })

  test('cannot be had where time is free', async () => {
    const without = timed((p) => {
      p.clock()
      return [() => p.sleep(1)]
    }, 'free')
    await expect(explore(without)).rejects.toMatchObject({
      code: 'program/no-clock',
      message: 'there is no clock “now” where time is free',
      hint: "declare the program with { time: 'virtual' }, or explore it with --time virtual",
    })
    expect((await explore(without, { time: 'virtual' })).verdict).toBe('holds')
  })

  test('says so when more time passes than it can count', async () => {
    const old = timed((p) => {
      p.clock()
      return [
        function* () {
          for (let i = 0; i < 2; i++) yield* p.sleep(9_000_000)
        },
      ]
    })
    await expect(explore(old)).rejects.toMatchObject({ code: 'program/clock-overflow' })
  })

  test('leaves its name to threads of the program’s', async () => {
    const named = program(
      'named',
      {},
      (_params, p) => {
        p.thread('clock', () => p.sleep(1))
        p.finally('shown', () => false)
      },
      { time: 'virtual' },
    )
    const { violations } = await explore(named)
    expect(violations[0]!.schedule).toBe('clock clock (time) clock')
  })
})

/** Alarms in one word: the nanoseconds that are left of each, 0 once it rings. */
class Alarms extends StatefulObject<readonly number[]> implements TimedObject {
  readonly kind: string = 'alarms'

  start(seconds: number): Steps<void> {
    return this.perform({
      name: 'start',
      args: [seconds],
      step: (alarms) => ({ state: [...alarms, seconds * 1e9], result: undefined }),
    })
  }

  /** Waits for any alarm and stops it; returns how many are left. */
  next(): Steps<number> {
    return this.perform({
      name: 'next',
      ways: (alarms) => Number(alarms.includes(0)),
      step: (alarms) => {
        const left = alarms.toSpliced(alarms.indexOf(0), 1)
        return { state: left, result: left.length }
      },
    })
  }

  untilNext(world: WorldView): number | null {
    const pending = this.stateIn(world).filter((left) => left > 0)
    return pending.length === 0 ? null : Math.min(...pending)
  }

  advance(world: WorldAccess, nanoseconds: number): void {
    world.setValue(
      this.word,
      this.stateIn(world).map((left) => Math.max(0, left - nanoseconds)),
    )
  }
}

describe('An object with timers in its own word', () => {
  const ringing = timed((p) => {
    const alarms = p.declare('alarms', 'alarms', (words) => new Alarms('alarms', words.data('left', [])))
    const now = p.clock()
    return [
      function* () {
        yield* alarms.start(3)
        yield* alarms.next()
        return yield* now.read()
      },
      function* () {
        yield* alarms.start(2)
        yield* p.sleep(1)
        yield* alarms.start(2)
        yield* alarms.next()
        return yield* now.read()
      },
      function* () {
        yield* p.sleep(2.5)
        yield* alarms.start(0.25)
        yield* alarms.next()
        return yield* now.read()
      },
    ]
  })

  test('follows the clock, in every strategy', async () => {
    const { outcomes, verdict } = await explore(ringing)
    expect(verdict).toBe('holds')
    const results = (report: ExploreReport) =>
      resultsOf(report)
        .map((one) => JSON.stringify(one))
        .sort()
    const expected = results(await explore(ringing))
    expect(outcomes.length).toBeGreaterThan(1)
    for (const options of [{ strategy: 'dpor' }, { reduction: true }, { preemptions: 30 }] as const)
      expect(results(await explore(ringing, options))).toEqual(expected)
    for (const { results: ends } of outcomes) expect(Object.values(ends!).sort()).toEqual([2, 2.75, 3])
  })

  test('may be made by a thread', async () => {
    const made = timed((p) => [
      function* () {
        const alarms = p.declare('alarms', 'mine', (words) => new Alarms('mine', words.data('left', [])))
        yield* alarms.start(1)
        return yield* alarms.next()
      },
    ])
    for (const strategy of ['graph', 'dpor'] as const)
      expect(resultsOf(await explore(made, { strategy }))).toEqual([{ A: 0 }])
  })
})
