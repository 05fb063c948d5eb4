import { readFileSync } from 'node:fs'
import { explore, type ExploreProgress, program, type Program, replay, UsageError } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { alone, lostUpdate, philosophers, upAndDown } from '../support/small-programs.js'

const LONG = 100_000

function longThread(steps: number): Program {
  return program('long', { steps }, (params, p) => {
    const x = p.atomic('x', 0)
    p.thread('walker', function* () {
      for (let i = 0; i < params.steps; i++) yield* x.add(1)
    })
    p.finally('x is odd', (final) => final(x) % 2 === 1)
  })
}

const endlessWithoutClaim = program('endless', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('calm', function* () {
    yield* x.read()
  })
  p.thread('spinner', function* () {
    while ((yield* x.read()) === 0) yield* p.yieldNow()
  })
})

describe('A bound on states', () => {
  test('stops the search without a verdict', async () => {
    const report = await explore(philosophers(6, 'ordered'), { maxStates: 1000 })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'states' } })
    expect(report.counts.states).toBeGreaterThanOrEqual(1000)
    expect(report.counts.states).toBeLessThan(10_000)
    expect(report.counts.interleavings).toBeNull()
    expect(report.divergence).toBeNull()
  })

  test('leaves outcomes that were met without numbers', async () => {
    const report = await explore(upAndDown(3), { maxStates: 40 })

    expect(report.complete).toBe(false)
    for (const outcome of report.outcomes) expect(outcome).toMatchObject({ interleavings: null, probability: null })
  })

  test('does not hide a violation that was found before', async () => {
    const told: string[] = []
    const report = await explore(lostUpdate(4), { maxStates: 150, onViolation: ({ message }) => told.push(message) })
    expect(told).toEqual(['no increment is lost'])

    expect(report).toMatchObject({ verdict: 'violated', complete: false, stopped: { reason: 'states' } })
    expect(report.violations.every((violation) => !violation.isLeast)).toBe(true)
  })

  test('that equals the number of states does not stop anything', async () => {
    const { counts } = await explore(lostUpdate(2))
    const report = await explore(lostUpdate(2), { maxStates: counts.states! })

    expect(report).toMatchObject({ complete: true, stopped: null })
  })

  test('names the thread that loops without a claim', { timeout: 20_000 }, async () => {
    const report = await explore(endlessWithoutClaim, { maxStates: 5000 })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'states' } })
    expect(report.stopped!.message).toContain('spinner')
  })
})

describe('A bound on memory', () => {
  test('stops the search without a verdict', async () => {
    const report = await explore(philosophers(8, 'ordered'), { maxMemory: 4_000_000 })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'memory' } })
  })

  test('names the thread that loops without a claim, and says what to do', { timeout: 20_000 }, async () => {
    const report = await explore(endlessWithoutClaim, { maxMemory: 20_000_000 })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'memory' } })
    expect(report.stopped!.message).toContain('spinner')
    expect(report.stopped!.message).toContain('p.at')
  })

  test('of one byte stops at once', async () => {
    expect(await explore(philosophers(3, 'ordered'), { maxMemory: 1 })).toMatchObject({
      verdict: 'unknown',
      complete: false,
      stopped: { reason: 'memory' },
    })
  })
})

describe('A thread of 100,000 steps', () => {
  test('is explored and replayed in a few seconds', { timeout: 90_000 }, async () => {
    const report = await explore(longThread(LONG))
    expect(report).toMatchObject({ verdict: 'violated', complete: true })
    expect(report.counts).toMatchObject({ states: LONG + 1, transitions: LONG, interleavings: '1' })

    const { steps, outcome } = replay(longThread(LONG), report.violations[0]!.token)
    expect(steps).toHaveLength(LONG)
    expect(outcome!.failed).toEqual(['x is odd'])
  })
})

