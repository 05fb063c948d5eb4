import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreText } from '../../src/report/explore-text.js'
import type { Language } from '../../src/report/messages.js'
import { makeStyle } from '../../src/report/report-style.js'
import { explored, lostUpdate } from './support/subjects.js'

const counters = program('counters', { threads: 3 }, ({ threads }, p) => {
  const [x, y] = [p.atomic('x', 0), p.atomic('y', 0)]
  for (let i = 0; i < threads; i++)
    p.thread(`T${i}`, function* () {
      yield* x.add(1)
      yield* y.add(1)
    })
})

async function linesOf(
  subject: Parameters<typeof explored>[0],
  options: Parameters<typeof explored>[1],
  language: Language = 'en',
): Promise<string[]> {
  const { report } = await explored(subject, options)
  return exploreText(report, { source: 'subject.ts', replays: [] }, makeStyle(language, false, 100))
    .trimEnd()
    .split('\n')
}

describe('The report on a search within a bound', () => {
  test('that has seen everything says so, with the counts for every bound', async () => {
    const lines = await linesOf(counters, { preemptions: 5 })

    expect(lines.slice(1, 3)).toEqual([
      'explored completely: 36 executions, one for each trace',
      'with at most 0, 1, 2 preemptions: 6, 24, 36',
    ])
    expect(lines.at(-1)).toMatch(
      /^✓ holds\. No schedule breaks it: 36 executions cover all traces \(a trace missed: below 1e-\d+\)\.$/,
    )
  })

  test('that has not claims nothing', async () => {
    const lines = await linesOf(counters, { delays: 1 })

    expect(lines[1]).toBe('5 executions, one for each trace')
    expect(lines[2]).toBe('with at most 0, 1 delays: 1, 5')
    expect(lines.slice(-1)).toEqual([
      '? unknown: nothing went wrong as far as it was explored, but only schedules with at most 1 delay were explored.',
    ])
  })

  test('that has met a failure says that there may be more', async () => {
    expect((await linesOf(lostUpdate, { preemptions: 0 })).slice(-2)).toEqual([
      'Only schedules with at most 0 preemptions were explored: others may show more.',
      '✗ violated: 3 things go wrong.',
    ])
  })

  test('speaks French', async () => {
    expect((await linesOf(counters, { preemptions: 5 }, 'fr')).slice(1, 3)).toEqual([
      'exploré en entier : 36 exécutions, une pour chaque trace',
      'avec au plus 0, 1, 2 préemptions : 6, 24, 36',
    ])
    expect((await linesOf(counters, { preemptions: 1 }, 'fr')).at(-1)).toBe(
      "? inconnu : aucun problème dans ce qui a été exploré, mais seuls les ordonnancements d'au plus 1 préemption ont été explorés.",
    )
    expect((await linesOf(lostUpdate, { delays: 0 }, 'fr')).at(-2)).toBe(
      "Seuls les ordonnancements d'au plus 0 retard ont été explorés : d'autres peuvent en montrer plus.",
    )
  })

  test('leaves out bounds in the middle where there are very many', async () => {
    const lines = await linesOf(counters, { delays: 100 })
    const many = await linesOf(
      program('writers', {}, (_params, p) => {
        const x = p.atomic('x', 0)
        for (let i = 0; i < 6; i++) p.thread(`T${i}`, () => x.write(i))
      }),
      { delays: 100 },
    )

    expect(lines[2]).not.toContain('…')
    expect(many[2]).toBe(
      'with at most 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, 15 delays: 1, 6, 20, 49, 98, 169, 259, 360, 461, 551, …, 720',
    )
  })
})
