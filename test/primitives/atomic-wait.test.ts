import { explore, program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { ReplayRun } from '../../src/engine/replay-run.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

const resultsOf = async (declare: (p: Vocabulary) => void) => {
  const reports = await Promise.all(
    (['graph', 'dpor'] as const).map((strategy) =>
      explore(
        program('waiting', {}, (_params, p) => declare(p)),
        { strategy },
      ),
    ),
  )
  const told = reports.map(({ outcomes, violations }) => ({
    outcomes: outcomes.map(({ results, waiting }) => JSON.stringify({ results, waiting })).sort(),
    kinds: violations.map(({ kind }) => kind).sort(),
  }))
  expect(told[1]).toEqual(told[0])
  return told[0]
}

describe('Waiting on an atomic', () => {
  test('returns at once if its value is another one', async () => {
    expect(
      await resultsOf((p) => {
        const x = p.atomic('x', 1)
        p.thread('A', () => x.wait(0))
      }),
    ).toEqual({ outcomes: ['{"results":{"A":"not-equal"}}'], kinds: [] })
  })

  test('never misses a wake-up that follows a change of the value', async () => {
    const { outcomes, kinds } = await resultsOf((p) => {
      const x = p.atomic('x', 0)
      p.thread('A', () => x.wait(0))
      p.thread('B', function* () {
        yield* x.write(1)
        return yield* x.wake()
      })
    })
    expect(kinds).toEqual([])
    expect(outcomes).toEqual(['{"results":{"A":"not-equal","B":0}}', '{"results":{"A":"ok","B":1}}'])
  })

  test('waits for ever if the wake-up comes before', async () => {
    const { kinds } = await resultsOf((p) => {
      const x = p.atomic('x', 0)
      p.thread('A', () => x.wait(0))
      p.thread('B', () => x.wake())
    })
    expect(kinds).toEqual(['deadlock'])
  })

  test.each([
    ['AB', 'A'],
    ['BA', 'B'],
  ])('wakes who came first: of %s only %s goes on', (arrivals, first) => {
    const sleepers = program('sleepers', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', () => x.wait(0))
      p.thread('B', () => x.wait(0))
      p.thread('C', () => x.wake(1))
    })
    const run = new ReplayRun(sleepers, {})
    for (const thread of `${arrivals}C`) run.take({ thread, way: 0 })
    expect(run.possible()).toEqual([{ thread: first, way: 0 }])
  })

  test('may be given up after a time, and is then waited for no more', async () => {
    const { outcomes, kinds } = await resultsOf((p) => {
      const x = p.atomic('x', 0)
      p.thread('A', () => x.wait(0, { timeout: 1 }))
      p.thread('B', () => x.wake())
    })
    expect(kinds).toEqual([])
    expect(outcomes.map((outcome) => (JSON.parse(outcome) as { results: unknown }).results)).toEqual([
      { A: 'ok', B: 1 },
      { A: 'timed-out', B: 0 },
    ])
  })
})