describe('The wish to stop', () => {
  test('ends the search with what is known', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 300)
    const report = await explore(philosophers(12, 'ordered'), { signal: abort.signal, maxMemory: 500_000_000 })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'aborted' } })
    expect(report.counts.states).toBeGreaterThan(100)
  })

  test('before the beginning ends it at the beginning', async () => {
    const report = await explore(philosophers(12, 'ordered'), { signal: AbortSignal.abort() })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'aborted' } })
  })

  test('ends sampling, too', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 50)
    const report = await explore(philosophers(5, 'ordered'), {
      strategy: 'random',
      samples: 100_000_000,
      signal: abort.signal,
    })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'aborted' } })
    expect(report.counts.executions).toBeGreaterThan(0)
  })

  test('keeps the violations that were seen', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 300)
    const report = await explore(philosophers(12, 'left first'), { signal: abort.signal, maxMemory: 500_000_000 })

    expect(report.stopped?.reason).toBe('aborted')
    expect(report.verdict).toBe('violated')
    expect(report.violations.map(({ kind }) => kind)).toContain('deadlock')
  })
})

test('Progress is told while the search goes on', async () => {
  const seen: ExploreProgress[] = []
  await explore(philosophers(9, 'ordered'), { onProgress: (progress) => seen.push(progress), maxStates: 300_000 })

  expect(seen.length).toBeGreaterThan(0)
  expect(seen.some(({ phase, states, depth }) => phase === 'searching' && states > 0 && depth > 0)).toBe(true)
  for (let i = 1; i < seen.length; i++) expect(seen[i]!.states).toBeGreaterThanOrEqual(seen[i - 1]!.states)
})

describe('A first failure', () => {
  test('is told as soon as it is seen', async () => {
    const told: string[] = []
    await explore(lostUpdate(2), { onViolation: (violation) => told.push(violation.message) })

    expect(told).toEqual(['no increment is lost'])
  })

  test('is told even if only the graph meets it', async () => {
    const told: string[] = []
    await explore(rareFailure, { onViolation: (violation) => told.push(violation.message) })

    expect(told).toEqual(['not the one in two thousand'])
  })

  test('is enough if it is all that was asked for', async () => {
    const report = await explore(lostUpdate(4), { until: 'first' })

    expect(report).toMatchObject({ verdict: 'violated', complete: false, stopped: { reason: 'first' } })
    expect(report.violations).toHaveLength(1)
  })

  test('is enough if only the graph meets it', async () => {
    const report = await explore(rareAndEarly, { until: 'first' })

    expect(report).toMatchObject({ verdict: 'violated', complete: false, stopped: { reason: 'first' } })
  })
})

const rareFailure = program('rare', {}, (_params, p) => {
  const thread = p.thread('A', function* () {
    const drawn = yield* p.choose(2000)
    for (let i = 0; i < 2; i++) yield* p.yieldNow()
    return drawn
  })
  p.finally('not the one in two thousand', (final) => final.result(thread) !== 1321)
})

/** What is rare here shows at the second step, with most of the graph still ahead. */
const rareAndEarly = program('rare and early', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('A', function* () {
    yield* x.write(yield* p.choose(2000))
  })
  for (const name of ['B', 'C', 'D'])
    p.thread(name, function* () {
      for (let i = 0; i < 4; i++) yield* p.yieldNow()
    })
  p.always('not the one in two thousand', (now) => now(x) !== 1321)
})

