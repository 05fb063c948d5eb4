import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EdgePages } from '../../../src/engine/explore/edge-pages.js'
import { IntPages } from '../../../src/engine/explore/int-pages.js'
import { NumberMap } from '../../../src/engine/explore/number-map.js'
import { ROW_WORDS, ROWS_PER_PAGE, StateRows } from '../../../src/engine/explore/state-rows.js'
import { StateSet } from '../../../src/engine/explore/state-set.js'
import { SEED } from '../support/seed.js'

const PAGE = 65_536

/** A value for each index that is unlike those of its neighbours. */
const valueAt = (index: number) => Math.imul(index + 1, 0x9e3779b1)

describe('Pages of integers', () => {
  test.each([0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1])('keep %i of them in order', (count) => {
    const pages = new IntPages()
    for (let i = 0; i < count; i++) pages.push(valueAt(i))

    expect(pages.length).toBe(count)
    expect(firstWrong(count, (i) => pages.get(i) === valueAt(i))).toBe(-1)
    expect(pages.bytes).toBeLessThanOrEqual(4 * (count + PAGE))
  })
})

describe('Pages of edges', () => {
  test.each([1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 1])('keep %i of them in order', (count) => {
    const pages = new EdgePages()
    for (let i = 0; i < count; i++) pages.push(valueAt(i), i & 0xffff)

    expect(pages.length).toBe(count)
    expect(firstWrong(count, (i) => pages.target(i) === valueAt(i) && pages.thread(i) === (i & 0xffff))).toBe(-1)
  })

  test('keep the edge that is dropped and the last of all threads', () => {
    const pages = new EdgePages()
    pages.push(-1, 0xffff)
    expect([pages.target(0), pages.thread(0)]).toEqual([-1, 0xffff])
  })
})

/** The first index at which something is wrong, or −1: one expectation for very many indices. */
function firstWrong(count: number, isRight: (index: number) => boolean): number {
  for (let i = 0; i < count; i++) if (!isRight(i)) return i
  return -1
}

describe('Rows of states', () => {
  test('keep their words across pages, through widening, filling and reuse', () => {
    const rows = new StateRows(2)
    const count = 2 * ROWS_PER_PAGE + 3
    const write = (index: number, word: number, value: number) => {
      rows.page(index)[rows.base(index) + ROW_WORDS + word] = value
    }
    const read = (index: number, word: number) => rows.page(index)[rows.base(index) + ROW_WORDS + word]
    for (let i = 0; i < count; i++) {
      expect(rows.append()).toBe(i)
      write(i, 0, i)
      write(i, 1, -i)
    }
    rows.widen(4)
    rows.fill(3, 9)
    expect(
      firstWrong(count, (i) => read(i, 0) === i && read(i, 1) === -i && read(i, 2) === 0 && read(i, 3) === 9),
    ).toBe(-1)

    const { bytes } = rows
    rows.clear()
    expect([rows.append(), rows.count, rows.bytes]).toEqual([0, 1, bytes])
  })
})

describe('A set of states', () => {
  test('knows what a set knows', () => {
    const index = fc.oneof(fc.nat(100), fc.nat(100_000), fc.constantFrom(31, 32, 2047, 2048))
    fc.assert(
      fc.property(fc.array(index), fc.array(index), (added, asked) => {
        const states = new StateSet()
        for (const state of added) states.add(state)
        expect(states.size).toBe(new Set(added).size)
        for (const state of [...added, ...asked]) expect(states.has(state)).toBe(added.includes(state))
      }),
      { seed: SEED, numRuns: 300 },
    )
  })
})

describe('A map of numbers', () => {
  test('knows what a map knows', () => {
    const key = fc.oneof(
      fc.nat(50),
      fc.maxSafeNat(),
      fc.nat(20).map((n) => n * 2 ** 32),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.double()), { maxLength: 200 }), (entries) => {
        const ours = new NumberMap()
        const map = new Map<number, number>()
        for (const [at, value] of entries) {
          expect(ours.get(at)).toBe(map.get(at))
          ours.set(at, value)
          map.set(at, value)
        }
        expect(ours.size).toBe(map.size)
        for (const [at, value] of map) expect(ours.get(at)).toBe(value)
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('finds each of very many keys', () => {
    const map = new NumberMap()
    for (let i = 0; i < 100_000; i++) map.set(i * 2 ** 33 + i, i)
    expect(firstWrong(100_000, (i) => map.get(i * 2 ** 33 + i) === i)).toBe(-1)
    expect(map.size).toBe(100_000)
  })
})
