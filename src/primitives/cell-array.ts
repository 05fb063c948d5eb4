import * as Code from '../engine/code.js'
import { InstructionOperation } from '../engine/instruction-operation.js'
import { type Operation, perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'

/**
 * An array of plain cells of fixed length: accesses to different elements never conflict.
 *
 * Declared by `p.array(name, length)` or `p.array(name, initialValues)`. Every access is one step.
 */
export class CellArray<T> implements SharedObject {
  readonly kind = 'array'
  readonly name: string
  readonly #words: readonly number[]
  /** Carries the type of the content; never present. */
  declare readonly contentType?: readonly T[]

  constructor(name: string, words: readonly number[]) {
    this.name = name
    this.#words = words
  }

  /** The number of elements. */
  get length(): number {
    return this.#words.length
  }

  /**
   * Element `index`.
   *
   * @throws RangeError inside the thread if there is no such element.
   */
  read(index: number): Steps<T> {
    return perform(this.#operation('read', index, [index], Code.Load, undefined) as Operation<T>)
  }

  /**
   * Replaces element `index`.
   *
   * @throws RangeError inside the thread if there is no such element.
   */
  write(index: number, value: T): Steps<void> {
    return perform(this.#operation('write', index, [index, value], Code.Store, value) as Operation<void>)
  }

  show(world: WorldView): unknown {
    return this.#words.map((word) => world.value(word))
  }

  element(word: number): number {
    return this.#words.indexOf(word)
  }

  #operation(
    name: string,
    index: number,
    args: readonly unknown[],
    code: Code.Any,
    value: unknown,
  ): InstructionOperation {
    const word = this.#words[index]
    if (word === undefined)
      throw new RangeError(`array “${this.name}” has no element ${index}: its elements are 0 to ${this.length - 1}`)
    return new InstructionOperation(
      { name, object: this, args, cost: code === Code.Load ? 'load' : 'store', place: recordedPlace() },
      { code, word, a: value, plain: true },
    )
  }
}
