import { explore, program, type Program, replay, TokenError, type Violation } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { alone, lostUpdate, philosophers } from './engine/support/small-programs.js'

async function violationsOf(subject: Program): Promise<readonly Violation[]> {
  return (await explore(subject)).violations
}

async function theViolation(subject: Program): Promise<Violation> {
  const violations = await violationsOf(subject)
  expect(violations).toHaveLength(1)
  return violations[0]!
}

describe('A property of every state', () => {
  // Wrong from the moment on when both are inside; 'A' enters at its first step, 'B' at its second.
  const bothInside = program('both inside', {}, (_params, p) => {
    const inside = p.atomic('inside', 0)
    p.thread('A', function* () {
      yield* inside.add(1)
      yield* inside.add(-1)
    })
    p.thread('B', function* () {
      yield* p.yieldNow()
      yield* inside.add(1)
      yield* inside.add(-1)
    })
    p.always('one at most', (now) => now(inside) <= 1)
  })

  // The 10 interleavings of A1 A2 with B1 B2 B3; wrong if B2 comes between A1 and A2, or A1 between B2 and B3:
  // A1 B1 B2 | B1 A1 B2 (then A2 and B3 in either order) and B1 B2 A1 (likewise) make 3 · 2 = 6.
  test('is counted by interleavings that break it somewhere', async () => {
    expect(await theViolation(bothInside)).toMatchObject({
      kind: 'property',
      message: 'one at most',
      interleavings: '6',
    })
  })

  test('has the probability of its interleavings', async () => {
    const { probability } = await theViolation(bothInside)
    expect(probability).toBeCloseTo(handProbability(), 14)
  })

  /** A1 B1 B2, B1 A1 B2 and B1 B2 A1: each of the first three draws is one of two. */
  function handProbability(): number {
    return 3 / 8
  }

  test('is shown by the schedule with the fewest preemptions, then the fewest steps', async () => {
    expect(await theViolation(bothInside)).toMatchObject({
      schedule: 'A B B',
      preemptions: 1,
      steps: 3,
      isLeast: true,
      criticalStep: 3,
    })
  })

  test('ends its replay in the state that breaks it', async () => {
    const { token } = await theViolation(bothInside)
    const { steps, holds, isOver } = replay(bothInside, token)

    expect(steps.map(({ failing }) => failing)).toEqual([[], [], ['one at most']])
    expect({ holds, isOver }).toEqual({ holds: false, isOver: false })
  })

  test('that fails at once is shown by no step at all', async () => {
    const wrongAtOnce = program('wrong at once', {}, (_params, p) => {
      p.thread('A', () => p.yieldNow())
      p.always('never', () => false)
    })
    const violation = await theViolation(wrongAtOnce)

    expect(violation).toMatchObject({ steps: 0, preemptions: 0, criticalStep: 0, interleavings: '1', probability: 1 })
    expect(replay(wrongAtOnce, violation.token)).toMatchObject({ holds: false, steps: [] })
  })

  test('that cannot be avoided any more is critical before it fails', async () => {
    const doomed = program('doomed', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', function* () {
        const drawn = yield* p.choose(2)
        yield* p.yieldNow()
        yield* x.write(drawn)
      })
      p.always('x stays 0', (now) => now(x) === 0)
    })
    expect(await theViolation(doomed)).toMatchObject({
      steps: 3,
      criticalStep: 1,
      interleavings: '1',
      probability: 0.5,
    })
  })

  test('may look at the results of threads', async () => {
    const first = program('results', {}, (_params, p) => {
      const a = p.thread('A', function* () {
        yield* p.yieldNow()
        return 'done'
      })
      const b = p.thread('B', () => p.yieldNow())
      p.always('A has not returned', (now) => now.result(a) === undefined && now.result(b) === undefined)
    })
    expect(await theViolation(first)).toMatchObject({ schedule: 'A', interleavings: '2', probability: 1 })
  })
})

