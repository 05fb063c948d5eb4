import { explore, program, type Strategy } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { lostUpdate } from '../../support/small-programs.js'

const SAMPLING: readonly Strategy[] = ['random', 'pct', 'pos', 'surw']

const spinningInPlace = program('spinning in place', {}, (_params, p) => {
  const stop = p.atomic('stop', false)
  p.thread('spinner', function* () {
    if (!(yield* p.choose(2))) return
    while (!(yield* stop.read())) yield* p.at('again')
  })
})

const crowd = program('crowd', {}, (_params, p) => {
  for (let i = 0; i < 2001; i++) p.thread(`T${i}`, () => p.yieldNow())
})

const hoarding = program('hoarding', {}, (_params, p) => {
  const x = p.atomic('x', '')
  p.thread('A', function* () {
    for (let i = 0; i < 20; i++) yield* x.write(`${i}`.repeat(10_000))
  })
})

const manyHistories = program('many histories', {}, (_params, p) => {
  const x = p.atomic('x', '')
  p.thread('A', function* () {
    for (let i = 0; i < 4; i++) yield* x.write(String(yield* p.choose(10_000)))
  })
})

describe('Sampling that gives up says why', () => {
  test('where there are too many threads', async () => {
    const { stopped } = await explore(crowd, { strategy: 'random', samples: 3 })
    expect(stopped).toMatchObject({ reason: 'history', limit: 'threads' })
    expect(stopped!.message).toMatch(/more than 2000 threads/)
    expect(stopped!.message).not.toContain('p.at')
  })

  test.each([
    ['maxHeap', 300_000],
    ['maxMemory', 1_000_000],
  ])('where memory is used up, %s', async (bound, most) => {
    const report = await explore(manyHistories, { strategy: 'random', samples: 3000, [bound]: most })
    expect(report.stopped).toMatchObject({ reason: 'memory', longest: { thread: 'A', operations: 8 } })
    expect(report.counts.executions).toBeGreaterThan(10)
    expect(report.counts.executions).toBeLessThan(3000)
  })

  test.each(SAMPLING)('where the values take too much room (%s)', async (strategy) => {
    const report = await explore(hoarding, { strategy, samples: 20, maxHeap: 100_000 })
    expect(report).toMatchObject({ verdict: 'unknown', stopped: { reason: 'history', limit: 'values' } })
    expect(report.stopped!.message).toMatch(/values in shared objects take more than .*keep smaller values/)
    expect(report.stopped!.message).not.toContain('p.at')
  })

  test('but nothing where all samples were run', async () => {
    expect(await explore(lostUpdate(2), { strategy: 'random', samples: 100 })).toMatchObject({
      stopped: null,
      counts: { executions: 100, cut: 0 },
    })
  })
})

describe('Executions cut off at the limit of steps', () => {
  test('are counted apart', async () => {
    const { counts } = await explore(spinningInPlace, { strategy: 'random', samples: 8 })
    expect(counts.cut).toBeGreaterThan(0)
    expect(counts.executions! + counts.cut!).toBe(8)
  })

  test.each(['graph', 'dpor'] as const)('are nothing that strategy %s knows of', async (strategy) => {
    expect((await explore(lostUpdate(2), { strategy })).counts.cut).toBeNull()
  })
})
