import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NODE_A, NODE_B, NODE_HASH_1, NODE_HASH_2, NODE_WORD } from '../../src/engine/node-fields.js'
import { NodeTable } from '../../src/engine/node-table.js'
import { SEED } from './support/seed.js'

function addNode(table: NodeTable, tag = 0): number {
  return table.add({
    code: tag & 0xff,
    word: tag + 1,
    a: tag + 2,
    b: tag + 3,
    hash1: tag + 4,
    hash2: tag + 5,
    parent: 0,
    result: tag + 6,
    owner: tag & 0xffff,
    length: tag + 7,
  })
}

describe('The table of nodes', () => {
  test('keeps every field of every node while it grows', () => {
    const table = new NodeTable()
    for (let i = 1; i <= 5000; i++) expect(addNode(table, i)).toBe(i)

    for (let i = 1; i <= 5000; i++) {
      expect(table.code(i)).toBe(i & 0xff)
      expect([NODE_WORD, NODE_A, NODE_B, NODE_HASH_1, NODE_HASH_2].map((offset) => table.field(i, offset))).toEqual([
        i + 1,
        i + 2,
        i + 3,
        i + 4,
        i + 5,
      ])
      expect([table.results[i], table.owners[i], table.lengths[i]]).toEqual([i + 6, i, i + 7])
    }
  })

  const result = fc.oneof(
    fc.integer({ min: -3, max: 20 }),
    fc.integer(),
    fc.constantFrom(-0x80000000, 0x7fffffff, 15, 16, 0, -1),
  )

  test('leads by results exactly where a map would', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), result), { maxLength: 300 }), (edges) => {
        const table = new NodeTable()
        for (let i = 0; i < 40; i++) addNode(table)
        const map = new Map<string, number>()
        edges.forEach(([node, by], i) => {
          const key = `${node} ${by}`
          expect(table.next(node, by)).toBe(map.get(key) ?? 0)
          if (map.has(key)) return
          table.connect(node, by, i + 1)
          map.set(key, i + 1)
        })
        for (const [key, child] of map)
          expect(table.next(...(key.split(' ').map(Number) as [number, number]))).toBe(child)
        for (let node = 1; node <= 40; node++)
          for (const by of [-7, 0, 1, 15, 16, 99]) expect(table.next(node, by)).toBe(map.get(`${node} ${by}`) ?? 0)
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('finds each of very many edges of one node', () => {
    const table = new NodeTable()
    const node = addNode(table)
    for (let by = -20_000; by < 20_000; by++) table.connect(node, by * 7, by + 20_001)
    for (let by = -20_000; by < 20_000; by++) expect(table.next(node, by * 7)).toBe(by + 20_001)
    expect(table.next(node, 1)).toBe(0)
  })

  test('gives every node a block of small results of its own', () => {
    const table = new NodeTable()
    const nodes = Array.from({ length: 500 }, () => addNode(table))
    for (const node of nodes) for (let by = 0; by < 16; by++) table.connect(node, by, node * 16 + by + 1)
    for (const node of nodes) for (let by = 0; by < 16; by++) expect(table.next(node, by)).toBe(node * 16 + by + 1)
  })
})