describe('Misuse', () => {
  const uncaught = alone((p) => {
    const lock = p.lock('gate')
    return function* () {
      yield* p.yieldNow()
      yield* lock.release()
    }
  })

  test('of a lock that nobody holds is a violation of its own kind', async () => {
    const violations = await violationsOf(uncaught)

    expect(violations).toMatchObject([{ kind: 'misuse', schedule: 'A A', steps: 2 }])
    expect(violations[0]!.message).toContain('gate')
  })

  test('that ends a thread is in its outcome, which does not hold', async () => {
    const { outcomes } = await explore(uncaught)
    expect(outcomes).toMatchObject([{ errors: { A: expect.stringContaining('gate') as string }, holds: false }])
  })

  test('that the thread catches is reported all the same, and the thread goes on', async () => {
    const caught = alone((p) => {
      const lock = p.lock('gate')
      return function* () {
        try {
          yield* lock.release()
        } catch (error) {
          return (error as Error).message
        }
      }
    })
    const report = await explore(caught)

    expect(report.violations.map(({ kind }) => kind)).toEqual(['misuse'])
    expect(report.outcomes).toMatchObject([{ results: { A: expect.stringContaining('gate') as string } }])
    expect(report.outcomes[0]).not.toHaveProperty('errors')
  })

  test('is found if only some schedules lead to it', async () => {
    const sometimes = program('sometimes', {}, (_params, p) => {
      const lock = p.lock('gate')
      p.thread('holder', () => lock.acquire())
      p.thread('releaser', () => lock.release())
    })
    const misuse = (await violationsOf(sometimes)).find(({ kind }) => kind === 'misuse')
    expect(misuse).toMatchObject({ schedule: 'releaser', preemptions: 0, steps: 1 })
  })

  test('changes nothing: a lock that another thread holds may be released by anybody', async () => {
    const handedOver = program('handed over', {}, (_params, p) => {
      const lock = p.lock('gate')
      p.thread('A', function* () {
        yield* lock.acquire()
        yield* lock.acquire()
      })
      p.thread('B', function* () {
        if (!(yield* lock.tryAcquire())) yield* lock.release()
      })
    })
    const report = await explore(handedOver)
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(report.outcomes).toHaveLength(2)
  })
})

describe('An error that a thread does not catch', () => {
  const failing = program('failing', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    p.thread('bad', function* () {
      yield* p.yieldNow()
      throw new RangeError('on purpose')
    })
    p.thread('good', () => x.write(1))
    p.finally('the other thread has gone on', (final) => final(x) === 1)
  })

  test('is a violation, with the thread and the message', async () => {
    expect(await theViolation(failing)).toMatchObject({
      kind: 'error',
      message: 'bad: RangeError: on purpose',
      interleavings: '2',
      probability: 1,
      criticalStep: 0,
    })
  })

  test('ends its thread only', async () => {
    const { outcomes } = await explore(failing)
    expect(outcomes).toMatchObject([{ final: { x: 1 }, errors: { bad: 'RangeError: on purpose' }, holds: false }])
  })

  test('may be anything that can be thrown', async () => {
    const odd = alone(
      () =>
        function* () {
          throw 'just text' // eslint-disable-line no-throw-literal
        },
    )
    expect(await theViolation(odd)).toMatchObject({ kind: 'error', message: 'A: thrown: just text' })
  })

  test('may be something that has no text', async () => {
    const mute = alone(
      (p) =>
        function* () {
          yield* p.yieldNow()
          throw Object.create(null)
        },
    )
    expect(await theViolation(mute)).toMatchObject({ kind: 'error' })
  })

  test.each(['toString', 'constructor', '__proto__'])('is reported of a thread called “%s”, too', async (name) => {
    const odd = program('odd', {}, (_params, p) => {
      p.thread(name, function* () {
        yield* p.yieldNow()
        throw new Error('on purpose')
      })
    })
    expect(await theViolation(odd)).toMatchObject({ kind: 'error', message: `${name}: Error: on purpose` })
  })

  test('that the function of an update throws is the fault of the program', async () => {
    const updating = alone((p) => {
      const x = p.atomic('x', 0)
      return function* () {
        try {
          yield* x.update(() => {
            throw new Error('on purpose')
          })
        } catch (error) {
          return (error as Error).message
        }
      }
    })
    await expect(explore(updating)).rejects.toMatchObject({ code: 'program/operation-throws' })
  })

  test('reaches the thread that indexes outside an array', async () => {
    const outside = alone((p) => {
      const list = p.array('list', 3)
      return function* () {
        yield* list.read(3)
      }
    })
    const { message } = await theViolation(outside)
    expect(message).toContain('RangeError')
    expect(message).toContain('list')
  })
})

