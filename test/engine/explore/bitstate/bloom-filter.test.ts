import { expect, test } from 'vitest'
import { mix } from '../../../../src/engine/content-hash.js'
import { BloomFilter } from '../../../../src/engine/explore/bitstate/bloom-filter.js'
import { VisitedSample } from '../../../../src/engine/explore/bitstate/visited-sample.js'

/** Hashes that have nothing to do with each other. */
function hashes(count: number, from = 0): [number, number][] {
  return Array.from({ length: count }, (_, i) => [mix(2 * (from + i) + 1), mix(mix(2 * (from + i) + 2))])
}

test('What was added is always known', () => {
  const filter = new BloomFilter(1_000, 1)
  for (const [hash1, hash2] of hashes(2_000)) filter.add(hash1, hash2)
  for (const [hash1, hash2] of hashes(2_000)) expect(filter.add(hash1, hash2)).toBe(false)
})

test.each([100, 1_000, 20_000])('A filter of %i bytes errs as often as it expects to', (bytes) => {
  let falseHits = 0
  let expected = 0
  const strangers = hashes(2.5 * bytes)
  for (let seed = 0; seed < 400_000 / bytes; seed++) {
    const filter = new BloomFilter(bytes, seed)
    for (const [hash1, hash2] of strangers) if (!filter.add(hash1, hash2)) falseHits++
    expect(filter.states).toBeGreaterThan(0)
    expected += filter.expectedFalseHits
  }
  expect(falseHits / expected).toBeGreaterThan(0.97)
  expect(falseHits / expected).toBeLessThan(1.03)
})

test('Another seed sets other bits', () => {
  const wrong = (seed: number) => {
    const filter = new BloomFilter(500, seed)
    return hashes(2_000)
      .filter(([hash1, hash2]) => !filter.add(hash1, hash2))
      .join(' ')
  }
  expect(wrong(1)).toBe(wrong(1))
  expect(wrong(1)).not.toBe(wrong(2))
})

test('A sample knows exactly which of the states that concern it were visited, however many there are', () => {
  const sample = new VisitedSample()
  const visited = hashes(200_000)
  for (const [hash1, hash2] of visited) sample.add(hash1, hash2)

  expect(sample.level).toBeGreaterThan(1)
  const concerned = visited.filter(([hash1, hash2]) => sample.concerns(hash1, hash2))
  expect(concerned.length).toBeGreaterThan(10_000)
  expect(concerned.every(([hash1, hash2]) => sample.has(hash1, hash2))).toBe(true)
  expect(hashes(100_000, 1_000_000).some(([hash1, hash2]) => sample.has(hash1, hash2))).toBe(false)
})
