import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { explore, type ExploreOptions, type Program, program, ProgramFault, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'

type P = Parameters<Parameters<typeof program>[2]>[1]

/** A program that breaks a rule; the culprit’s line ends with, or stands below, a comment that is the case’s `mark`. */
interface Fault {
  readonly title: string
  readonly program: Program
  readonly code: string
  /** What the message must name. */
  readonly names: readonly string[]
  /** The comment at the line that the fault must point at; absent where no place is promised. */
  readonly mark?: string
}

const THIS_FILE = fileURLToPath(import.meta.url)
const LINES = readFileSync(THIS_FILE, 'utf8').split('\n')

function lineOf(mark: string): number {
  const marked = LINES.findIndex((line) => line.endsWith(`// ${mark}`))
  return LINES[marked]!.trim().startsWith('//') ? marked + 2 : marked + 1
}

const oneThread = (declare: (p: P) => () => Steps<unknown>): Program =>
  program('faulty', {}, (_params, p) => {
    p.thread('A', declare(p))
  })

const yields: Fault[] = [
  {
    title: 'A thread that yields an operation instead of delegating to it',
    program: program('faulty', {}, (_params, p) => {
      const counter = p.cell('counter', 0)
      // yield-undelegated
      p.thread('A', function* () {
        yield counter.read()
      })
    }),
    code: 'program/not-an-operation',
    names: ['A'],
    mark: 'yield-undelegated',
  },
  {
    title: 'A thread that yields a number',
    program: program('faulty', {}, (_params, p) => {
      // yield-number
      p.thread('A', function* () {
        yield 5
      })
    }),
    code: 'program/not-an-operation',
    names: ['A', 'number'],
    mark: 'yield-number',
  },
  {
    title: 'A thread that yields nothing',
    program: oneThread(
      () =>
        function* () {
          yield
        },
    ),
    code: 'program/not-an-operation',
    names: ['A', 'nothing'],
  },
]

const values: Fault[] = [
  {
    title: 'A sum beyond 32 bits',
    program: oneThread((p) => {
      const total = p.atomic('total', 2 ** 31 - 1)
      return function* () {
        yield* total.read()
        yield* total.add(1) // overflow-by-add
      }
    }),
    code: 'program/int-overflow',
    names: ['A', 'total', '2147483648'],
    mark: 'overflow-by-add',
  },
  {
    title: 'A difference beyond 32 bits',
    program: oneThread((p) => {
      const total = p.atomic('total', -(2 ** 31))
      return function* () {
        yield* total.add(-1) // overflow-downwards
      }
    }),
    code: 'program/int-overflow',
    names: ['A', 'total', '-2147483649'],
    mark: 'overflow-downwards',
  },
  {
    title: 'A number beyond 32 bits written to a cell of integers',
    program: oneThread((p) => {
      const total = p.cell('total', 0)
      return function* () {
        yield* total.write(2 ** 31) // overflow-by-write
      }
    }),
    code: 'program/int-overflow',
    names: ['A', 'total', '2147483648'],
    mark: 'overflow-by-write',
  },
  {
    title: 'A fraction written to a cell of integers',
    program: oneThread((p) => {
      const total = p.cell('total', 0)
      return function* () {
        yield* total.write(1.5) // fraction
      }
    }),
    code: 'program/not-an-integer',
    names: ['A', 'total', '1.5'],
    mark: 'fraction',
  },
  {
    title: 'undefined written to a cell of integers',
    program: oneThread((p) => {
      const total = p.cell('total', 7)
      return function* () {
        yield* total.write(undefined as unknown as number) // undefined-to-int
      }
    }),
    code: 'program/not-an-integer',
    names: ['A', 'total', 'undefined'],
    mark: 'undefined-to-int',
  },
  {
    title: 'A fraction added to an atomic',
    program: oneThread((p) => {
      const total = p.atomic('total', 0)
      return function* () {
        yield* total.add(0.5) // fraction-added
      }
    }),
    code: 'program/not-an-integer',
    names: ['A', 'total', '0.5'],
    mark: 'fraction-added',
  },
  {
    title: 'An addition to an atomic that holds any plain data',
    program: oneThread((p) => {
      const total = p.atomic('total', 0, { holds: 'data' })
      return function* () {
        yield* total.add(1) // add-to-data
      }
    }),
    code: 'program/not-an-integer',
    names: ['total'],
    mark: 'add-to-data',
  },
  {
    title: 'A fraction that an update stores in an atomic of integers',
    program: oneThread((p) => {
      const total = p.atomic('total', 1)
      return function* () {
        yield* total.update((value) => value / 2) // update-to-fraction
      }
    }),
    code: 'program/not-an-integer',
    names: ['0.5'],
    mark: 'update-to-fraction',
  },
  {
    title: 'A function written to a cell',
    program: oneThread((p) => {
      const box = p.cell<unknown>('box', null)
      return function* () {
        yield* box.write({ deep: [() => 1] }) // not-plain
      }
    }),
    code: 'program/not-plain-data',
    names: ['A', 'box', 'deep[0]', 'function'],
    mark: 'not-plain',
  },
  {
    title: 'An operation that is written instead of its result',
    program: oneThread((p) => {
      const box = p.cell<unknown>('box', null)
      return function* () {
        yield* box.write(box.read()) // operation-as-value
      }
    }),
    code: 'program/not-plain-data',
    names: ['A', 'box', 'is a generator'],
    mark: 'operation-as-value',
  },
  {
    title: 'A Map as a thread’s result',
    program: oneThread(
      (p) =>
        function* () {
          yield* p.yieldNow()
          return new Map()
        },
    ),
    code: 'program/not-plain-data',
    names: ['A', 'Map'],
  },
  {
    title: 'A thread that pushes to an array it has read',
    program: oneThread((p) => {
      const list = p.cell<number[]>('list', [])
      return function* () {
        const seen = (yield* list.read()) as number[]
        seen.push(1) // push-to-frozen
        yield* list.write(seen)
      }
    }),
    code: 'program/mutates-value',
    names: ['A'],
    mark: 'push-to-frozen',
  },
  {
    title: 'A thread that sets a property of an object it has read',
    program: oneThread((p) => {
      const point = p.cell('point', { at: { x: 1 } })
      return function* () {
        const seen = (yield* point.read()) as { at: { x: number } }
        seen.at.x = 2 // set-on-frozen
        yield* point.write(seen)
      }
    }),
    code: 'program/mutates-value',
    names: ['A'],
    mark: 'set-on-frozen',
  },
  {
    title: 'A thread that sorts an array it has read',
    program: oneThread((p) => {
      const list = p.cell('list', [2, 1])
      return function* () {
        const seen = (yield* list.read()) as number[]
        seen.sort() // sort-frozen
        yield* list.write(seen)
      }
    }),
    code: 'program/mutates-value',
    names: ['A'],
    mark: 'sort-frozen',
  },
  {
    title: 'An update that changes the value it is given in place',
    program: oneThread((p) => {
      const list = p.atomic<number[]>('list', [])
      return function* () {
        yield* list.update((value) => ((value as number[]).push(1), value))
      }
    }),
    code: 'program/mutates-value',
    names: ['A'],
  },
]

let inModule = 0

const impurities: Fault[] = [
  {
    title: 'A thread that reads the clock',
    program: program('faulty', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* x.read()
          yield* x.write(Math.trunc(performance.now() * 1000) % 1_000_000)
        })
    }),
    code: 'program/not-a-function-of-results',
    names: ['thread'],
  },
  {
    title: 'A thread that draws its own random numbers',
    program: program('faulty', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* x.read()
          if (Math.random() < 0.5) yield* x.write(1)
          else yield* x.write(2)
        })
    }),
    code: 'program/not-a-function-of-results',
    names: ['thread'],
  },
  {
    title: 'A thread whose result is drawn at random',
    program: oneThread(
      (p) =>
        function* () {
          yield* p.yieldNow()
          return Math.random()
        },
    ),
    code: 'program/not-a-function-of-results',
    names: ['A'],
  },
  {
    title: 'A thread that counts in the scope of the module',
    program: oneThread((p) => {
      const x = p.atomic('x', 0)
      return function* () {
        inModule++
        yield* x.write(inModule)
      }
    }),
    code: 'program/not-a-function-of-results',
    names: ['A'],
  },
  {
    title: 'A closure variable that both threads increment before their first operation',
    program: program('faulty', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      let shared = 0
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          shared++
          yield* x.write(shared)
        })
    }),
    code: 'program/not-a-function-of-results',
    names: ['thread'],
  },
  {
    title: 'A closure variable that both threads increment between operations',
    program: program('faulty', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      let shared = 0
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* x.read()
          shared++
          yield* x.write(shared)
        })
    }),
    code: 'program/not-a-function-of-results',
    names: ['thread'],
  },
  {
    title: 'A closure variable that one thread sets and only the other one reads',
    program: program('faulty', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      let isSet = false
      p.thread('A', function* () {
        yield* x.read()
        isSet = true
        yield* x.add(1)
      })
      p.thread('B', function* () {
        yield* x.read()
        if (isSet) yield* x.add(2)
      })
    }),
    code: 'program/not-a-function-of-results',
    names: ['B'],
  },
  {
    title: 'A closure variable that decides which object is accessed',
    program: program('faulty', {}, (_params, p) => {
      const cells = [p.atomic('x', 0), p.atomic('y', 0)]
      let turn = 0
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* p.yieldNow()
          yield* cells[turn++ % 2]!.write(1)
        })
    }),
    code: 'program/not-a-function-of-results',
    names: ['thread'],
  },
  {
    title: 'A closure variable that reaches the outcome through a result only',
    program: program('faulty', {}, (_params, p) => {
      const order: string[] = []
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* p.yieldNow()
          order.push(name)
          return order.length
        })
    }),
    code: 'program/not-a-function-of-results',
    names: ['thread'],
  },
]

