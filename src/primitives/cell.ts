import * as Code from '../engine/code.js'
import { InstructionOperation } from '../engine/instruction-operation.js'
import { type Operation, perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'

/**
 * Plain memory, shared without any synchronisation: two threads of which one writes race.
 *
 * Declared by `p.cell(name, initial)`. Every access is one step.
 */
export class Cell<T> implements SharedObject {
  readonly kind = 'cell'
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

  show(world: WorldView): unknown {
    return world.value(this.#word)
  }

  #operation(name: string, args: readonly unknown[], code: Code.Any): InstructionOperation {
    return new InstructionOperation(
      { name, object: this, args, cost: code === Code.Load ? 'load' : 'store', place: recordedPlace() },
      { code, word: this.#word, a: args[0], plain: true },
    )
  }
}
