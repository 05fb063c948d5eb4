import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreText } from '../../src/report/explore-text.js'
import type { Language } from '../../src/report/messages.js'
import { makeStyle } from '../../src/report/report-style.js'
import { explored, lostUpdate } from './support/subjects.js'

const writersAndReader = program('writers and a reader', { writers: 2 }, ({ writers }, p) => {
  const x = p.atomic('x', 0)
  for (let i = 1; i <= writers; i++) p.thread(`W${i}`, () => x.write(i))
  p.thread('R', () => x.read())
})

async function linesOf(
  subject: Parameters<typeof explored>[0],
  options: Parameters<typeof explored>[1],
  language: Language = 'en',
): Promise<string[]> {
  const { report } = await explored(subject, { ...options, equivalence: 'reads-from' })
  return exploreText(report, { source: 'subject.ts', replays: [] }, makeStyle(language, false, 100))
    .trimEnd()
    .split('\n')
}

describe('The report on reads-from classes', () => {
  test('counts them, and shows what they leave open as such', async () => {
    expect(await linesOf(writersAndReader, {})).toEqual([
      'writers and a reader (writers = 2)',
      'explored completely: 3 reads-from classes, one execution for each',
      '',
      'outcomes',
      '  ✓ x = ? · R → 0   1 of 3 executions',
      '  ✓ x = ? · R → 1   1 of 3 executions',
      '  ✓ x = ? · R → 2   1 of 3 executions',
      '    ?: executions that read the same leave different contents there, and nothing tells them apart',
      '',
      '✓ holds. No schedule breaks it: 3 executions cover all reads-from classes.',
    ])
  })

  test('speaks French', async () => {
    const lines = await linesOf(writersAndReader, { params: { writers: 1 } }, 'fr')
    expect(lines[1]).toBe('exploré en entier : 2 classes de lectures (reads-from), une exécution pour chacune')
    expect(lines.at(-1)).toBe(
      '✓ vérifié. Aucun ordonnancement ne le met en défaut : 2 exécutions couvrent toutes les classes de lectures (reads-from).',
    )
    expect(
      (await linesOf(writersAndReader, {}, 'fr')).find((line) => line.includes('?:') || line.includes('? :')),
    ).toBe('    ? : des exécutions qui lisent la même chose y laissent des contenus différents, que rien ne distingue')
  })

  test('shows a failure as ever', async () => {
    const lines = await linesOf(lostUpdate, {})
    expect(lines[1]).toBe('explored completely: 4 reads-from classes, one execution for each')
    expect(lines.at(-1)).toMatch(/^✗ violated/)
  })
})
