import { MisuseError } from '../engine/errors.js'
import type { Footprint } from '../engine/footprint.js'
import { formatCall, type Operation, type WorldAccess, type WorldView } from '../engine/operation.js'
import type { Place } from '../engine/place.js'
import type { Condition, ConditionState } from './condition.js'
import type { MonitorLock } from './monitor-lock.js'
import { countSubsets, subsetAt } from './subsets.js'
import { joined, left } from './waiting-list.js'

/** A condition as its operations see it: its word and its lock. */
export interface ConditionCore {
  readonly condition: Condition
  readonly word: number
  readonly lock: MonitorLock
}

/** An operation on a condition that whoever holds its lock may perform. It touches both words and never blocks. */
abstract class UnderLock<R> implements Operation<R> {
  abstract readonly name: string
  abstract readonly args: readonly unknown[]
  readonly cost = 'synchronisation'
  readonly object: Condition
  readonly place: Place | undefined
  protected readonly word: number
  protected readonly lock: MonitorLock

  constructor({ condition, word, lock }: ConditionCore, place: Place | undefined) {
    this.object = condition
    this.place = place
    this.word = word
    this.lock = lock
  }

  ways(world: WorldView, thread: number): number {
    return this.lock.isHeldBy(world, thread) ? this.waysInside(this.state(world)) : 1
  }

  apply(world: WorldAccess, way: number, thread: number): R {
    if (!this.lock.isHeldBy(world, thread))
      throw new MisuseError(`${this.misuse} condition “${this.object.name}” without holding its lock`)
    return this.applyInside(world, way, thread)
  }

  footprint(world: WorldView, thread: number): Footprint {
    const touched = [this.lock.word, this.word]
    return {
      reads: touched,
      writes: this.lock.isHeldBy(world, thread) ? this.writesInside(this.state(world)) : [],
    }
  }

  holder(): null {
    return null
  }

  abstract label(result: unknown): string
  /** What the thread does wrong that does not hold the lock, up to the name of the condition. */
  protected abstract readonly misuse: string
  protected abstract waysInside(state: ConditionState): number
  protected abstract applyInside(world: WorldAccess, way: number, thread: number): R
  protected abstract writesInside(state: ConditionState): readonly number[]

  protected state(world: WorldView): ConditionState {
    return world.value(this.word) as ConditionState
  }
}

/** What a thread must know to end its wait: how often it had the lock, and whether it wakes without being notified. */
export interface BegunWait {
  readonly levels: number
  readonly isSpurious: boolean
}

/**
 * Frees the lock and begins to wait. A second way is to wait without anybody who knows, so that the thread goes on whenever
 * it likes: a spurious wake-up, which takes no notify away from others and is not promised either.
 */
export class BeginWait extends UnderLock<BegunWait> {
  readonly name = 'wait'
  readonly args: readonly unknown[] = []
  protected readonly misuse = 'a thread waits for'
  readonly #unlimited: boolean

  constructor(core: ConditionCore, unlimited: boolean, place: Place | undefined) {
    super(core, place)
    this.#unlimited = unlimited
  }

  label(): string {
    return 'wait'
  }

  protected waysInside({ spuriousLeft }: ConditionState): number {
    return this.#unlimited || spuriousLeft > 0 ? 2 : 1
  }

  protected applyInside(world: WorldAccess, way: number, thread: number): BegunWait {
    const { waiting, spuriousLeft } = this.state(world)
    const levels = this.lock.releaseAll(world)
    const isSpurious = way === 1
    if (!isSpurious) world.setValue(this.word, { waiting: joined(waiting, world.identityOf(thread)), spuriousLeft })
    else if (!this.#unlimited) world.setValue(this.word, { waiting, spuriousLeft: spuriousLeft - 1 })
    return { levels, isSpurious }
  }

  protected writesInside(): readonly number[] {
    return [this.lock.word, this.word]
  }
}

/** Takes threads off the list of those who wait; the ways are the subsets that may be woken. */
export class Notify extends UnderLock<void> {
  readonly name: string
  readonly args: readonly unknown[]
  protected readonly misuse = 'a thread notifies'
  readonly #most: number

  /** @param most Infinity for all. */
  constructor(core: ConditionCore, most: number, place: Place | undefined) {
    super(core, place)
    this.#most = Math.max(0, most)
    this.name = most === Infinity ? 'notifyAll' : 'notify'
    this.args = most === 1 || most === Infinity ? [] : [most]
  }

  label(): string {
    return formatCall(this.name, this.args, undefined)
  }

  protected waysInside({ waiting }: ConditionState): number {
    return countSubsets(waiting.length, Math.min(waiting.length, this.#most))
  }

  protected applyInside(world: WorldAccess, way: number): void {
    const state = this.state(world)
    const woken = subsetAt(state.waiting, Math.min(state.waiting.length, this.#most), way)
    if (woken.length === 0) return
    world.setValue(this.word, { ...state, waiting: state.waiting.filter((identity) => !woken.includes(identity)) })
  }

  protected writesInside({ waiting }: ConditionState): readonly number[] {
    return waiting.length > 0 && this.#most > 0 ? [this.word] : []
  }
}

/** Takes the lock after a timeout, and only then leaves the list of those who wait. */
export class ReturnTimedOut implements Operation<void> {
  readonly name: string
  readonly args: readonly unknown[]
  readonly cost = 'synchronisation'
  readonly object: Operation['object']
  readonly place: Place | undefined
  readonly #acquiring: Operation<void>
  readonly #word: number

  constructor(acquiring: Operation<void>, word: number) {
    this.name = acquiring.name
    this.args = acquiring.args
    this.object = acquiring.object
    this.place = acquiring.place
    this.#acquiring = acquiring
    this.#word = word
  }

  ways(world: WorldView, thread: number): number {
    return this.#acquiring.ways(world, thread)
  }

  apply(world: WorldAccess, way: number, thread: number): void {
    this.#acquiring.apply(world, way, thread)
    const state = world.value(this.#word) as ConditionState
    const waiting = left(state.waiting, world.identityOf(thread))
    if (waiting !== state.waiting) world.setValue(this.#word, { ...state, waiting })
  }

  footprint(world: WorldView, thread: number): Footprint {
    const { reads, writes } = this.#acquiring.footprint(world, thread)
    const { waiting } = world.value(this.#word) as ConditionState
    const leaves = waiting.includes(world.identityOf(thread))
    return { reads: [...reads, this.#word], writes: leaves ? [...writes, this.#word] : writes }
  }

  label(result: unknown): string {
    return this.#acquiring.label(result)
  }

  holder(world: WorldView): number | null {
    return this.#acquiring.holder(world)
  }
}
