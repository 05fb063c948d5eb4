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

const WORDS = 3

/** What an operation does with one word: waits until it is 0, reads it, or writes to it. */
type Touch = 'wait' | 'read' | 0 | 1 | 2

/** Looks at a word and touches the word that its content stands for, in one of some ways. */
export interface Turn {
  readonly selector: number
  /** By the selector's content: what is done with the word of that number. */
  readonly touches: readonly Touch[]
  readonly ways: number
}

/** An object of one's own whose operations touch different words in different states. */
class Relay implements SharedObject {
  readonly kind = 'relay'
  readonly name: string
  readonly words: readonly number[]

  constructor(name: string, words: readonly number[]) {
    this.name = name
    this.words = words
  }

  take(turn: Turn): Steps<number> {
    return perform(new Take(this, turn))
  }

  show(world: WorldView): unknown {
    return this.words.map((word) => world.read(word))
  }
}

class Take implements Operation<number> {
  readonly name = 'take'
  readonly place = undefined
  readonly cost = 'atomic'
  readonly object: Relay
  readonly args: readonly unknown[]
  readonly #turn: Turn

  constructor(object: Relay, turn: Turn) {
    this.object = object
    this.#turn = turn
    this.args = [turn]
  }

  ways(world: WorldView): number {
    const { word, touch } = this.#target(world)
    return touch === 'wait' && world.read(word) !== 0 ? 0 : this.#turn.ways
  }

  apply(world: WorldAccess, way: number): number {
    const { word, touch } = this.#target(world)
    const before = world.read(word)
    if (typeof touch === 'number') world.write(word, (touch + way) % WORDS)
    return touch === 'read' ? before : 0
  }

  footprint(world: WorldView) {
    const { word, touch } = this.#target(world)
    const selector = this.object.words[this.#turn.selector]!
    return { reads: [selector, word], writes: typeof touch === 'number' ? [word] : [] }
  }

  label(): string {
    return this.name
  }

  holder(): null {
    return null
  }

  #target(world: WorldView): { readonly word: number; readonly touch: Touch } {
    const number = world.read(this.object.words[this.#turn.selector]!)
    return { word: this.object.words[number]!, touch: this.#turn.touches[number]! }
  }
}

const anyTouch = fc.constantFrom<Touch>('wait', 'wait', 'read', 0, 0, 1, 2)
const anyTurn: fc.Arbitrary<Turn> = fc.record({
  selector: fc.nat(WORDS - 1),
  touches: fc.tuple(anyTouch, anyTouch, anyTouch),
  ways: fc.constantFrom(1, 1, 1, 2),
})

/** Which of some relays a thread turns to, and a step before on a word of its own or on a lock. */
interface Act {
  readonly relay: number
  readonly before: 'nothing' | 'own' | 'lock' | 'unlock'
  readonly turn: Turn
}

const anyAct: fc.Arbitrary<Act> = fc.record({
  relay: fc.constantFrom(0, 0, 1),
  before: fc.constantFrom('nothing', 'nothing', 'own', 'lock', 'unlock'),
  turn: anyTurn,
})

interface Script {
  readonly initial: readonly number[]
  readonly threads: readonly (readonly Act[])[]
  readonly watched: number
}

/** Programs on relays. */
export const anyRelayProgram: fc.Arbitrary<Program> = fc
  .record({
    initial: fc.array(fc.nat(WORDS - 1), { minLength: 2 * WORDS, maxLength: 2 * WORDS }),
    threads: fc.array(fc.array(anyAct, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 }),
    watched: fc.constantFrom(-1, -1, 0, 1),
  })
  .map((script) => ({ ...relayProgram(script), [fc.toStringMethod]: () => JSON.stringify(script) }) as Program)

/** The program of a script, as fast-check shows it where one fails. */
export function relayProgram({ initial, threads, watched }: Script): Program {
  return program('relays', {}, (_params, p) => {
    const lock = p.lock('lock')
    const relays = [0, 1].map((number) =>
      p.declare(
        'relay',
        `relay ${number}`,
        (words) =>
          new Relay(
            `relay ${number}`,
            Array.from({ length: WORDS }, (_, i) => words.int(`word ${i}`, initial[number * WORDS + i]!)),
          ),
      ),
    )
    threads.forEach((acts, i) => {
      const own = p.atomic(`own ${i}`, 0)
      p.thread(`T${i}`, function* () {
        let seen = 0
        for (const { relay, before, turn } of acts) {
          if (before === 'own') yield* own.add(1)
          if (before === 'lock') yield* lock.acquire()
          if (before === 'unlock' && seen === 0) yield* lock.release()
          seen = yield* relays[relay]!.take(turn)
        }
        return seen
      })
    })
    if (watched < 0) return
    // Looks at the second relay in some states only.
    p.always('two words are not alike', (now) => {
      const [first, second] = relays.map((relay) => () => now(relay) as unknown as readonly number[])
      const content = first!()[watched]!
      return content === 0 || second!()[watched] !== content
    })
  })
}