describe('A daemon', () => {
  const withDaemon = program('with daemon', {}, (_params, p) => {
    const ticks = p.atomic('ticks', 0)
    p.thread(
      'ticker',
      function* () {
        for (let i = 0; i < 3; i++) yield* ticks.add(1)
      },
      { daemon: true },
    )
    p.thread('main', function* () {
      yield* p.yieldNow()
      yield* p.yieldNow()
    })
  })

  // main's second step ends the program: before it, the daemon has made 0, 1, 2 or all 3 of its steps.
  test('dies when all other threads have ended, wherever it stands', async () => {
    const { outcomes, verdict } = await explore(withDaemon)

    expect(verdict).toBe('holds')
    expect(outcomes.map(({ final, interleavings }) => [final['ticks'], interleavings])).toEqual([
      [0, '1'],
      [1, '2'],
      [2, '3'],
      [3, '4'],
    ])
  })

  test('that is blocked for ever is no deadlock', async () => {
    const waiting = program('waiting', {}, (_params, p) => {
      const lock = p.lock('gate')
      p.thread('main', () => lock.acquire())
      p.thread('daemon', () => lock.acquire(), { daemon: true })
    })
    const report = await explore(waiting)
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(report.violations[0]).toMatchObject({ schedule: 'daemon', interleavings: '1' })
    expect(report.outcomes.filter(({ holds }) => holds)).toHaveLength(1)
  })

  test('may race with the very last step of the program', async () => {
    const racing = program('racing to the end', {}, (_params, p) => {
      const x = p.cell('x', 0)
      p.thread('main', () => x.write(1))
      p.thread('daemon', () => x.write(2), { daemon: true })
    })
    expect((await explore(racing)).violations).toMatchObject([
      { kind: 'race', message: 'data race on cell “x”: write by main, write by daemon' },
    ])
  })

  test('may loop for ever', async () => {
    const looping = program('looping', {}, (_params, p) => {
      p.thread(
        'daemon',
        function* () {
          for (;;) {
            yield* p.at('loop')
            yield* p.yieldNow()
          }
        },
        { daemon: true },
      )
      p.thread('main', () => p.yieldNow())
    })
    expect(await explore(looping)).toMatchObject({ verdict: 'holds', complete: true, divergence: 0 })
  })
})

describe('Threads that are spawned', () => {
  const family = program('family', {}, (_params, p) => {
    const returningLater = (result: number) =>
      function* () {
        yield* p.yieldNow()
        return result
      }
    p.thread('parent', function* () {
      const children = []
      for (const n of [1, 2]) children.push(yield* p.spawn(`child ${n}`, returningLater(n * 10)))
      let sum = 0
      for (const child of children) sum += yield* child.join()
      return sum
    })
  })

  test('return their results to whoever joins them', async () => {
    const { outcomes, verdict } = await explore(family)
    expect(verdict).toBe('holds')
    expect(outcomes).toMatchObject([{ results: { parent: 30, 'child 1': 10, 'child 2': 20 }, probability: 1 }])
  })

  // spawn₁ first; c₁ anywhere after, spawn₂ next, c₂ after it, joins at the end in this order once their child has ended.
  test('step from their spawn on, and joins wait for them', async () => {
    const { counts } = await explore(family)
    // Orders of spawn₂, c₁, c₂, join₁, join₂ with spawn₂ < c₂, c₁ < join₁, spawn₂ < join₁ < join₂, c₂ < join₂, counted by hand:
    // c₂ before join₁: c₁ among spawn₂ c₂ (3 places), then both joins; c₂ after join₁: c₁ spawn₂ | spawn₂ c₁, join₁ c₂ join₂.
    expect(counts.interleavings).toBe('5')
  })

  test('are named after their parent by default, and give their code to tokens', async () => {
    const unnamed = alone(
      (p) =>
        function* () {
          const child = yield* p.spawn(function* () {
            yield* p.yieldNow()
            throw new Error('from the child')
          })
          yield* child.join()
        },
    )
    const violation = await theViolation(unnamed)
    expect(violation).toMatchObject({ kind: 'error', message: 'A.1: Error: from the child' })
    expect(violation.token).toContain('Aa')
    expect(replay(unnamed, violation.token).steps.map(({ thread }) => thread)).toEqual(['A', 'A.1', 'A'])
  })

  test('that fail give undefined to whoever joins them', async () => {
    const joined = alone(
      (p) =>
        function* () {
          const child = yield* p.spawn('child', function* (): Generator<unknown, number> {
            yield* p.yieldNow()
            throw new Error('no result')
          })
          const result = yield* child.join()
          return [result]
        },
    )
    expect((await explore(joined)).outcomes).toMatchObject([{ results: { A: [undefined] } }])
  })

  test('of which each spawns another are found at every depth', async () => {
    const deep = program('deep', { depth: 5 }, ({ depth }, p) => {
      const x = p.atomic('x', 0)
      const body = (left: number) =>
        function* (): Generator<unknown, number> {
          yield* x.add(1)
          if (left === 0) return 0
          const child = yield* p.spawn(body(left - 1))
          return (yield* child.join()) + 1
        }
      p.thread('root', body(depth))
      p.finally('all have counted', (final) => final(x) === depth + 1)
    })
    const report = await explore(deep)
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
    expect(report.counts.interleavings).toBe('1')
    expect(report.outcomes[0]!.results).toMatchObject({ root: 5 })
  })

  test('that are joined by each other deadlock', async () => {
    const knot = program('knot', {}, (_params, p) => {
      const threads: ReturnType<typeof p.thread>[] = []
      threads.push(
        p.thread('A', function* () {
          yield* threads[1]!.join()
        }),
        p.thread('B', function* () {
          yield* threads[0]!.join()
        }),
      )
    })
    const violation = await theViolation(knot)
    expect(violation).toMatchObject({ kind: 'deadlock', steps: 0, criticalStep: 0, probability: 1 })
    expect(violation.message).toContain('join')
  })
})

