import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { type OurCall, performOurs } from './our-calls.js'
import { type Call, findPython, performCalls, type Result } from './python.js'

const python = findPython((text) => console.warn(text))
const SEQUENCES = 500
const LONGEST = 12

/** One call, as it is said here and in Python. */
interface Said {
  readonly ours: OurCall
  readonly theirs: Call
}

const number = fc.constantFrom<unknown>(-1, 0, 1, 1, 2, 3, 1.5, true, false)
const text = fc.constantFrom('', 'a', 'ab', 'b', '\uFFFF', '😀')
const list = fc.array(fc.oneof({ weight: 4, arbitrary: number }, text, fc.constant(null)), { maxLength: 3 })
const anything = fc.oneof(
  number,
  text,
  list,
  fc.array(list, { maxLength: 2 }),
  fc.constant(null),
  fc.constant({ a: 1 }),
)

/** Many sequences of items that have an order, so that queues of them get long, and some of items that have none. */
const items = fc.constantFrom<fc.Arbitrary<unknown>>(number, number, text, list, fc.tuple(number, text), anything)

function anyCall(item: fc.Arbitrary<unknown>, takes: readonly string[]): fc.Arbitrary<Said> {
  const puts: fc.Arbitrary<Said> = item.chain((value) =>
    fc.constantFrom<Said>(
      { ours: ['put', value, { timeout: 0 }], theirs: ['put', [value, true, 0]] },
      { ours: ['putNowait', value], theirs: ['put_nowait', [value]] },
    ),
  )
  const others = {
    get: { ours: ['get', { timeout: 0 }], theirs: ['get', [true, 0]] },
    getNowait: { ours: ['getNowait'], theirs: ['get_nowait'] },
    taskDone: { ours: ['taskDone'], theirs: ['task_done'] },
    empty: { ours: ['empty'], theirs: ['empty'] },
    full: { ours: ['full'], theirs: ['full'] },
    qsize: { ours: ['qsize'], theirs: ['qsize'] },
  } as const satisfies Record<string, Said>
  const named = takes.map((name) => others[name as keyof typeof others])
  return fc.oneof({ weight: 5, arbitrary: puts }, { weight: 4, arbitrary: fc.constantFrom<Said>(...named) })
}

/** Calls, and then whatever they may have left: items to be got, and tasks that are not done. */
function toTheEnd(calls: readonly Said[], ends: readonly Said[]): readonly Said[] {
  const puts = calls.filter(({ ours: [name] }) => name.startsWith('put')).length
  const each = (said: Said) => new Array<Said>(puts + 1).fill(said)
  return [...calls, ...ends.flatMap(each)]
}

const GET: Said = { ours: ['getNowait'], theirs: ['get_nowait'] }
const DONE: Said = { ours: ['taskDone'], theirs: ['task_done'] }
const JOIN: Said = { ours: ['join'], theirs: ['join'] }

const raised = (results: readonly (readonly Result[])[]) =>
  new Set(results.flat().flatMap((result) => ('raises' in result ? [result.raises] : [])))

describe.skipIf(python === null)('One call after the other, it does what CPython’s does:', () => {
  const counting = ['get', 'getNowait', 'taskDone', 'empty', 'full', 'qsize']

  test.each([
    ['queue', 'queue.Queue', ['Empty', 'Full', 'ValueError']],
    ['lifoQueue', 'queue.LifoQueue', ['Empty', 'Full', 'ValueError']],
    ['priorityQueue', 'queue.PriorityQueue', ['Empty', 'Full', 'TypeError', 'ValueError']],
  ] as const)('p.%s and %s', async (ours, theirs, errors) => {
    const sequence = fc.record({
      maxsize: fc.constantFrom(0, 0, 1, 2, 5),
      calls: items.chain((item) => fc.array(anyCall(item, counting), { minLength: 1, maxLength: LONGEST })),
    })
    const sequences = fc
      .sample(sequence, { seed: SEED, numRuns: SEQUENCES })
      .map(({ maxsize, calls }) => ({ maxsize, calls: [...toTheEnd(calls, [GET, DONE]), JOIN] }))
    const answers = performCalls(
      python!,
      sequences.map(({ maxsize, calls }) => ({
        make: theirs,
        args: [maxsize],
        calls: calls.map((said) => said.theirs),
      })),
    )
    for (const [i, { maxsize, calls }] of sequences.entries())
      expect(
        await performOurs(
          (p) => p[ours]('q', { maxsize }),
          calls.map((said) => said.ours),
          { MisuseError: 'ValueError' },
        ),
        JSON.stringify(calls.map((said) => said.ours)),
      ).toEqual(answers[i])
    expect([...raised(answers)].sort()).toEqual(errors)
  })

  test('p.simpleQueue and queue.SimpleQueue', async () => {
    const call = anyCall(anything, ['get', 'getNowait', 'empty', 'qsize'])
    const sequences = fc
      .sample(fc.array(call, { minLength: 1, maxLength: LONGEST }), { seed: SEED, numRuns: SEQUENCES })
      .map((calls) => toTheEnd(calls, [GET]))
    const answers = performCalls(
      python!,
      sequences.map((calls) => ({ make: 'queue.SimpleQueue', calls: calls.map((said) => said.theirs) })),
    )
    for (const [i, calls] of sequences.entries())
      expect(
        await performOurs(
          (p) => p.simpleQueue('q'),
          calls.map((said) => said.ours),
        ),
      ).toEqual(answers[i])
    expect([...raised(answers)]).toEqual(['Empty'])
  })
})
