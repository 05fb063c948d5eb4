import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PackedRows } from '../../../../src/engine/explore/compact/packed-rows.js'
import { SEED } from '../../support/seed.js'

const anyInt = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const anyContent = fc.oneof(
  { weight: 60, arbitrary: fc.nat(255) },
  { weight: 2, arbitrary: fc.nat(65_535) },
  { weight: 1, arbitrary: anyInt },
)
const anyRow = (words: number) =>
  fc.record({ words: fc.array(anyContent, { minLength: words, maxLength: words }), hash1: anyInt, hash2: anyInt })

test('Rows come back as they were, whatever contents follow and however many words are added', () => {
  const anyRows = fc.record({
    before: fc.array(anyRow(5), { maxLength: 1_500, size: 'max' }),
    added: fc.array(anyContent, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(
      anyRows.chain(({ before, added }) =>
        fc.record({
          before: fc.constant(before),
          added: fc.constant(added),
          after: fc.array(anyRow(5 + added.length), { maxLength: 50 }),
        }),
      ),
      ({ before, added, after }) => {
        const rows = new PackedRows(5)
        for (const { words, hash1, hash2 } of before) rows.append(Int32Array.from(words), hash1, hash2)
        rows.addWords(added)
        for (const { words, hash1, hash2 } of after) rows.append(Int32Array.from(words), hash1, hash2)
        const expected = [...before.map((row) => ({ ...row, words: [...row.words, ...added] })), ...after]
        expect(rows.count).toBe(expected.length)
        const words = new Int32Array(5 + added.length)
        expected.forEach((row, i) => {
          rows.read(i, words)
          expect([...words]).toEqual(row.words)
          expect([rows.hash1(i), rows.hash2(i)]).toEqual([row.hash1, row.hash2])
        })
      },
    ),
    { seed: SEED, numRuns: 60 },
  )
})

test('A word whose contents are small takes a byte', () => {
  const rows = new PackedRows(12)
  for (let i = 0; i < 10_240; i++) rows.append(new Int32Array(12).fill(i % 256), i, -i)

  expect(rows.bytes).toBe(10_240 * (8 + 12))
})