describe('Choices and assumptions', () => {
  test('A choice is as many interleavings as it has ways, all equally likely', async () => {
    const dice = program('dice', { ways: 6 }, ({ ways }, p) => {
      const a = p.thread('A', () => p.choose(ways))
      const b = p.thread('B', () => p.choose(ways))
      p.finally('no double six', (final) => final.result(a) !== ways - 1 || final.result(b) !== ways - 1)
    })
    const report = await explore(dice)

    expect(report.counts.interleavings).toBe('72')
    expect(report.outcomes).toHaveLength(36)
    for (const outcome of report.outcomes) expect(outcome.probability).toBeCloseTo(1 / 36, 14)
    expect(report.violations).toMatchObject([
      { message: 'no double six', interleavings: '2', schedule: 'A B', preemptions: 0 },
    ])
    expect(report.violations[0]!.token).toContain('A_5B_5')
  })

  test('A choice of one way is an ordinary step', async () => {
    const one = alone((p) => () => p.choose(1))
    expect(await explore(one)).toMatchObject({ counts: { interleavings: '1' }, outcomes: [{ results: { A: 0 } }] })
  })

  const even = program('even', {}, (_params, p) => {
    const thread = p.thread('A', function* () {
      const drawn = yield* p.choose(6)
      yield* p.assume(drawn % 2 === 0)
      return drawn
    })
    p.finally('an even number', (final) => final.result(thread)! % 2 === 0)
  })

  test('A false assumption drops the execution and counts it apart', async () => {
    const report = await explore(even)

    expect(report).toMatchObject({ verdict: 'holds', counts: { interleavings: '3' }, divergence: 0 })
    expect(report.dropped!.interleavings).toBe('3')
    expect(report.dropped!.probability).toBeCloseTo(0.5, 14)
    expect(report.outcomes.map(({ results }) => results!['A'])).toEqual([0, 2, 4])
    for (const outcome of report.outcomes) expect(outcome.probability).toBeCloseTo(1 / 6, 14)
  })

  test('A false assumption drops executions of sampling, too', async () => {
    const { counts } = await explore(even, { strategy: 'random', samples: 600 })

    expect(counts.executions! + counts.assumeFailed!).toBe(600)
    expect(counts.assumeFailed!).toBeGreaterThan(200)
    expect(counts.assumeFailed!).toBeLessThan(400)
  })

  test('Where nothing is dropped, nothing is said of it', async () => {
    expect((await explore(lostUpdate(2))).dropped).toBeNull()
  })

  test('A violation in an execution that is dropped later has the numbers of one thing or the other', async () => {
    const first = alone((p) => {
      const x = p.atomic('x', 0)
      p.always('x stays 0', (now) => now(x) === 0)
      return function* () {
        yield* x.write(1)
        yield* p.assume(false)
      }
    })
    for (const { interleavings, probability } of await violationsOf(first))
      expect(interleavings === '0').toBe(probability === 0)
  })

  test('A program whose every execution is dropped has no outcome, and nothing is proven of it', async () => {
    const nothing = alone((p) => () => p.assume(false))
    expect(await explore(nothing)).toMatchObject({
      verdict: 'unknown',
      complete: true,
      outcomes: [],
      counts: { interleavings: '0' },
      dropped: { interleavings: '1', probability: 1 },
    })
  })
})

