import { explore, type ExploreReport } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { type Ending, TIMED_WAITS, timedWait, type Times, TOTALS } from '../laws/timeouts.js'

const BOTH: readonly Ending[] = ['in time', 'too late']
const EARLY: Times = { given: 2, needed: 1 }
const LATE: Times = { given: 1, needed: 2 }
const TIE: Times = { given: 2, needed: 2 }

const endingsOf = ({ complete, outcomes }: ExploreReport): (readonly unknown[])[] => {
  expect(complete).toBe(true)
  return [...new Set(outcomes.map(({ results }) => JSON.stringify(results?.['A'])))]
    .sort()
    .map((text) => JSON.parse(text) as readonly unknown[])
}

describe.each(TIMED_WAITS)('$what', (wait) => {
  const { tie = BOTH, takesAll = false, isOrdered = false, isJoin = false } = wait
  const endOf = ({ given, needed }: Times) => 1 + (takesAll ? needed : Math.min(given, needed))
  const cases: readonly (readonly [Times, readonly Ending[]])[] = [
    [EARLY, ['in time']],
    [LATE, ['too late']],
    [TIE, tie],
  ]
  for (const twins of [false, true]) {
    const title = twins ? 'with its algorithm instead ' : ''
    test(`${title}ends in virtual time as the clock demands, and then`, async () => {
      for (const [times, endings] of cases) {
        const expected = endings.map((ending) => [ending, endOf(times)])
        expect(endingsOf(await explore(timedWait(wait, times, 'virtual'), { twins }))).toEqual(expected)
        if (isJoin) continue
        const traces = await explore(timedWait(wait, times, 'virtual'), { twins, strategy: 'dpor' })
        expect(endingsOf(traces)).toEqual(expected)
      }
    })
    test(`${title}ends in free time in both ways, however long it takes`, async () => {
      for (const times of [EARLY, LATE]) {
        const expected = isOrdered && times === LATE ? ['too late'] : BOTH
        const report = await explore(timedWait(wait, times, 'free'), { twins })
        expect(endingsOf(report)).toEqual(expected.map((ending) => [ending]))
        expect(report.timed).toBe(true)
      }
    })
  }
})

describe.each(TOTALS)('$what', (wait) => {
  const { takesAll = false, isOpen = false } = wait
  const end = 1 + (takesAll ? LATE.needed : LATE.given)

  for (const twins of [false, true])
    for (const strategy of ['graph', 'dpor'] as const)
      test(`keeps to one limit for all its waits (${strategy}${twins ? ', with its algorithm' : ''})`, async () => {
        const late = endingsOf(await explore(timedWait(wait, LATE, 'virtual'), { twins, strategy }))
        const inTime = late.filter(([ending]) => ending === 'in time')
        expect(late).toEqual([...inTime, ['too late', end]])
        expect(inTime.length > 0).toBe(isOpen)
        const early = endingsOf(await explore(timedWait(wait, EARLY, 'virtual'), { twins, strategy }))
        expect([...new Set(early.map(([ending]) => ending))]).toEqual(['in time'])
        const free = endingsOf(await explore(timedWait(wait, EARLY, 'free'), { twins, strategy }))
        expect(free).toEqual(BOTH.map((ending) => [ending]))
      })
})
