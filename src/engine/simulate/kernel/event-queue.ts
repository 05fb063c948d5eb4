import { KernelError } from './kernel-error.js'
import { PRIORITY_CLASSES } from './priority.js'

/**
 * A number that stands for one event: the slot it is kept in, and the generation of that slot. Slots are used again,
 * generations are not, so that the number of an event that has fired or was cancelled never means another one.
 */
export type EventId = number

/** The latest time there is, in picoseconds: a little more than 2.5 hours. */
export const MAX_TIME = Number.MAX_SAFE_INTEGER

const SLOTS = 2 ** 24
const GENERATIONS = 2 ** 29
const SEQUENCES = 2 ** 48
/** The order of a slot without an event. */
const VACANT = -1

/**
 * Pending events in their total order: time, then priority class, then the order in which they were added.
 */
export class EventQueue {
  /** By place in the heap. */
  #times = new Float64Array(64)
  #orders = new Float64Array(64)
  #slots = new Int32Array(64)
  #length = 0
  /** By slot. */
  #orderOf = new Float64Array(64).fill(VACANT)
  #generationOf = new Int32Array(64)
  #free: number[] = []
  #used = 0
  #sequence = 0
  #size = 0

  /** How many events are pending. */
  get size(): number {
    return this.#size
  }

  /** The time of the first event in picoseconds; Infinity if there is none. */
  get nextTime(): number {
    this.#dropCancelled()
    return this.#length === 0 ? Infinity : this.#times[0]
  }

  /**
   * Adds an event and returns its slot, which is its own until it is taken or cancelled.
   *
   * @param time in picoseconds, a whole number from 0 to `MAX_TIME`; not checked here.
   */
  add(time: number, priority: number): number {
    if (priority >>> 0 !== priority || priority >= PRIORITY_CLASSES) throw wrongPriority(priority)
    if (this.#sequence === SEQUENCES) throw new KernelError('kernel/overflow', 'More than 2^48 events.')
    const order = priority * SEQUENCES + this.#sequence++
    const slot = this.#free.pop() ?? this.#newSlot()
    this.#orderOf[slot] = order
    if (this.#length === this.#times.length) this.#growHeap()
    this.#siftUp(this.#length++, time, order, slot)
    this.#size++
    return slot
  }

  /** The number of the event that is in this slot now. */
  idOf(slot: number): EventId {
    return this.#generationOf[slot] * SLOTS + slot
  }

  /** Takes the event out of the queue; false if it has been taken or cancelled before. */
  cancel(id: EventId): boolean {
    const slot = id % SLOTS
    if (!(slot < this.#used) || this.#orderOf[slot] === VACANT || this.idOf(slot) !== id) return false
    this.#vacate(slot)
    return true
  }

  /** Takes the first event out and returns its slot; −1 if there is none. */
  take(): number {
    this.#dropCancelled()
    if (this.#length === 0) return -1
    const slot = this.#slots[0]
    this.#removeFirst()
    this.#vacate(slot)
    return slot
  }

  #dropCancelled(): void {
    while (this.#length > 0 && this.#orderOf[this.#slots[0]] !== this.#orders[0]) this.#removeFirst()
  }

  #vacate(slot: number): void {
    this.#orderOf[slot] = VACANT
    this.#size--
    // A slot whose generations are used up is left alone for ever.
    if (++this.#generationOf[slot] < GENERATIONS) this.#free.push(slot)
  }

  #removeFirst(): void {
    const last = --this.#length
    if (last > 0) this.#siftDown(this.#times[last], this.#orders[last], this.#slots[last])
  }

  #siftUp(from: number, time: number, order: number, slot: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const parentTime = this.#times[parent]
      if (parentTime < time || (parentTime === time && this.#orders[parent] < order)) break
      this.#move(parent, place)
      place = parent
    }
    this.#put(place, time, order, slot)
  }

  #siftDown(time: number, order: number, slot: number): void {
    const length = this.#length
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= length) break
      if (child + 1 < length && this.#isBefore(child + 1, child)) child++
      const childTime = this.#times[child]
      if (time < childTime || (time === childTime && order < this.#orders[child])) break
      this.#move(child, place)
      place = child
    }
    this.#put(place, time, order, slot)
  }

  #isBefore(a: number, b: number): boolean {
    const timeA = this.#times[a]
    const timeB = this.#times[b]
    return timeA < timeB || (timeA === timeB && this.#orders[a] < this.#orders[b])
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from], this.#orders[from], this.#slots[from])
  }

  #put(place: number, time: number, order: number, slot: number): void {
    this.#times[place] = time
    this.#orders[place] = order
    this.#slots[place] = slot
  }

  #growHeap(): void {
    this.#times = doubled(this.#times)
    this.#orders = doubled(this.#orders)
    this.#slots = doubled(this.#slots)
  }

  #newSlot(): number {
    if (this.#used === SLOTS) throw new KernelError('kernel/full', `More than ${SLOTS} events pending at once.`)
    if (this.#used === this.#orderOf.length) {
      this.#orderOf = doubled(this.#orderOf)
      this.#generationOf = doubled(this.#generationOf)
    }
    return this.#used++
  }
}

function doubled<T extends Float64Array | Int32Array>(array: T): T {
  const grown = new (array.constructor as new (length: number) => T)(2 * array.length)
  grown.set(array)
  return grown
}

function wrongPriority(priority: number): KernelError {
  return new KernelError('kernel/priority', `Priority classes are whole numbers from 0 to 31, not ${priority}.`)
}
