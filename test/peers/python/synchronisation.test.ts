import type { Vocabulary } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { type OurCall, performOurs } from './our-calls.js'
import { type Call, type CallSequence, findPython, performCalls } from './python.js'

const python = findPython((text) => console.warn(text))
const SEQUENCES = 500

/** One operation: how it is said here, and in Python. */
interface SaidTwice {
  readonly ours: OurCall
  readonly theirs: Call
}

/** One way to make an object, here and there. */
interface MadeTwice {
  readonly ours: (p: Vocabulary) => unknown
  readonly theirs: Omit<CallSequence, 'calls'>
}

interface Subject {
  readonly title: string
  readonly make: readonly MadeTwice[]
  readonly operations: readonly SaidTwice[]
  /** Python's names of exceptions by ours, where they are not the usual ones. */
  readonly kinds?: Readonly<Record<string, string>>
}

const said = (ours: OurCall, ...theirs: Call): SaidTwice => ({ ours, theirs })

const acquiring = [
  said(['acquire', { timeout: 0 }], 'acquire', [], { timeout: 0 }),
  said(['tryAcquire'], 'acquire', [false]),
]
const releasing = said(['release'], 'release')
/** What Python has by name: a predicate that says no, one that says yes, actions that succeed and that fail. */
const NO = { the: 'builtins.bool' }
const YES = { the: 'gc.isenabled' }
const SUCCEEDS = { the: 'builtins.int' }
const FAILS = { the: 'builtins.next' }

function* succeeding() {}
function* failing(): Generator<never> {
  throw new TypeError('on purpose')
}

const SUBJECTS: readonly Subject[] = [
  {
    title: 'a lock',
    make: [{ ours: (p) => p.lock('s'), theirs: { make: 'threading.Lock' } }],
    operations: [...acquiring, releasing, said(['locked'], 'locked')],
  },
  {
    title: 'a re-entrant lock',
    make: [{ ours: (p) => p.rlock('s'), theirs: { make: 'threading.RLock' } }],
    operations: [...acquiring, releasing],
  },
  {
    title: 'a condition',
    make: [
      { ours: (p) => p.condition('s'), theirs: { make: 'threading.Condition' } },
      {
        ours: (p) => p.condition('s', p.lock('lock')),
        theirs: { make: 'threading.Condition', args: [{ new: 'threading.Lock' }] },
      },
      {
        ours: (p) => p.condition('s', p.rlock('lock')),
        theirs: { make: 'threading.Condition', args: [{ new: 'threading.RLock' }] },
      },
    ],
    operations: [
      ...acquiring,
      releasing,
      said(['notify'], 'notify'),
      said(['notify', 2], 'notify', [2]),
      said(['notify', -1], 'notify', [-1]),
      said(['notifyAll'], 'notify_all'),
      said(['wait', { timeout: 0 }], 'wait', [0]),
      said(['waitFor', () => false, { timeout: 0 }], 'wait_for', [NO, 0]),
      said(['waitFor', () => true], 'wait_for', [YES]),
    ],
  },
  {
    title: 'a bounded semaphore',
    make: [0, 1, 2].map((permits) => ({
      ours: (p) => p.boundedSemaphore('s', permits),
      theirs: { make: 'threading.BoundedSemaphore', args: [permits] },
    })),
    operations: [...acquiring, releasing, said(['release', 2], 'release', [2]), said(['release', 0], 'release', [0])],
    kinds: { MisuseError: 'ValueError' },
  },
  {
    title: 'an event',
    make: [{ ours: (p) => p.event('s'), theirs: { make: 'threading.Event' } }],
    operations: [
      said(['set'], 'set'),
      said(['clear'], 'clear'),
      said(['isSet'], 'is_set'),
      said(['wait', { timeout: 0 }], 'wait', [0]),
    ],
  },
  {
    title: 'a barrier',
    make: [
      { ours: (p) => p.barrier('s', 1), theirs: { make: 'threading.Barrier', args: [1] } },
      {
        ours: (p) => p.barrier('s', 1, { action: succeeding }),
        theirs: { make: 'threading.Barrier', args: [1, SUCCEEDS] },
      },
      { ours: (p) => p.barrier('s', 1, { action: failing }), theirs: { make: 'threading.Barrier', args: [1, FAILS] } },
      {
        ours: (p) => p.barrier('s', 2, { timeout: 0 }),
        theirs: { make: 'threading.Barrier', args: [2], named: { timeout: 0 } },
      },
    ],
    operations: [
      said(['wait', { timeout: 0 }], 'wait', [0]),
      said(['wait', { timeout: 0 }], 'wait', [0]),
      said(['reset'], 'reset'),
      said(['abort'], 'abort'),
      said(['nWaiting'], 'n_waiting'),
      said(['broken'], 'broken'),
    ],
  },
]

test.skipIf(python === null).each(SUBJECTS)(
  '$title does what CPython’s does, one call after the other',
  async ({ make, operations, kinds }) => {
    const sequence = fc.record({
      made: fc.constantFrom(...make),
      calls: fc.array(fc.constantFrom(...operations), { minLength: 1, maxLength: 8 }),
    })
    const sequences = fc.sample(sequence, { seed: SEED, numRuns: SEQUENCES })
    const theirs = performCalls(
      python!,
      sequences.map(({ made, calls }) => ({ ...made.theirs, calls: calls.map((call) => call.theirs) })),
    )
    for (const [i, { made, calls }] of sequences.entries())
      expect(
        await performOurs(
          made.ours,
          calls.map((call) => call.ours),
          kinds,
        ),
        JSON.stringify(sequences[i]),
      ).toEqual(theirs[i])
  },
)