describe('Options that make no sense are refused', () => {
  test.each([
    [{ maxStates: 0 }, 'usage/not-positive'],
    [{ maxStates: Number.NaN }, 'usage/not-positive'],
    [{ maxMemory: -1 }, 'usage/not-positive'],
    [{ samples: 0 }, 'usage/not-positive'],
    [{ strategy: 'magic' as 'graph' }, 'usage/unknown-strategy'],
    [{ time: 'real' as 'free' }, 'usage/unknown-time'],
    [{ params: { unheardOf: 1 } }, 'usage/unknown-parameter'],
    [{ params: { threads: 'many' } }, 'usage/wrong-parameter-type'],
    [{ params: { threads: true } }, 'usage/wrong-parameter-type'],
    [{ params: { threads: Number.NaN } }, 'usage/wrong-parameter-type'],
    [{ params: { threads: null } }, 'usage/wrong-parameter-type'],
  ])('%j', async (options, code) => {
    for (const strategy of ['graph', 'random'] as const) {
      const error: unknown = await explore(lostUpdate(2), { strategy, ...options }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(UsageError)
      expect(error).toMatchObject({ code })
    }
  })

  test.each<[unknown, string, RegExp]>([
    [null, 'usage/not-options', /options.*not null/],
    [7, 'usage/not-options', /not 7/],
    [[], 'usage/not-options', /not a list/],
    [{ maxstates: 3 }, 'usage/unknown-option', /did you mean maxStates\?/],
    [{ preemption: 3 }, 'usage/unknown-option', /did you mean preemptions\?/],
    [{ sampels: undefined }, 'usage/unknown-option', /did you mean samples\?/],
    [{ onprogress: undefined }, 'usage/unknown-option', /did you mean onProgress\?/],
    [{ abortWith: 1 }, 'usage/unknown-option', /the options are .*maxStates.*signal/],
    [{ hasOwnProperty: 1 }, 'usage/unknown-option', /hasOwnProperty/],
  ])('as are options that there are not: %j', async (options, code, says) => {
    const error = (await explore(lostUpdate(2), options as object).catch((reason: unknown) => reason)) as UsageError
    expect(error).toBeInstanceOf(UsageError)
    expect(error.code).toBe(code)
    expect(`${error.message}: ${error.hint}`).toMatch(says)
  })

  test('A parameter given as text is read as its default’s type', async () => {
    expect((await explore(lostUpdate(2), { params: { threads: '3' } })).counts.interleavings).toBe('90')
  })
})

describe('The event loop is not blocked for longer than 50 ms', () => {
  test('while many states are explored', async () => {
    await expectEventLoopToTurn(() => explore(philosophers(8, 'ordered'), { maxMemory: 800_000_000 }))
  })

  test('while one state has very many ways', async () => {
    const manyWays = program('many ways', {}, (_params, p) => {
      p.thread('A', function* () {
        yield* p.choose(10_000)
      })
      p.thread('B', () => p.choose(3))
    })
    await expectEventLoopToTurn(() => explore(manyWays))
  })

  test('while sampling', async () => {
    await expectEventLoopToTurn(() => explore(philosophers(8, 'ordered'), { strategy: 'random', samples: 3000 }))
  })

  test('while a large cyclic component is analysed', async () => {
    await expectEventLoopToTurn(() => explore(upAndDown(30)))
  })
})

test('One thread that never ends is told by its claim', { timeout: 20_000 }, async () => {
  const spinning = alone(
    (p) =>
      function* () {
        for (;;) {
          yield* p.at('loop')
          yield* p.yieldNow()
        }
      },
  )
  expect(await explore(spinning)).toMatchObject({ complete: true, verdict: 'violated', divergence: 1 })
})

/** Watches the gaps between turns of the event loop; other work on the machine gets a second chance to stay away. */
async function expectEventLoopToTurn(work: () => Promise<unknown>): Promise<void> {
  let widest = 0
  for (let attempt = 0; attempt < 2; attempt++) {
    widest = await widestGap(work)
    if (widest < 50) return
  }
  expect(widest).toBeLessThan(50)
}

/** In a gap, this thread must have worked all the time: what others on the machine take does not count. */
async function widestGap(work: () => Promise<unknown>): Promise<number> {
  let widest = 0
  let before = clocks()
  const observe = () => {
    const after = clocks()
    widest = Math.max(widest, Math.min(after.wall - before.wall, after.processor - before.processor))
    before = after
  }
  const watch = setInterval(observe, 1)
  await work()
  observe()
  clearInterval(watch)
  return widest
}

/** Milliseconds, by the clock and on the processor; where the latter cannot be known, the clock has to do. */
function clocks(): { readonly wall: number; readonly processor: number } {
  const wall = performance.now()
  try {
    const [nanoseconds] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')
    return { wall, processor: Number(nanoseconds) / 1e6 }
  } catch {
    return { wall, processor: wall }
  }
}
