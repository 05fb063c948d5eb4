import { expect, test } from 'vitest'
import { bruteForce } from './brute-force.js'
import { differences, type Claims } from './differences.js'
import { type ProgramTree, type ThreadTree } from './program-tree.js'

const increment = (name: string): ThreadTree => ({
  name,
  body: [
    { kind: 'read', cell: 'c0', into: 'x' },
    { kind: 'write', cell: 'c0', value: { local: 'x', plus: 1 } },
  ],
  returns: null,
})

const lostUpdate: ProgramTree = {
  cells: [{ name: 'c0', initial: 0 }],
  items: [],
  locks: 0,
  threads: [increment('A'), increment('B')],
  property: { sumOf: ['c0'], is: 'equal', value: 2 },
}

const right: Claims = {
  verdict: 'violated',
  complete: true,
  divergence: 0,
  counts: { interleavings: '6' },
  dropped: null,
  outcomes: [
    { final: { c0: 2 }, holds: true, interleavings: '2', probability: 0.5 },
    { final: { c0: 1 }, holds: false, interleavings: '4', probability: 0.5 },
  ],
  violations: [
    {
      kind: 'property',
      schedule: 'A B B A',
      preemptions: 1,
      steps: 4,
      criticalStep: 2,
      interleavings: '4',
      probability: 0.5,
      isLeast: true,
    },
  ],
}

const [kept, lost] = right.outcomes
const [violation] = right.violations

const wrong: Record<string, Partial<Claims>> = {
  'a wrong verdict': { verdict: 'holds' },
  'a wrong number of interleavings': { counts: { interleavings: '5' } },
  'executions that were not dropped': { dropped: { interleavings: '1', probability: 0.1 } },
  'a missing outcome': { outcomes: [kept] },
  'an impossible outcome': { outcomes: [kept, lost, { ...lost, final: { c0: 0 } }] },
  'an outcome twice': { outcomes: [kept, lost, lost] },
  'a wrong number of interleavings of an outcome': { outcomes: [{ ...kept, interleavings: '3' }, lost] },
  'a probability that is off in the twelfth digit': { outcomes: [{ ...kept, probability: 0.500000000001 }, lost] },
  'an outcome that is right but called wrong': { outcomes: [{ ...kept, holds: false }, lost] },
  'a thread that did not fail': { outcomes: [{ ...kept, errors: { A: 'Error: boom' } }, lost] },
  'a result that was not returned': { outcomes: [{ ...kept, results: { A: 1 } }, lost] },
  'a deadlock where all threads ended': { outcomes: [{ ...kept, waiting: { A: 'join B' } }, lost] },
  'no violation': { violations: [] },
  'another schedule of the violation': { violations: [{ ...violation, schedule: 'B A A B' }] },
  'more preemptions than needed': { violations: [{ ...violation, preemptions: 2 }] },
  'a critical step that is too late': { violations: [{ ...violation, criticalStep: 3 }] },
  'a schedule that need not be the best': { violations: [{ ...violation, isLeast: false }] },
  'a wrong number of interleavings of a violation': { violations: [{ ...violation, interleavings: '5' }] },
  'a wrong probability of a violation': { violations: [{ ...violation, probability: 0.4 }] },
  'a violation twice': { violations: [violation, violation] },
  'a failed thread that did not fail': { violations: [violation, { ...violation, kind: 'error' }] },
  'a kind of violation that no such program has': { violations: [violation, { ...violation, kind: 'livelock' }] },
}

test('A right report does not differ from the truth', () => {
  expect(differences(right, bruteForce(lostUpdate))).toEqual([])
})

test.each(Object.entries(wrong))('A report with %s differs from the truth', (_name, change) => {
  expect(differences({ ...right, ...change }, bruteForce(lostUpdate))).not.toEqual([])
})
