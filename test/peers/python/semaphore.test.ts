import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { type OurCall, performOurs } from './our-calls.js'
import { type Call, findPython, performCalls } from './python.js'

const python = findPython((text) => console.warn(text))
const SEQUENCES = 500

/** Of each operation: how it is said here, and in Python. */
const OPERATIONS = {
  acquire: { ours: ['acquire', { timeout: 0 }], theirs: ['acquire', [], { timeout: 0 }] },
  tryAcquire: { ours: ['tryAcquire'], theirs: ['acquire', [false]] },
  release: { ours: ['release'], theirs: ['release'] },
  releaseTwo: { ours: ['release', 2], theirs: ['release', [2]] },
  releaseNone: { ours: ['release', 0], theirs: ['release', [0]] },
} as const satisfies Record<string, { readonly ours: OurCall; readonly theirs: Call }>
type OperationName = keyof typeof OPERATIONS

test.skipIf(python === null)('a semaphore does what CPython’s does, one call after the other', async () => {
  const sequence = fc.record({
    permits: fc.nat(2),
    calls: fc.array(fc.constantFrom(...(Object.keys(OPERATIONS) as OperationName[])), { minLength: 1, maxLength: 8 }),
  })
  const sequences = fc.sample(sequence, { seed: SEED, numRuns: SEQUENCES })
  const theirs = performCalls(
    python!,
    sequences.map(({ permits, calls }) => ({
      make: 'threading.Semaphore',
      args: [permits],
      calls: calls.map((name) => OPERATIONS[name].theirs),
    })),
  )
  for (const [i, { permits, calls }] of sequences.entries())
    expect(
      await performOurs(
        (p) => p.semaphore('s', permits),
        calls.map((name) => OPERATIONS[name].ours),
      ),
      JSON.stringify(sequences[i]),
    ).toEqual(theirs[i])
})
