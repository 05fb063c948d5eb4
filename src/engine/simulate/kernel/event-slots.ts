import { KernelError } from './kernel-error.js'

/**
 * A number that stands for one event: the slot it is kept in, and the generation of that slot. Slots are used again,
 * generations are not, so that the number of an event that has fired or was cancelled never means another one.
 */
export type EventId = number

const SLOTS = 2 ** 24
const LAST_GENERATION = 2 ** 29 - 2

/**
 * Where the keys of events are kept: a slot for each event, in typed arrays that double when they are full.
 *
 * The fields are for the parts of the queue alone, whose inner loops read them.
 */
export class EventSlots {
  /** Time of the event in a slot, in picoseconds. */
  time = new Float64Array(64)
  /** Place among events of the same time; unlike for any two events. */
  order = new Float64Array(64)
  /** Links slots to lists: one list of the queue, or that of free slots. */
  next = new Int32Array(64)
  /** Odd while the event in the slot is alive. Keys stay when it dies, for it may still lie somewhere among others in order. */
  #generations = new Int32Array(64)
  #firstFree = -1
  #used = 0

  /** A slot for an event with that key. */
  claim(time: number, order: number): number {
    let slot = this.#firstFree
    if (slot === -1) slot = this.#newSlot()
    else this.#firstFree = this.next[slot]!
    this.time[slot] = time
    this.order[slot] = order
    this.#generations[slot]!++
    return slot
  }

  /** Gives the slot of a dead event back. Its time can still be read until the next claim. */
  release(slot: number): void {
    // A slot whose generations are used up is left alone for ever.
    if (this.#generations[slot] === LAST_GENERATION) return
    this.next[slot] = this.#firstFree
    this.#firstFree = slot
  }

  isAlive(slot: number): boolean {
    return (this.#generations[slot]! & 1) === 1
  }

  /** The event will not fire (again), and its number means nothing from now on. Its slot stays taken until it is released. */
  kill(slot: number): void {
    this.#generations[slot]!++
  }

  isBefore(a: number, b: number): boolean {
    const timeA = this.time[a]!
    const timeB = this.time[b]!
    return timeA < timeB || (timeA === timeB && this.order[a]! < this.order[b]!)
  }

  idOf(slot: number): EventId {
    return this.#generations[slot]! * SLOTS + slot
  }

  /** The slot of an event that is alive; −1 for the number of any other. */
  slotOf(id: EventId): number {
    const slot = id % SLOTS
    return slot >= 0 && slot < this.#used && this.isAlive(slot) && this.idOf(slot) === id ? slot : -1
  }

  #newSlot(): number {
    if (this.#used === SLOTS) throw new KernelError('kernel/full', `More than ${SLOTS} events are pending at once.`)
    if (this.#used === this.next.length) this.#grow()
    return this.#used++
  }

  #grow(): void {
    const length = 2 * this.next.length
    this.time = copied(this.time, new Float64Array(length))
    this.order = copied(this.order, new Float64Array(length))
    this.next = copied(this.next, new Int32Array(length))
    this.#generations = copied(this.#generations, new Int32Array(length))
  }
}

/** An array of twice the length with the same beginning. */
export function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  return copied(array, new Int32Array(2 * array.length))
}

function copied<T extends Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(from: T, to: T): T {
  to.set(from)
  return to
}
