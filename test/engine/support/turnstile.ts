import {
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
/** An operation on a turnstile. */
export type Name = keyof typeof KINDS

/** Operations that touch one word. */
export const ONE_WORD: readonly Name[] = ['enter', 'open', 'look', 'awaitGate', 'enter', 'open']
/** Operations that wait for one word and touch two. */
export const TWO_WORDS: readonly Name[] = [
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
/** Operations that wait for one word or for the other. */
export const TWO_WAITS: readonly Name[] = [
  'enter',
  'open',
  'read',
  'set',
  'clear',
  'awaitValue',
  'enterReading',
  'look',
]

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

/** A program whose threads do so on one turnstile. */
export function turnstileProgram(bodies: readonly (readonly Name[])[]): Program {
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

/** What up to `most` threads do, by the given operations. */
export function bodiesOf(names: readonly Name[], most = 4) {
  const body = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
  return fc.array(body, { minLength: 2, maxLength: most })
}
