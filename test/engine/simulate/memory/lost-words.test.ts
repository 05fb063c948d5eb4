import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { LostWords } from '../../../../src/engine/simulate/memory/lost-words.js'
import { SEED } from '../../support/seed.js'

const CORES = 5

describe('What was written to lost lines', () => {
  test('is what sets of words per core and line say, and rows are used again', () => {
    const random = new Random(SEED)
    const lost = new LostWords(CORES)
    const rows = new Map<number, Map<number, number>>()
    let mostRows = 0
    const bit = () => 1 << random.below(32)
    const anyOf = <T>(items: Iterable<T>): T => {
      const all = [...items]
      return all[random.below(all.length)]
    }
    for (let step = 0; step < 20_000; step++) {
      const action = random.below(4)
      if (action === 0 || rows.size === 0) {
        // A row begins with its first loser.
        if (rows.size < 200) {
          const row = lost.add()
          expect(rows.has(row)).toBe(false)
          const core = random.below(CORES)
          const words = bit()
          lost.lose(row, core, words)
          rows.set(row, new Map([[core, words]]))
        }
      } else if (action === 1) {
        const row = anyOf(rows.keys())
        const core = random.below(CORES)
        if (rows.get(row)!.has(core)) continue
        const words = bit()
        lost.lose(row, core, words)
        rows.get(row)!.set(core, words)
      } else if (action === 2) {
        const row = anyOf(rows.keys())
        const writer = random.below(CORES)
        const words = bit() | bit()
        lost.note(row, words, writer)
        for (const [core, before] of rows.get(row)!) if (core !== writer) rows.get(row)!.set(core, before | words)
      } else {
        const row = anyOf(rows.keys())
        const core = anyOf(rows.get(row)!.keys())
        rows.get(row)!.delete(core)
        expect(lost.regain(row, core)).toBe(rows.get(row)!.size === 0)
        if (rows.get(row)!.size === 0) rows.delete(row)
      }
      mostRows = Math.max(mostRows, rows.size)
    }
    expect(mostRows).toBeGreaterThan(64)
    for (const [row, cores] of rows) {
      expect(row).toBeLessThan(mostRows)
      const words = Array.from({ length: CORES }, (_, core) => lost.wordsOf(row, core))
      expect(words).toEqual(words.map((_, core) => cores.get(core) ?? 0))
    }
  })
})
