import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { type OurCall, performOurs } from './our-calls.js'
import { type Call, findPython, performCalls } from './python.js'

const python = findPython((text) => console.warn(text))
const SEQUENCES = 600

/** One call, as it is said here and in Python. */
interface Said {
  readonly ours: OurCall
  readonly theirs: Call
}

const value = fc.constantFrom<unknown>(0, 1, true, 1.5, 'a', 'b', null, [], [1, 'a'], [true, 'a'], { a: [0] })
const values = fc.array(value, { maxLength: 4 })
const index = fc.integer({ min: -7, max: 7 })

/** Of each operation: what it is called in Python, and what it takes. */
const OPERATIONS: Readonly<Record<string, readonly [theirs: string, args: fc.Arbitrary<readonly unknown[]>]>> = {
  append: ['append', fc.tuple(value)],
  appendLeft: ['appendleft', fc.tuple(value)],
  extend: ['extend', fc.tuple(values)],
  extendLeft: ['extendleft', fc.tuple(values)],
  pop: ['pop', fc.constant([])],
  popLeft: ['popleft', fc.constant([])],
  insert: ['insert', fc.tuple(index, value)],
  rotate: ['rotate', fc.oneof(fc.constant([]), fc.tuple(index))],
  remove: ['remove', fc.tuple(value)],
  clear: ['clear', fc.constant([])],
  reverse: ['reverse', fc.constant([])],
  count: ['count', fc.tuple(value)],
  index: ['index', fc.oneof(fc.tuple(value), fc.tuple(value, index), fc.tuple(value, index, index))],
  length: ['__len__', fc.constant([])],
  at: ['__getitem__', fc.tuple(index)],
  setAt: ['__setitem__', fc.tuple(index, value)],
}

const WEIGHTS: Readonly<Record<string, number>> = { append: 4, appendLeft: 4, extend: 3, extendLeft: 3 }
const call = fc.oneof(
  ...Object.entries(OPERATIONS).map(([ours, [theirs, args]]) => ({
    weight: WEIGHTS[ours] ?? 2,
    arbitrary: args.map((given): Said => ({ ours: [ours, ...given], theirs: [theirs, given] })),
  })),
)
const LOOK: Said = { ours: ['toArray'], theirs: ['copy'] }

test.skipIf(python === null)('a deque does what CPython’s does, one call after the other', async () => {
  const sequence = fc.record({
    initial: values,
    maxlen: fc.constantFrom(undefined, undefined, 0, 1, 3, 5),
    calls: fc.array(call, { minLength: 1, maxLength: 12 }),
  })
  const sequences = fc
    .sample(sequence, { seed: SEED, numRuns: SEQUENCES })
    .map((each) => ({ ...each, calls: each.calls.flatMap((said) => [said, LOOK]) }))
  const theirs = performCalls(
    python!,
    sequences.map(({ initial, maxlen, calls }) => ({
      make: 'collections.deque',
      args: [initial, maxlen ?? null],
      calls: calls.map((said) => said.theirs),
    })),
  )
  for (const [i, { initial, maxlen, calls }] of sequences.entries())
    expect(
      await performOurs(
        (p) => p.deque('d', initial, maxlen === undefined ? {} : { maxlen }),
        calls.map((said) => said.ours),
      ),
      JSON.stringify(sequences[i]),
    ).toEqual(theirs[i])
  const raised = theirs.flat().flatMap((result) => ('raises' in result ? [result.raises] : []))
  expect([...new Set(raised)].sort()).toEqual(['IndexError', 'ValueError'])
})
