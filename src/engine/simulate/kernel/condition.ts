import type { Environment } from './environment.js'
import { KernelError } from './kernel-error.js'
import { Occurrence, type Waiter } from './occurrence.js'

/** The values of several occurrences, in their order. */
export type ValuesOf<O extends readonly Occurrence[]> = {
  -readonly [Index in keyof O]: O[Index] extends Occurrence<infer T> ? T : never
}

/** Fires with all values when all have fired; fails when the first of them fails. Made by `Environment.allOf`. */
export class AllOf<O extends readonly Occurrence[]> extends Occurrence<ValuesOf<O>> implements Waiter {
  readonly #parts: O
  #missing = 0

  constructor(env: Environment, parts: O) {
    super(env)
    this.#parts = parts
    const failed = parts.find((part) => part.hasFailed)
    if (failed !== undefined) {
      env.noteHandled(failed)
      this.failWith(failed.error)
      return
    }
    for (const part of parts) {
      if (!part.isPending) continue
      this.#missing++
      part.addWaiter(this)
    }
    if (this.#missing === 0) this.#fire()
  }

  wake(part: Occurrence): void {
    if (!this.isPending) return
    if (part.hasFailed) {
      leave(this.#parts, this)
      this.failWith(part.error)
    } else if (--this.#missing === 0) {
      this.#fire()
    }
  }

  #fire(): void {
    this.settleWith(this.#parts.map((part) => part.value) as ValuesOf<O>)
  }
}

/**
 * Fires with the first of several occurrences to fire, the occurrence itself; fails if the first to happen fails. Of those
 * that have happened already it is the first in the list. The others go on: a request or timeout that is not wanted any more is to be withdrawn
 * or cancelled. Made by `Environment.anyOf`.
 */
export class AnyOf<O extends Occurrence> extends Occurrence<O> implements Waiter {
  readonly #parts: readonly O[]

  constructor(env: Environment, parts: readonly O[]) {
    super(env)
    if (parts.length === 0) throw new KernelError('kernel/wait', 'None of no occurrences will ever happen.')
    this.#parts = parts
    const first = parts.find((part) => !part.isPending)
    if (first === undefined) {
      for (const part of parts) part.addWaiter(this)
    } else if (first.hasFailed) {
      env.noteHandled(first)
      this.failWith(first.error)
    } else {
      this.settleWith(first)
    }
  }

  wake(part: Occurrence): void {
    if (!this.isPending) return
    leave(this.#parts, this)
    if (part.hasFailed) this.failWith(part.error)
    else this.settleWith(part as O)
  }
}

/** So that a later failure of another part is not taken for one that somebody was told of. */
function leave(parts: readonly Occurrence[], waiter: Waiter): void {
  for (const part of parts) if (part.isPending) part.removeWaiter(waiter)
}
