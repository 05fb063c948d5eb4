import type { Footprint } from '../engine/footprint.js'
import {
  type CostClass,
  formatData,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import type { Place } from '../engine/place.js'

/** What came of waiting with a timeout. */
export type Timed<R> = { readonly timedOut: false; readonly result: R } | { readonly timedOut: true }

/**
 * Waits for an operation, but no longer than `seconds`. Without a clock a timeout may fire at any moment while the
 * operation has to wait, so that it never blocks: whether it fires depends on when its thread steps, which is explored.
 *
 * @param giveUp what a timeout changes, if anything: a waiter takes itself off a list, say. One step, never blocked.
 */
export function* withTimeout<R>(operation: Operation<R>, seconds: number, giveUp?: Operation): Steps<Timed<R>> {
  return yield* perform(new TimedOperation(operation, seconds, giveUp))
}

class TimedOperation<R> implements Operation<Timed<R>> {
  readonly object: SharedObject | null
  readonly name: string
  readonly args: readonly unknown[]
  readonly cost: CostClass
  readonly place: Place | undefined
  readonly words: readonly number[] | undefined
  readonly #waited: Operation<R>
  readonly #giveUp: Operation | undefined

  constructor(waited: Operation<R>, seconds: number, giveUp: Operation | undefined) {
    this.object = waited.object
    this.name = waited.name
    this.args = [...waited.args, { timeout: seconds }]
    this.cost = waited.cost
    this.place = waited.place
    this.words = wordsOfBoth(waited, giveUp)
    this.#waited = waited
    this.#giveUp = giveUp
  }

  ways(world: WorldView, thread: number): number {
    return Math.max(1, this.#waited.ways(world, thread))
  }

  apply(world: WorldAccess, way: number, thread: number): Timed<R> {
    if (this.#waited.ways(world, thread) > 0) return { timedOut: false, result: this.#waited.apply(world, way, thread) }
    this.#giveUp?.apply(world, 0, thread)
    return { timedOut: true }
  }

  footprint(world: WorldView, thread: number): Footprint {
    const waited = this.#waited.footprint(world, thread)
    if (this.#waited.ways(world, thread) > 0) return waited
    const givingUp = this.#giveUp?.footprint(world, thread)
    return {
      reads: [...new Set([...waited.reads, ...waited.writes, ...(givingUp?.reads ?? [])])],
      writes: givingUp?.writes ?? [],
    }
  }

  label(outcome: unknown): string {
    const { timeout } = this.args.at(-1) as { timeout: number }
    const ended = outcome as Timed<R> | undefined
    const result = ended === undefined || ended.timedOut ? undefined : ended.result
    const call = `${this.#waited.label(result)} (timeout ${formatData(timeout)})`
    return ended?.timedOut === true ? `${call}: timed out` : call
  }

  holder(world: WorldView): number | null {
    return this.#waited.holder(world)
  }
}

function wordsOfBoth(waited: Operation, giveUp: Operation | undefined): readonly number[] | undefined {
  if (giveUp === undefined || waited.words === undefined) return waited.words
  return giveUp.words === undefined ? undefined : [...waited.words, ...giveUp.words]
}
