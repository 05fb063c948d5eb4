import type { Coverage, ExploreReport } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreText } from '../../src/report/explore-text.js'
import { formatBytes, formatShare } from '../../src/report/figures.js'
import type { Language } from '../../src/report/messages.js'
import { makeStyle } from '../../src/report/report-style.js'
import { explored, lostUpdate } from './support/subjects.js'

const coverage: Coverage = {
  bytes: 64 * 2 ** 20,
  hashes: 3,
  fill: 0.1234,
  expectedFalseHits: 1234.4,
  missedAtLeast: 0.0037,
  probes: { states: 1000, missed: 12, low: 0.0069, high: 0.0208 },
}

/** The lines between the title and the outcomes, and the last one. */
async function linesOf(changes: Partial<ExploreReport>, language: Language = 'en'): Promise<string[]> {
  const { report } = await explored(lostUpdate, { bitstate: 1000 })
  const text = exploreText(
    { ...report, ...changes },
    { source: 'subject.ts', replays: [] },
    makeStyle(language, false, 100),
  )
  const lines = text.trimEnd().split('\n')
  return [...lines.slice(1, lines.indexOf('')), lines.at(-1)!]
}

describe('The report on a search that remembers states by a few bits', () => {
  test('tells how much it has covered', async () => {
    expect(await linesOf({ coverage })).toEqual([
      'visited: 12 states, 14 transitions (interleavings are not counted)',
      'states remembered by 3 bits each in a filter of 64 MiB, which is 12% full',
      'expected to have been taken for known and missed: about 1,234 states (0.37% of those that were met), and whatever lies only behind them',
      'of 1,000 states drawn from random executions, 12 had not been visited: of what such executions go through, 0.69% to 2.1% are missed (in 95 of 100 cases); of what they seldom reach, perhaps more',
      '✗ violated: 4 things go wrong.',
    ])
  })

  test('says so in French', async () => {
    expect(await linesOf({ coverage }, 'fr')).toEqual([
      'parcouru : 12 états, 14 transitions (entrelacements non comptés)',
      'états retenus par 3 bits chacun dans un filtre de 64 Mio, plein à 12 %',
      "sans doute pris pour connus et manqués : environ 1\u202f234 états (0,37 % de ceux qui ont été rencontrés), et tout ce qui ne s'atteint que par eux",
      "sur 1\u202f000 états tirés d'exécutions aléatoires, 12 n'avaient pas été visités : de ce que parcourent de telles exécutions, il manque de 0,69 % à 2,1 % (dans 95 cas sur 100) ; de ce qu'elles atteignent rarement, peut-être davantage",
      '✗ en défaut : 4 problèmes.',
    ])
  })

  test('proves nothing', async () => {
    const nothing = { violations: [], verdict: 'unknown' } as const
    const why = (lines: readonly string[]) => lines.at(-1)

    expect(why(await linesOf(nothing))).toBe(
      '? unknown: nothing went wrong as far as it was explored, but states were remembered by a few bits each, so that some may have been taken for known.',
    )
    expect(why(await linesOf(nothing, 'fr'))).toBe(
      "? inconnu : aucun problème dans ce qui a été exploré, mais les états n'ont été retenus que par quelques bits chacun : certains ont pu passer pour connus.",
    )
  })

  test('leaves out what was not drawn', async () => {
    expect(await linesOf({ coverage: { ...coverage, probes: null }, reduction: true })).toHaveLength(4)
  })
})

test.each([
  [0, '0%', '0 %'],
  [1, '100%', '100 %'],
  [0.1234, '12%', '12 %'],
  [0.0999, '10%', '10 %'],
  [0.05, '5%', '5 %'],
  [0.00371, '0.37%', '0,37 %'],
  [0.0000025, '0.00025%', '0,00025 %'],
  [1e-9, 'below 0.0001%', 'moins de 0,0001 %'],
])('%d is written %s', (share, english, french) => {
  expect(formatShare(share, 'en')).toBe(english)
  expect(formatShare(share, 'fr')).toBe(french)
})

test.each([
  [400, '400 bytes', '400 octets'],
  [1536, '1.5 KiB', '1,5 Kio'],
  [2 ** 28, '256 MiB', '256 Mio'],
  [3 * 2 ** 40, '3070 GiB', '3070 Gio'],
])('%d bytes are written %s', (bytes, english, french) => {
  expect(formatBytes(bytes, 'en')).toBe(english)
  expect(formatBytes(bytes, 'fr')).toBe(french)
})
