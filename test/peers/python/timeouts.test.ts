import { explore } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { TIMED_WAITS, timedWait, type Times, TOTALS } from '../../laws/timeouts.js'
import { findPython } from './python.js'

const python = findPython((text) => console.warn(text))

// Far enough apart for a machine with much to do.
const TIMES: readonly Times[] = [
  { given: 1, needed: 3 },
  { given: 3, needed: 1 },
]

const WAITS = [...TIMED_WAITS, ...TOTALS].filter(({ isPythons = true }) => isPythons)

describe.skipIf(python === null)('In virtual time', () => {
  test('every wait ends as it does in CPython with real seconds', { timeout: 300_000 }, async () => {
    const asked = WAITS.flatMap((wait) => TIMES.map((times) => ({ wait, times })))
    const theirs = python!.ask(
      'timeouts.py',
      asked.map(({ wait: { what }, times }) => ({ what, ...times })),
    ) as readonly string[]
    const ours: string[] = []
    for (const { wait, times } of asked) {
      const { outcomes } = await explore(timedWait(wait, times, 'virtual'))
      const results = outcomes.map((outcome) => outcome.results?.['A'] as readonly string[] | undefined)
      ours.push([...new Set(results.map((result) => result?.[0]))].join())
    }
    const told = (endings: readonly string[]) =>
      asked.map(({ wait: { what }, times }, i) => `${what} ${times.given} ${times.needed}: ${endings[i]}`)
    expect(told(ours)).toEqual(told(theirs))
  })
})
