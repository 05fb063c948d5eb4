import type { Footprint } from './footprint.js'
import * as Code from './code.js'
import { MISUSE, resulting, stored } from './instruction.js'
import { MisuseError } from './errors.js'
import {
  type CostClass,
  formatCall,
  type InstructionForm,
  type Operation,
  type SharedObject,
  type WorldAccess,
  type WorldView,
} from './operation.js'
import type { Place } from './place.js'

/** What describes an operation apart from its effect. */
export interface OperationHeading {
  readonly name: string
  readonly object: SharedObject | null
  readonly args: readonly unknown[]
  readonly cost: CostClass
  readonly place: Place | undefined
}

/**
 * An operation that is one instruction on one word: the contract's answers follow from the instruction's definition, so
 * the search, which runs instructions directly, and everyone who asks the contract see the same semantics.
 */
export class InstructionOperation implements Operation {
  readonly name: string
  readonly object: SharedObject | null
  readonly args: readonly unknown[]
  readonly cost: CostClass
  readonly place: Place | undefined
  readonly instruction: InstructionForm
  readonly #joined: number

  /** @param joined the index of the thread that a join waits for. */
  constructor(heading: OperationHeading, instruction: InstructionForm, joined = -1) {
    this.name = heading.name
    this.object = heading.object
    this.args = heading.args
    this.cost = heading.cost
    this.place = heading.place
    this.instruction = instruction
    this.#joined = joined
  }

  ways(world: WorldView): number {
    if (this.instruction.code === Code.Acquire) return world.read(this.instruction.word) === 0 ? 1 : 0
    if (this.instruction.code === Code.Join) return world.hasEnded(this.#joined) ? 1 : 0
    return 1
  }

  apply(world: WorldAccess, way: number, thread: number): unknown {
    const { code, word, a, b } = this.instruction
    const old = world.read(word)
    switch (code) {
      case Code.Load:
        return world.value(word)
      case Code.Store:
        world.setValue(word, a)
        return undefined
      case Code.Exchange: {
        const before = world.value(word)
        world.setValue(word, a)
        return before
      }
      case Code.CompareExchange: {
        const before = world.value(word)
        if (world.equals(word, a)) world.setValue(word, b)
        return before
      }
      case Code.Add:
        world.setValue(word, old + (a as number))
        return old
      case Code.Join:
        return world.resultOf(this.#joined)
      case Code.Release:
        if (resulting(code, old, way) === MISUSE)
          throw new MisuseError(releasedFree(`${this.object?.kind} “${this.object?.name}”`))
        world.write(word, 0)
        return undefined
      default:
        world.write(word, stored(code, old, 0, 0, thread))
        return code === Code.TryAcquire ? old === 0 : undefined
    }
  }

  get joins(): number | undefined {
    return this.instruction.code === Code.Join ? this.#joined : undefined
  }

  footprint(world: WorldView): Footprint {
    const { code, word } = this.instruction
    const touched = [word]
    switch (code) {
      case Code.Load:
      case Code.Join:
        return { reads: touched, writes: [] }
      case Code.Store:
        return { reads: [], writes: touched }
      case Code.TryAcquire:
        return { reads: touched, writes: world.read(word) === 0 ? touched : [] }
      case Code.Release:
        // Of a free object it is a misuse, which changes nothing but the thread.
        return { reads: touched, writes: world.read(word) === 0 ? [] : touched }
      case Code.CompareExchange:
        return {
          reads: touched,
          writes: world.equals(word, this.instruction.a) ? touched : [],
        }
      default:
        return { reads: touched, writes: touched }
    }
  }

  label(result: unknown): string {
    return formatCall(this.name, this.args, result)
  }

  holder(world: WorldView): number | null {
    if (this.instruction.code === Code.Join) return this.#joined
    if (this.instruction.code !== Code.Acquire) return null
    return world.read(this.instruction.word) - 1
  }
}

/** The sentence for a release that finds nothing to release. */
export function releasedFree(object = 'an object'): string {
  return `${object} is released, but nobody holds it`
}