describe('A data race', () => {
  const writers = (declare: 'cell' | 'atomic') =>
    program('writers', {}, (_params, p) => {
      const x = p[declare]('x', 0)
      for (const name of ['A', 'B']) p.thread(name, () => x.write(1))
    })

  test('is reported for plain cells', async () => {
    expect(await theViolation(writers('cell'))).toMatchObject({
      kind: 'race',
      message: 'data race on cell “x”: write by A, write by B',
      schedule: 'A B',
      preemptions: 0,
    })
  })

  test('is not reported for atomics', async () => {
    expect((await explore(writers('atomic'))).verdict).toBe('holds')
  })

  test('needs a write', async () => {
    const readers = program('readers', {}, (_params, p) => {
      const x = p.cell('x', 0)
      for (const name of ['A', 'B']) p.thread(name, () => x.read())
    })
    expect((await explore(readers)).verdict).toBe('holds')
  })

  test('needs the same element of an array', async () => {
    const sameOrNot = (same: boolean) =>
      program('elements', {}, (_params, p) => {
        const list = p.array('list', 2)
        p.thread('A', () => list.write(0, 1))
        p.thread('B', () => list.read(same ? 0 : 1))
      })
    expect((await explore(sameOrNot(false))).verdict).toBe('holds')
    expect(await theViolation(sameOrNot(true))).toMatchObject({
      kind: 'race',
      message: 'data race on element 0 of array “list”: write by A, read by B',
    })
  })

  test('is not reported where a lock keeps the accesses apart', async () => {
    const guarded = program('guarded', {}, (_params, p) => {
      const lock = p.lock('lock')
      const x = p.cell('x', 0)
      for (const name of ['A', 'B'])
        p.thread(name, () =>
          lock.hold(function* () {
            yield* x.write((yield* x.read()) + 1)
          }),
        )
      p.finally('both are kept', (final) => final(x) === 2)
    })
    expect((await explore(guarded)).verdict).toBe('holds')
  })

  test('is seen by sampling, too', async () => {
    const { violations } = await explore(writers('cell'), { strategy: 'random', samples: 10 })
    expect(violations.map(({ kind }) => kind)).toEqual(['race'])
  })

  test('is found between threads that are reached by a spawn only', async () => {
    const spawned = alone((p) => {
      const x = p.cell('x', 0)
      return function* () {
        yield* p.spawn('child', () => x.write(1))
        yield* x.read()
      }
    })
    expect(await theViolation(spawned)).toMatchObject({ kind: 'race' })
  })
})

describe('A deadlock', () => {
  test('of a thread with itself is told in words', async () => {
    const self = alone((p) => {
      const lock = p.lock('gate')
      return function* () {
        yield* lock.acquire()
        yield* lock.acquire()
      }
    })
    expect(await theViolation(self)).toMatchObject({
      kind: 'deadlock',
      message: 'deadlock: A waits for gate, which it holds itself',
      criticalStep: 0,
    })
  })

  test('names everyone who waits, and for whom', async () => {
    const { message } = await theViolation(philosophers(2, 'left first'))
    expect(message).toBe('deadlock: P0 waits for fork 1, which P1 holds; P1 waits for fork 0, which P0 holds')
  })

  test('shows in its outcome what each thread waits for, and who holds what', async () => {
    const { outcomes } = await explore(philosophers(2, 'left first'))
    expect(outcomes.find(({ holds }) => !holds)).toMatchObject({
      final: { 'fork 0': 'P0', 'fork 1': 'P1' },
      waiting: { P0: 'acquire fork 1', P1: 'acquire fork 0' },
    })
  })
})