let setups = 0

impurities.push(
  {
    title: 'A setup that begins with another value each time',
    program: program('faulty', {}, (_params, p) => {
      const x = p.atomic('x', setups++)
      p.thread('A', function* () {
        yield* x.read()
      })
    }),
    code: 'program/not-a-function-of-results',
    names: ['faulty'],
  },
  {
    title: 'An update that draws random numbers',
    program: oneThread((p) => {
      const x = p.atomic('x', 0)
      return function* () {
        yield* x.update(() => Math.trunc(Math.random() * 1e9))
      }
    }),
    code: 'program/not-a-function-of-results',
    names: ['update'],
  },
)

const claims: Fault[] = [
  {
    title: 'A p.at that leaves out a local that still matters',
    program: oneThread((p) => {
      const x = p.atomic('x', 0)
      return function* () {
        for (let i = 0; i < 3; i++) {
          yield* p.at('loop') // false-at
          yield* x.write(i)
        }
      }
    }),
    code: 'program/false-at',
    names: ['A', 'loop'],
  },
  {
    title: 'A p.at whose forgotten local matters an operation later',
    program: oneThread((p) => {
      const x = p.atomic('x', 0)
      return function* () {
        const which = yield* p.choose(2)
        yield* p.at('after')
        yield* x.read()
        yield* x.write(which)
      }
    }),
    code: 'program/false-at',
    names: ['A', 'after'],
  },
  {
    title: 'A loop of p.at without any operation',
    program: program('faulty', {}, (_params, p) => {
      // A loop that only claims.
      const idle = function* () {
        for (;;) yield* p.at('loop')
      }
      p.thread('A', idle) // never-steps
    }),
    code: 'program/never-steps',
    names: ['A'],
    mark: 'never-steps',
  },
  {
    title: 'A loop of p.print without any operation',
    program: program('faulty', {}, (_params, p) => {
      // never-steps-later
      p.thread('A', function* () {
        yield* p.yieldNow()
        for (;;) yield* p.print('again')
      })
    }),
    code: 'program/never-steps',
    names: ['A'],
    mark: 'never-steps-later',
  },
]

