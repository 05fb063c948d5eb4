import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { LineDirectory } from '../../../../src/engine/simulate/memory/line-directory.js'
import { SEED } from '../../support/seed.js'

const CORES = 70

interface Known {
  readonly entry: number
  readonly home: number
  readonly sharers: Set<number>
  owner: number
  freeAt: number
  lost: number
}

describe('The directory', () => {
  test('knows what a map knows, with thousands of lines that come and go', () => {
    const random = new Random(SEED)
    const directory = new LineDirectory(CORES)
    const known = new Map<number, Known>()
    /** What is found of a line, and what should be. */
    const both = (line: number): [unknown, unknown] => {
      const entry = directory.find(line)
      const expected = known.get(line)
      if (entry < 0 || expected === undefined) return [entry, expected?.entry ?? -1]
      const sharers: number[] = []
      for (let core = directory.nextSharer(entry, 0); core >= 0; core = directory.nextSharer(entry, core + 1)) {
        if (directory.has(entry, core)) sharers.push(core)
      }
      const { home, owner, freeAt, lost } = expected
      return [
        {
          entry,
          line: directory.lineOf(entry),
          home: directory.homeOf(entry),
          owner: directory.ownerOf(entry),
          freeAt: directory.freeAt(entry),
          lost: directory.lostOf(entry),
          sharers,
          isNowhere: directory.isNowhere(entry),
        },
        {
          entry: expected.entry,
          line,
          home,
          owner,
          freeAt,
          lost,
          sharers: [...expected.sharers].sort((a, b) => a - b),
          isNowhere: sharers.length === 0,
        },
      ]
    }
    // First they become more, then fewer.
    for (const [rounds, removed] of [
      [20_000, 1],
      [20_000, 5],
    ]) {
      for (let round = 0; round < rounds; round++) {
        const line = random.below(8000) * 8
        const old = known.get(line)
        const core = random.below(CORES)
        if (old === undefined) {
          if (random.below(4) < removed) continue
          const entry = directory.add(line, line % 64)
          known.set(line, { entry, home: line % 64, sharers: new Set(), owner: -1, freeAt: 0, lost: -1 })
        } else if (random.below(8) < removed) {
          directory.remove(old.entry)
          known.delete(line)
        } else if (old.sharers.has(core)) {
          directory.removeSharer(old.entry, core)
          old.sharers.delete(core)
          if (old.owner === core) old.owner = -1
        } else {
          directory.addSharer(old.entry, core)
          directory.setOwner(old.entry, core)
          directory.setFreeAt(old.entry, round * 1e9)
          directory.setLost(old.entry, round)
          old.sharers.add(core)
          Object.assign(old, { owner: core, freeAt: round * 1e9, lost: round })
        }
        const [found, expected] = both(line)
        if (round % 100 === 0) expect(found).toEqual(expected)
      }
      const all = Array.from({ length: 8000 }, (_, line) => both(line * 8))
      expect(all.map(([found]) => found)).toEqual(all.map(([, expected]) => expected))
      expect(directory.size).toBe(known.size)
    }
    expect(known.size).toBeGreaterThan(1024)
  })
})