describe('A run that need not end', () => {
  /** Each takes its own lock and tries the other's; who fails lets go and begins again. */
  const polite = program('polite', {}, (_params, p) => {
    const locks = [p.lock('left'), p.lock('right')]
    for (const i of [0, 1])
      p.thread(`T${i}`, function* () {
        for (;;) {
          yield* p.at('begin')
          yield* locks[i]!.acquire()
          if (yield* locks[1 - i]!.tryAcquire()) break
          yield* locks[i]!.release()
        }
        yield* locks[1 - i]!.release()
        yield* locks[i]!.release()
      })
  })

  test('but may is endless, not a livelock', async () => {
    const violation = await theViolation(polite)

    expect(violation).toMatchObject({ kind: 'endless', probability: null })
    expect(violation.schedule).toMatch(/\[.*T0.*\]/)
    expect(violation.schedule).toMatch(/\[.*T1.*\]/)
    expect(await explore(polite)).toMatchObject({ divergence: 0, counts: { interleavings: 'unbounded' } })
  })

  test('returns, in its replay, to the state where it begins to repeat', async () => {
    const { token } = await theViolation(polite)
    const { steps, repeatsFrom, initially, holds } = replay(polite, token)
    const before = repeatsFrom === 1 ? initially : steps[repeatsFrom! - 2]!.shows

    expect(repeatsFrom).not.toBeNull()
    expect(steps.at(-1)!.shows).toEqual(before)
    expect(holds).toBe(false)
  })

  /** A third party holds the lock that both retry for, and has ended. */
  const hopeless = program('hopeless', {}, (_params, p) => {
    const lock = p.lock('lock')
    p.thread('keeper', () => lock.acquire())
    for (const name of ['A', 'B'])
      p.thread(name, function* () {
        for (;;) {
          yield* p.at('retry')
          if (yield* lock.tryAcquire()) break
        }
        yield* lock.release()
      })
  })

  test('is a livelock where no thread can ever end, with the probability that outcomes leave', async () => {
    const report = await explore(hopeless)
    const livelock = report.violations.find(({ kind }) => kind === 'livelock')

    expect(livelock).toBeDefined()
    expect(livelock!.probability).toBe(report.divergence)
    expect(livelock!.schedule).toMatch(/^keeper \[(A B|B A)\]$/)
    expect(livelock!.criticalStep).toBe(1)
    expect(replay(hopeless, livelock!.token).repeatsFrom).toBe(2)
    const ending = report.outcomes.reduce((sum, { probability }) => sum + probability!, 0)
    expect(report.divergence).toBeGreaterThan(0.3)
    expect(ending + report.divergence!).toBeCloseTo(1, 12)
  })

  test('is a deadlock where only daemons go on', async () => {
    const daemonsOnly = program('daemons only', {}, (_params, p) => {
      const lock = p.lock('lock')
      p.thread(
        'daemon',
        function* () {
          for (;;) {
            yield* p.at('loop')
            yield* p.yieldNow()
          }
        },
        { daemon: true },
      )
      p.thread('main', function* () {
        yield* lock.acquire()
        yield* lock.acquire()
      })
    })
    const violation = await theViolation(daemonsOnly)
    expect(violation).toMatchObject({ kind: 'deadlock', probability: 1 })
    expect(violation.message).toContain('main waits for lock, which it holds itself')
  })

  test('has a probability of its own where a livelock and a deadlock are both possible', async () => {
    const either = program('either', {}, (_params, p) => {
      const lock = p.lock('lock')
      const loop = function* () {
        for (;;) {
          yield* p.at('loop')
          yield* p.yieldNow()
        }
      }
      p.thread('main', function* () {
        yield* lock.acquire()
        if ((yield* p.choose(4)) === 0) yield* lock.acquire()
        yield* loop()
      })
      p.thread('daemon', loop, { daemon: true })
    })
    const { violations, divergence } = await explore(either)
    const probabilityOf = (kind: string) => violations.find((violation) => violation.kind === kind)!.probability

    expect(divergence).toBeCloseTo(1, 12)
    expect(probabilityOf('deadlock')).toBeCloseTo(1 / 4, 12)
    expect(probabilityOf('livelock')).toBeCloseTo(3 / 4, 12)
  })

  test('is not endless if only an unfair scheduler could prolong it', async () => {
    const waiting = program('waiting', {}, (_params, p) => {
      const flag = p.atomic('flag', false)
      p.thread('waiter', function* () {
        do yield* p.at('wait')
        while (!(yield* flag.read()))
      })
      p.thread('setter', () => flag.write(true))
    })
    expect(await explore(waiting)).toMatchObject({
      verdict: 'holds',
      divergence: 0,
      outcomes: [{ interleavings: 'unbounded', probability: 1 }],
    })
  })
})

describe('An object that a thread declares', () => {
  test('begins with the value that it is given in each history', async () => {
    const own = alone(
      (p) =>
        function* () {
          const drawn = yield* p.choose(3)
          const cell = p.cell('own', drawn * 10)
          const seen = yield* cell.read()
          return [drawn, seen]
        },
    )
    const { outcomes } = await explore(own)
    expect(outcomes.map(({ results }) => results!['A'])).toEqual([
      [0, 0],
      [1, 10],
      [2, 20],
    ])
  })

  test('is its own and not shown, in the report as in the replay', async () => {
    const sometimes = program('sometimes', {}, (_params, p) => {
      const thread = p.thread('A', function* () {
        if ((yield* p.choose(2)) === 1) yield* p.atomic('own', 7).read()
        return 'done'
      })
      p.finally('never', (final) => final.result(thread) !== 'done')
    })
    const { outcomes, violations } = await explore(sometimes)
    expect(outcomes.map(({ final }) => final)).toEqual([{}])
    expect(replay(sometimes, violations[0]!.token).outcome!.final).toEqual({})
  })

  test('is not mixed up with one of the same name of another thread', async () => {
    const both = program('both', {}, (_params, p) => {
      for (const [name, value] of [
        ['A', 1],
        ['B', 2],
      ] as const)
        p.thread(name, function* () {
          const own = p.atomic('own', 0)
          yield* own.write(value)
          return yield* own.read()
        })
    })
    const { outcomes, verdict } = await explore(both)
    expect(verdict).toBe('holds')
    expect(outcomes).toMatchObject([{ results: { A: 1, B: 2 } }])
    expect(outcomes[0]!.final).toEqual({})
  })
})

