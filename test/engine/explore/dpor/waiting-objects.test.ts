import {
  explore,
  perform,
  program,
  type Operation,
  type Program,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Session } from '../../../../src/engine/session.js'
import { dporExecutions, type DporExecution } from '../../support/dpor-executions.js'
import { SEED } from '../../support/seed.js'
import { countTraces } from '../../support/sleep-sets.js'

/** What an operation on a turnstile waits for, reads and writes: `gate` and `value` are its two words. */
interface Kind {
  readonly waits: readonly Word[]
  readonly reads: readonly Word[]
  readonly writes: Readonly<Partial<Record<Word, number>>>
}
type Word = 'gate' | 'value'

const KINDS = {
  enter: { waits: ['gate'], reads: ['gate'], writes: { gate: 1 } },
  enterReading: { waits: ['gate'], reads: ['gate', 'value'], writes: { gate: 1 } },
  enterWriting: { waits: ['gate'], reads: ['gate', 'value'], writes: { gate: 1, value: 2 } },
  awaitGate: { waits: ['gate'], reads: ['gate'], writes: {} },
  awaitValue: { waits: ['value'], reads: ['value'], writes: { gate: 0 } },
  awaitBoth: { waits: ['gate', 'value'], reads: ['gate', 'value'], writes: {} },
  open: { waits: [], reads: [], writes: { gate: 0 } },
  look: { waits: [], reads: ['gate'], writes: {} },
  read: { waits: [], reads: ['value'], writes: {} },
  set: { waits: [], reads: [], writes: { value: 1 } },
  clear: { waits: [], reads: [], writes: { value: 0 } },
} satisfies Record<string, Kind>
type Name = keyof typeof KINDS

const ONE_WORD: readonly Name[] = ['enter', 'open', 'look', 'awaitGate', 'enter', 'open']
const TWO_WORDS: readonly Name[] = [
  'enter',
  'enterReading',
  'enterWriting',
  'open',
  'open',
  'look',
  'read',
  'set',
  'clear',
]
const TWO_WAITS: readonly Name[] = ['enter', 'open', 'read', 'set', 'clear', 'awaitValue', 'enterReading', 'look']

/** An object of one's own whose operations wait for one word and touch others as well. */
class Turnstile implements SharedObject {
  readonly kind = 'turnstile'
  readonly name = 'turnstile'
  readonly words: Readonly<Record<Word, number>>

  constructor(words: Readonly<Record<Word, number>>) {
    this.words = words
  }

  pass(name: Name): Steps<void> {
    return perform(new Pass(this, name))
  }

  show(world: WorldView): unknown {
    return [world.read(this.words.gate), world.read(this.words.value)]
  }
}

class Pass implements Operation<void> {
  readonly args = []
  readonly place = undefined
  readonly cost = 'atomic'
  readonly object: Turnstile
  readonly name: Name
  readonly #kind: Kind

  constructor(object: Turnstile, name: Name) {
    this.object = object
    this.name = name
    this.#kind = KINDS[name]
  }

  ways(world: WorldView): number {
    return this.#kind.waits.every((word) => world.read(this.object.words[word]) === 0) ? 1 : 0
  }

  apply(world: WorldAccess): void {
    for (const [word, value] of Object.entries(this.#kind.writes)) world.write(this.object.words[word as Word], value)
  }

  footprint() {
    const { words } = this.object
    return {
      reads: this.#kind.reads.map((word) => words[word]),
      writes: Object.keys(this.#kind.writes).map((word) => words[word as Word]),
    }
  }

  label(): string {
    return this.name
  }

  holder(): null {
    return null
  }
}

function turnstileProgram(bodies: readonly (readonly Name[])[]): Program {
  return program('turnstile', {}, (_params, p) => {
    const turnstile = p.declare(
      'turnstile',
      'turnstile',
      (words) => new Turnstile({ gate: words.int('gate', 0), value: words.int('value', 0) }),
    )
    bodies.forEach((body, i) =>
      p.thread(`T${i}`, function* () {
        for (const name of body) yield* turnstile.pass(name)
      }),
    )
  })
}

function bodiesOf(names: readonly Name[], most = 4) {
  const body = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
  return fc.array(body, { minLength: 2, maxLength: most })
}

/** The trace of a schedule as a text: of every word its writers in order, and the readers between them. */
function traceOf(subject: Program, { schedule }: DporExecution): string {
  const session = new Session(subject)
  const indices = new Map<number, number>()
  const words = new Map<number, string[][]>()
  for (const { thread: path } of schedule) {
    const thread = session.threads.all.find((entry) => entry.path.join() === path.join())!
    const index = indices.get(thread.index) ?? 0
    indices.set(thread.index, index + 1)
    const { reads, writes } = session.image.operations.get(session.node(thread.index))!.footprint(session.world, 0)
    for (const word of new Set([...reads, ...writes])) {
      const accesses = words.get(word) ?? [[]]
      words.set(word, accesses)
      if (writes.includes(word)) accesses.push([`${thread.code}${index}!`], [])
      else accesses.at(-1)!.push(`${thread.code}${index}`)
    }
    session.step(thread.index, 0)
  }
  return [...words]
    .map(([word, accesses]) => `${word}: ${accesses.map((group) => group.sort().join()).join(' ')}`)
    .sort()
    .join('; ')
}

function tracesOf(subject: Program): number {
  const { complete, deadlocked } = countTraces(subject)!
  return complete + deadlocked
}

describe('With objects of one’s own that make threads wait', () => {
  test('dpor executes every trace exactly once if operations touch one word', () => {
    fc.assert(
      fc.property(bodiesOf(ONE_WORD), (bodies) => {
        const subject = turnstileProgram(bodies)
        expect(dporExecutions(subject)).toHaveLength(tracesOf(subject))
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  for (const [what, names] of [
    ['touch other words as well', TWO_WORDS],
    ['wait for one word or for another', TWO_WAITS],
  ] as const)
    test(`no trace is missed if operations ${what}, and hardly any is executed twice`, () => {
      const counts = { traces: 0, executions: 0 }
      fc.assert(
        fc.property(bodiesOf(names), (bodies) => {
          const subject = turnstileProgram(bodies)
          const executions = dporExecutions(subject)
          const traces = new Set(executions.map((execution) => traceOf(subject, execution)))
          expect(traces.size).toBe(tracesOf(subject))
          counts.traces += traces.size
          counts.executions += executions.length
        }),
        { seed: SEED, numRuns: 150 },
      )
      expect(counts.executions).toBeLessThan(counts.traces * 1.02)
    })

  test('dpor refuses operations that wait for two words at once', async () => {
    const subject = turnstileProgram([['enter'], ['set'], ['awaitBoth']])

    await expect(explore(subject, { strategy: 'dpor' })).rejects.toMatchObject({
      code: 'usage/waits-for-several-words',
      message: 'strategy dpor cannot explore awaitBoth on turnstile “turnstile”: it waits for what several words hold',
    })
    expect((await explore(subject)).complete).toBe(true)
  })

  test('the number of branches that wait makes no difference', () => {
    fc.assert(
      fc.property(bodiesOf(ONE_WORD, 3), fc.integer({ min: 0, max: 3 }), (bodies, maxWaiting) => {
        const subject = turnstileProgram(bodies)
        const [some, all] = [dporExecutions(subject, maxWaiting), dporExecutions(subject)]
        const traces = (executions: DporExecution[]) => executions.map((one) => traceOf(subject, one)).sort()
        expect(traces(some)).toEqual(traces(all))
      }),
      { seed: SEED, numRuns: 100 },
    )
  })
})
