import { MisuseError } from '../engine/errors.js'
import { Semaphore } from './semaphore.js'
import type { Transition } from './transition.js'

/**
 * A counting semaphore with the semantics of Python's `threading.BoundedSemaphore`: a semaphore that never has more permits
 * than at first. One release too many is misuse, and changes nothing.
 *
 * Declared by `p.boundedSemaphore(name, permits)`. Every operation is one step.
 */
export class BoundedSemaphore extends Semaphore {
  override readonly kind: string = 'bounded semaphore'
  readonly #bound: number

  constructor(name: string, word: number, bound: number) {
    super(name, word)
    this.#bound = bound
  }

  protected override releasing(permits: number): Transition<number, void> {
    const releasing = super.releasing(permits)
    return {
      ...releasing,
      step: (left, way, self) => {
        const effect = releasing.step(left, way, self)
        if (effect.state > this.#bound) throw new MisuseError(this.#oneTooMany(left, permits))
        return effect
      },
    }
  }

  #oneTooMany(left: number, permits: number): string {
    const released = permits === 1 ? 'is released' : `is released ${permits} times`
    return `${this.kind} “${this.name}” ${released}, but ${left} of its ${this.#bound} permits are back already`
  }
}
