import type { Footprint } from '../engine/footprint.js'
import { Code } from '../engine/instruction.js'
import { InstructionOperation } from '../engine/instruction-operation.js'
import {
  formatData,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import { type Place, recordedPlace } from '../engine/place.js'

/**
 * A sequentially consistent atomic variable, with the operations and the results of JavaScript's `Atomics`: those that
 * change the value return the one before.
 *
 * Declared by `p.atomic(name, initial)`. Every operation is one step.
 */
export class Atomic<T> implements SharedObject {
  readonly kind = 'atomic'
  readonly name: string
  readonly #word: number
  /** Carries the type of the content; never present. */
  declare readonly contentType?: T

  constructor(name: string, word: number) {
    this.name = name
    this.#word = word
  }

  /** The present value. */
  read(): Steps<T> {
    return perform(this.#operation('read', [], Code.Load) as Operation<T>)
  }

  /** Replaces the value. */
  write(value: T): Steps<void> {
    return perform(this.#operation('write', [value], Code.Store) as Operation<void>)
  }

  /** Adds to an integer; returns the value before. A sum that leaves 32 bits is the program's fault. */
  add(this: Atomic<number>, delta: number): Steps<number> {
    return perform(this.#operation('add', [delta], Code.Add) as Operation<number>)
  }

  /** Replaces the value; returns the one before. */
  exchange(value: T): Steps<T> {
    return perform(this.#operation('exchange', [value], Code.Exchange) as Operation<T>)
  }

  /** Replaces the value if it equals `expected`; returns the value before, so that it succeeded if that equals `expected`. */
  compareExchange(expected: T, replacement: T): Steps<T> {
    return perform(this.#operation('compareExchange', [expected, replacement], Code.CompareExchange) as Operation<T>)
  }

  /** Replaces the value by `change(value)` in one step; returns the value before. `change` must be a pure function. */
  update(change: (value: T) => T): Steps<T> {
    return perform(new Update(this, this.#word, change, recordedPlace()))
  }

  show(world: WorldView): unknown {
    return world.value(this.#word)
  }

  #operation(name: string, args: readonly unknown[], code: Code): InstructionOperation {
    return new InstructionOperation(
      { name, object: this, args, cost: 'atomic', place: recordedPlace() },
      { code, word: this.#word, a: args[0], b: args[1] },
    )
  }
}

class Update<T> implements Operation<T> {
  readonly name = 'update'
  readonly args: readonly unknown[] = []
  readonly cost = 'atomic'
  readonly object: Atomic<T>
  readonly place: Place | undefined
  readonly words: readonly number[]
  readonly #word: number
  readonly #change: (value: T) => T

  constructor(object: Atomic<T>, word: number, change: (value: T) => T, place: Place | undefined) {
    this.object = object
    this.place = place
    this.words = [word]
    this.#word = word
    this.#change = change
  }

  ways(): number {
    return 1
  }

  apply(world: WorldAccess): T {
    const before = world.value(this.#word) as T
    world.setValue(this.#word, this.#change(before))
    return before
  }

  footprint(): Footprint {
    return { reads: [this.#word], writes: [this.#word] }
  }

  label(result: unknown): string {
    return `update → ${formatData(result)}`
  }

  holder(): null {
    return null
  }
}