describe('A child', () => {
  test('that has another name in another history is told by that name', async () => {
    const named = alone(
      (p) =>
        function* () {
          const drawn = yield* p.choose(2)
          const child = yield* p.spawn(`child ${drawn}`, function* () {
            yield* p.yieldNow()
            return drawn
          })
          return yield* child.join()
        },
    )
    const { outcomes } = await explore(named)
    expect(outcomes.map(({ results }) => results)).toEqual([
      { A: 0, 'child 0': 0 },
      { A: 1, 'child 1': 1 },
    ])
  })

  test('that does something else in another history does so in each', async () => {
    const different = program('different', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', function* () {
        const drawn = yield* p.choose(3)
        const child = yield* p.spawn('child', function* () {
          yield* x.add(drawn + 1)
          if (drawn === 2) yield* x.add(100)
        })
        yield* child.join()
      })
      p.finally('x is small', (final) => final(x) < 100)
    })
    const { outcomes, violations } = await explore(different)
    expect(outcomes.map(({ final }) => final['x']).toSorted()).toEqual([1, 103, 2])
    expect(replay(different, violations[0]!.token).outcome!.final).toEqual({ x: 103 })
  })
})

describe('Values of any plain kind', () => {
  test('Big integers stand in outcomes', async () => {
    const big = program('big', {}, (_params, p) => {
      const x = p.atomic('x', 0n)
      for (const n of [1n, 2n]) p.thread(`T${n}`, () => x.write(n))
    })
    const { outcomes } = await explore(big)
    expect(outcomes.map(({ final }) => final['x']).toSorted()).toEqual([1n, 2n])
  })

  test('Big integers stand in properties, results and labels', async () => {
    const big = program('big', {}, (_params, p) => {
      const x = p.atomic('x', 0n)
      p.thread('A', function* () {
        return [yield* x.exchange(2n ** 70n), undefined, Number.NaN]
      })
      p.finally('x is small', (final) => (final(x) as bigint) < 10n)
    })
    const violation = await theViolation(big)
    const { steps, outcome } = replay(big, violation.token)
    expect(steps[0]!.label).toBe(`exchange ${2n ** 70n}n → 0n`)
    expect(outcome!.results).toEqual({ A: [0n, undefined, Number.NaN] })
  })
})

describe('A replay', () => {
  test('shows every step with its label, its place and what objects show then', async () => {
    const { token } = await theViolation(lostUpdate(2))
    const { steps, initially, outcome, preemptions, holds } = replay(lostUpdate(2), token)

    expect(steps.map(({ thread, label, shows }) => [thread, label, shows['counter']])).toEqual([
      ['T0', 'read → 0', 0],
      ['T1', 'read → 0', 0],
      ['T1', 'write 1', 1],
      ['T0', 'write 1', 1],
    ])
    for (const { place } of steps) {
      expect(place!.file).toContain('small-programs.ts')
      expect(place!.line).toBeGreaterThan(0)
    }
    expect(initially).toEqual({ counter: 0 })
    expect(outcome).toMatchObject({ final: { counter: 1 }, failed: ['no increment is lost'] })
    expect({ preemptions, holds }).toEqual({ preemptions: 1, holds: false })
  })

  test('carries what threads print, at the step after which they print it', async () => {
    const printing = program('printing', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', function* () {
        yield* p.print('begins')
        yield* x.add(1)
        yield* p.print('has', { x: 1 }, 2n, undefined)
        yield* x.add(1)
        yield* p.print('ends')
      })
      p.finally('wrong', () => false)
    })
    const { token } = await theViolation(printing)
    const { printedInitially, steps } = replay(printing, token)

    expect(printedInitially).toEqual(['begins'])
    expect(steps.map(({ printed }) => printed)).toEqual([['has {"x":1} 2n undefined'], ['ends']])
  })

  test.each([
    ['a lost update', lostUpdate(3, 'cell')],
    ['philosophers', philosophers(3, 'left first')],
  ])('shows every violation of %s by its token', async (_name, subject) => {
    const violations = await violationsOf(subject)

    expect(violations.length).toBeGreaterThan(0)
    for (const violation of violations) {
      const run = replay(subject, violation.token)
      expect(run).toMatchObject({ holds: false, preemptions: violation.preemptions })
      expect(run.steps).toHaveLength(violation.steps)
      expect(run.steps.map(({ thread }) => thread).join(' ')).toBe(violation.schedule)
    }
  })

  test('carries parameters that are not the defaults', async () => {
    const { violations } = await explore(lostUpdate(2), { params: { threads: 3 } })
    const run = replay(lostUpdate(2), violations[0]!.token)

    expect(violations[0]!.token).toContain('pthreads=3')
    expect(run.params).toEqual({ threads: 3 })
    expect(run.outcome!.failed).toEqual(['no increment is lost'])
  })

  test('of a token that is none is refused', () => {
    expect(() => replay(lostUpdate(2), 'not a token')).toThrow(expect.objectContaining({ code: 'token/malformed' }))
  })
})