const declarations: Fault[] = [
  {
    title: 'Two threads of one name',
    program: program('faulty', {}, (_params, p) => {
      p.thread('A', function* () {})
      p.thread('A', function* () {}) // duplicate-thread
    }),
    code: 'program/duplicate-name',
    names: ['A'],
    mark: 'duplicate-thread',
  },
  {
    title: 'Two objects of one name',
    program: program('faulty', {}, (_params, p) => {
      p.cell('x', 0)
      p.lock('x')
      p.thread('A', function* () {})
    }),
    code: 'program/duplicate-name',
    names: ['x'],
  },
  {
    title: 'A program without threads',
    program: program('faulty', {}, (_params, p) => {
      p.cell('x', 0)
    }),
    code: 'program/no-threads',
    names: ['faulty'],
  },
  {
    title: 'A body that is an ordinary function',
    program: program('faulty', {}, (_params, p) => {
      p.thread('A', (() => 5) as unknown as () => Steps<void>) // ordinary-function
    }),
    code: 'program/not-a-generator',
    names: ['A'],
    mark: 'ordinary-function',
  },
  {
    title: 'A body that is an async function',
    program: program('faulty', {}, (_params, p) => {
      p.thread('A', (async () => 5) as unknown as () => Steps<void>) // async-function
    }),
    code: 'program/not-a-generator',
    names: ['A'],
    mark: 'async-function',
  },
  {
    title: 'A body that is an async generator',
    program: program('faulty', {}, (_params, p) => {
      p.thread('A', async function* () {} as unknown as () => Steps<void>) // async-generator
    }),
    code: 'program/not-a-generator',
    names: ['A'],
    mark: 'async-generator',
  },
  {
    title: 'A body that is an ordinary function and throws',
    program: program('faulty', {}, (_params, p) => {
      // throwing-function
      p.thread('A', () => {
        throw new Error('no generator at all')
      })
    }),
    code: 'program/not-a-generator',
    names: ['A'],
    mark: 'throwing-function',
  },
  {
    title: 'A thread without a body',
    program: program('faulty', {}, (_params, p) => {
      p.thread('A', undefined as unknown as () => Steps<void>) // no-body
    }),
    code: 'program/no-body',
    names: ['A'],
    mark: 'no-body',
  },
  {
    title: 'A spawn of a body that is no generator',
    program: oneThread(
      (p) =>
        function* () {
          yield* p.spawn('child', (() => 5) as unknown as () => Steps<void>)
        },
    ),
    code: 'program/not-a-generator',
    names: ['child'],
  },
  {
    title: 'A spawn without a body',
    program: oneThread(
      (p) =>
        function* () {
          yield* p.spawn('child', undefined as unknown as () => Steps<void>) // spawn-no-body
        },
    ),
    code: 'program/no-body',
    names: [],
    mark: 'spawn-no-body',
  },
  {
    title: 'A thread declared inside a thread',
    program: oneThread(
      (p) =>
        function* () {
          yield* p.yieldNow()
          p.thread('late', function* () {}) // late-thread
        },
    ),
    code: 'program/thread-outside-setup',
    names: ['late'],
    mark: 'late-thread',
  },
  {
    title: 'A finally property that throws',
    program: program('faulty', {}, (_params, p) => {
      p.thread('A', function* () {})
      // property-throws
      p.finally('never asked', () => {
        throw new Error('broken')
      })
    }),
    code: 'program/property-throws',
    names: ['never asked', 'broken'],
    mark: 'property-throws',
  },
  {
    title: 'An always property that throws in some state',
    program: program('faulty', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', function* () {
        yield* x.write(1)
      })
      // always-throws
      p.always('sometimes', (now) => {
        if (now(x) === 1) throw new Error('broken')
        return true
      })
    }),
    code: 'program/property-throws',
    names: ['sometimes', 'broken'],
    mark: 'always-throws',
  },
  {
    title: 'A choice among none',
    program: oneThread(
      (p) =>
        function* () {
          yield* p.choose(0) // choose-none
        },
    ),
    code: 'program/choose-out-of-range',
    names: ['choose(0)'],
    mark: 'choose-none',
  },
  {
    title: 'A choice among a fraction',
    program: oneThread(
      (p) =>
        function* () {
          yield* p.choose(1.5) // choose-fraction
        },
    ),
    code: 'program/choose-out-of-range',
    names: ['choose(1.5)'],
    mark: 'choose-fraction',
  },
  {
    title: 'An initial value that is no plain data',
    program: program('faulty', {}, (_params, p) => {
      p.cell('box', new Date(0) as unknown)
      p.thread('A', function* () {})
    }),
    code: 'program/not-plain-data',
    names: ['box', 'Date'],
  },
  {
    title: 'An array of a negative length',
    program: program('faulty', {}, (_params, p) => {
      p.array('list', -1)
      p.thread('A', function* () {})
    }),
    code: 'program/array-length',
    names: ['list', '-1'],
  },
  {
    title: 'A recursion without end',
    program: oneThread((p) => {
      const deeper = function* (): Steps<void> {
        yield* deeper()
      }
      return function* () {
        yield* p.yieldNow()
        yield* deeper()
      }
    }),
    code: 'program/stack-overflow',
    names: ['A'],
  },
]

