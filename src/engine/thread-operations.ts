import type { Footprint } from './footprint.js'
import * as Code from './code.js'
import { type CostClass, formatData, type InstructionForm, type Operation, type ThreadBody } from './operation.js'
import type { Place } from './place.js'

const NOTHING: Footprint = { reads: [], writes: [] }

/** An operation on no object: it can always proceed and touches nothing but the thread itself. */
abstract class ThreadOperation implements Operation {
  abstract readonly name: string
  abstract readonly instruction: InstructionForm
  readonly object = null
  readonly args: readonly unknown[]
  readonly cost: CostClass
  readonly place: Place | undefined
  readonly isTimed: boolean = false

  constructor(args: readonly unknown[], cost: CostClass, place: Place | undefined) {
    this.args = args
    this.cost = cost
    this.place = place
  }

  ways(): number {
    return 1
  }

  apply(_world: unknown, _way: number): unknown {
    return undefined
  }

  footprint(): Footprint {
    return NOTHING
  }

  label(result: unknown): string {
    const call = [this.name, this.args.map(formatData).join(', ')].filter((part) => part !== '').join(' ')
    return typeof result === 'number' ? `${call} → ${result}` : call
  }

  holder(): null {
    return null
  }
}

/** `sleep`, `compute`, `io`, `yieldNow`. */
export class Pause extends ThreadOperation implements Operation<void> {
  readonly name: string
  readonly instruction: InstructionForm = { code: Code.Pause, word: -1 }
  override readonly isTimed: boolean

  constructor(name: string, args: readonly unknown[], cost: CostClass, place: Place | undefined) {
    super(args, cost, place)
    this.name = name
    this.isTimed = name === 'sleep'
  }

  override apply(): void {}
}

/** `progress`: a step that touches nothing and says that its thread gets on. */
export class Progress extends ThreadOperation implements Operation<void> {
  readonly name = 'progress'
  readonly instruction: InstructionForm = { code: Code.Pause, word: -1, progress: true }

  constructor(place: Place | undefined) {
    super([], 'none', place)
  }

  override apply(): void {}
}

/** `choose`: as many ways as asked for, and the way taken as its result. */
export class Choose extends ThreadOperation implements Operation<number> {
  readonly name = 'choose'
  readonly instruction: InstructionForm
  readonly #ways: number

  constructor(ways: number, place: Place | undefined) {
    super([ways], 'none', place)
    this.#ways = ways
    this.instruction = { code: Code.Choose, word: -1, a: ways }
  }

  override ways(): number {
    return this.#ways
  }

  override apply(_world: unknown, way: number): number {
    return way
  }
}

/** `assume`: an execution in which it is false is dropped by the machine that runs it. */
export class Assume extends ThreadOperation implements Operation<void> {
  readonly name = 'assume'
  readonly instruction: InstructionForm

  constructor(condition: boolean, place: Place | undefined) {
    super([condition], 'none', place)
    this.instruction = { code: Code.Assume, word: -1, a: condition ? 1 : 0 }
  }

  override apply(): void {}
}

/** `spawn`: the engine gives the child its first node; the child's word is all it writes. */
export class Spawn extends ThreadOperation {
  readonly name = 'spawn'
  readonly instruction: InstructionForm = { code: Code.Spawn, word: -1 }
  readonly givenName: string | undefined
  readonly body: ThreadBody
  readonly daemon: boolean

  /** Whether somebody is expected to join the thread: not those that a library starts for purposes of its own. */
  readonly isToBeJoined: boolean

  constructor(
    givenName: string | undefined,
    body: ThreadBody,
    daemon: boolean,
    place: Place | undefined,
    isToBeJoined = false,
  ) {
    super(givenName === undefined ? [] : [givenName], 'synchronisation', place)
    this.givenName = givenName
    this.body = body
    this.daemon = daemon
    this.isToBeJoined = isToBeJoined && !daemon
  }
}