describe('A token of another program', () => {
  function refusal(subject: Program, token: string): TokenError {
    try {
      replay(subject, token)
    } catch (error) {
      expect(error).toBeInstanceOf(TokenError)
      return error as TokenError
    }
    return expect.fail('followed without complaint')
  }

  const counting = (increment: number, isLate = false) =>
    program('counting', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          const seen = yield* x.read()
          if (isLate) yield* p.yieldNow()
          yield* x.write(seen + increment)
        })
      p.finally('x is 2', (final) => final(x) === 2)
    })

  test('is refused, with the step at which the program differs', async () => {
    const [{ token }] = (await violationsOf(counting(1))) as [Violation]
    const error = refusal(counting(2), token)

    expect(error.code).toBe('token/other-program')
    expect(error.message).toContain('step 3')
    expect(error.message).toMatch(/explore\.test\.ts:\d+/)
  })

  test('is refused where a thread has ended before', async () => {
    const { token } = await theViolation(philosophers(3, 'left first'))
    expect(refusal(counting(1), token).code).toBe('token/other-program')
  })

  test('is refused where a thread is blocked', async () => {
    const { token } = await theViolation(lostUpdate(2))
    const blocked = program('blocked', {}, (_params, p) => {
      const counter = p.atomic('counter', 0)
      for (const name of ['T0', 'T1'])
        p.thread(name, function* () {
          yield* counter.read()
          const other: ReturnType<typeof p.lock> = gate
          yield* other.acquire()
          yield* other.acquire()
        })
      const gate = p.lock('gate')
    })
    expect(refusal(blocked, token).message).toMatch(/step [34]/)
  })

  test('is refused where a parameter does not exist', async () => {
    const { violations } = await explore(lostUpdate(2), { params: { threads: 3 } })
    expect(refusal(counting(1), violations[0]!.token)).toMatchObject({ code: 'token/other-program' })
  })

  test('survives a rename of program, threads and objects', async () => {
    const renamed = program('renamed', {}, (_params, p) => {
      const y = p.atomic('y', 0)
      for (const name of ['first', 'second'])
        p.thread(name, function* () {
          const seen = yield* y.read()
          yield* y.write(seen + 1)
        })
    })
    const [{ token }] = (await violationsOf(counting(1))) as [Violation]
    expect(replay(renamed, token).steps.map(({ thread }) => thread)).toEqual(['first', 'second', 'second', 'first'])
  })

  test('can be followed as far as it applies', async () => {
    const [{ token }] = (await violationsOf(counting(1))) as [Violation]
    const run = replay(counting(1, true), token, { adapt: true })

    expect(run).toMatchObject({ differsAt: 3, isOver: true })
    expect(run.followed + run.skipped).toBe(4)
    expect(run.steps.length).toBe(6)
  })

  test('that is adapted to the same program is followed to the letter', async () => {
    const [{ token }] = (await violationsOf(counting(1))) as [Violation]
    expect(replay(counting(1), token, { adapt: true })).toMatchObject({ differsAt: null, followed: 4, skipped: 0 })
  })

  test('that is adapted forgets parameters which the program no longer has', async () => {
    const { violations } = await explore(lostUpdate(2), { params: { threads: 3 } })
    expect(replay(counting(1), violations[0]!.token, { adapt: true })).toMatchObject({ isOver: true, params: {} })
  })
})

describe('Sampling', () => {
  test('finds the same outcomes as the graph, about as often as they are likely', async () => {
    const exact = await explore(lostUpdate(3))
    const sampled = await explore(lostUpdate(3), { strategy: 'random', samples: 4000 })

    expect(sampled).toMatchObject({ verdict: 'violated', complete: false, strategy: 'random' })
    expect(sampled.counts).toMatchObject({ executions: 4000, states: null, interleavings: null })
    for (const outcome of sampled.outcomes) {
      const { probability } = exact.outcomes.find(({ final }) => final['counter'] === outcome.final['counter'])!
      expect(outcome.executions! / 4000).toBeGreaterThan(probability! - 0.04)
      expect(outcome.executions! / 4000).toBeLessThan(probability! + 0.04)
    }
  })

  test('of a program without failures decides nothing', async () => {
    const report = await explore(philosophers(3, 'ordered'), { strategy: 'random', samples: 50 })
    expect(report).toMatchObject({ verdict: 'unknown', violations: [], stopped: null })
  })

  test('counts deadlocks, and makes tokens that show them', async () => {
    const report = await explore(philosophers(2, 'left first'), { strategy: 'random', samples: 400 })

    expect(report.counts.deadlocked).toBeGreaterThan(150)
    expect(report.counts.deadlocked).toBeLessThan(250)
    expect(replay(philosophers(2, 'left first'), report.violations[0]!.token).blocked).toHaveLength(2)
  })
})