async function rejection(faulty: Program, options: ExploreOptions): Promise<unknown> {
  return explore(faulty, options).then(
    (report) => expect.fail(`explored without complaint: ${JSON.stringify(report.violations)}`),
    (error: unknown) => error,
  )
}

const strategies: readonly ExploreOptions[] = [{ strategy: 'graph' }, { strategy: 'random', samples: 200 }]

const faults = [...yields, ...values, ...impurities, ...claims, ...declarations]

describe.each(strategies)('Under strategy $strategy', (options) => {
  for (const { title, program: faulty, code, names, mark } of faults)
    test(`${title} is the fault of the program`, async () => {
      const error = await rejection(faulty, options)

      expect(error).toBeInstanceOf(ProgramFault)
      const fault = error as ProgramFault
      expect(fault.code).toBe(code)
      for (const name of names) expect(fault.message).toContain(name)
      if (mark !== undefined) expect(fault.place).toMatchObject({ file: THIS_FILE, line: lineOf(mark) })
    })
})

describe('A fault that a thread’s own code could catch', () => {
  test('is not swallowed by a try around it', async () => {
    const swallowing = oneThread(
      (p) =>
        function* () {
          try {
            yield* p.choose(0)
          } catch {
            return 'swallowed'
          }
        },
    )
    expect(await rejection(swallowing, {})).toBeInstanceOf(ProgramFault)
  })

  test('is not swallowed where a frozen value is changed', async () => {
    const swallowing = oneThread((p) => {
      const list = p.cell<number[]>('list', [])
      return function* () {
        const seen = (yield* list.read()) as number[]
        try {
          seen.push(1)
        } catch {
          return 'swallowed'
        }
      }
    })
    // The thread has handled the error itself and nothing was changed: it may go on.
    expect((await explore(swallowing)).outcomes[0]).toMatchObject({ results: { A: 'swallowed' } })
  })
})

test('An error that a property’s rule, a thread’s own throw, is no fault but a finding', async () => {
  const failing = oneThread(
    (p) =>
      function* () {
        yield* p.yieldNow()
        throw new Error('of its own')
      },
  )
  const report = await explore(failing)
  expect(report.violations).toMatchObject([{ kind: 'error', message: 'A: Error: of its own' }])
})
