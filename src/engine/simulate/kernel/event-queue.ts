import { EventCalendar } from './event-calendar.js'
import { EventHeap } from './event-heap.js'
import { EventRun } from './event-run.js'
import { type EventId, EventSlots } from './event-slots.js'
import { KernelError } from './kernel-error.js'
import { PRIORITY_CLASSES } from './priority.js'

const SEQUENCES = 2 ** 48
/** With more events than this the calendar is opened, and with fewer than that it is folded up. */
const MANY = 48
const FEW = 16
/** Cancelled events stay where they are until they come up, or until they are more than the others and this. */
const CANCELLED = 64

/**
 * Pending events in their total order: time, then priority class, then the order in which they were added.
 *
 * A few events are a heap (`EventHeap`). Of many, only those of the next moments are in order: the rest is in the
 * buckets of a calendar (`EventCalendar`), the next of which becomes a sorted run (`EventRun`) when its time has come; what is
 * added to the present moment after that goes to the heap. Measured (hold model, exponential delays): as fast as a heap
 * alone with 3 events, 1.4 times as fast with 100, 2.5 times with 1000, 3 times with 4096, and no slower with more; for
 * events of equal times 3 times as fast. Nothing is allocated for an event, and the worst case is that of a heap.
 */
export class EventQueue {
  readonly #slots = new EventSlots()
  readonly #heap = new EventHeap(this.#slots)
  readonly #run = new EventRun(this.#slots)
  readonly #calendar = new EventCalendar(this.#slots)
  #sequence = 0
  #size = 0
  #cancelled = 0
  /** How many came late, to a moment that was open, since the calendar was last made. */
  #late = 0

  /** How many events are pending; cancelled ones are not. */
  get size(): number {
    return this.#size
  }

  /** The time of the first event, Infinity if there is none. */
  get nextTime(): number {
    const slot = this.#first()
    return slot === -1 ? Infinity : this.#slots.time[slot]!
  }

  /**
   * Adds an event and returns its slot, which is its own until it is taken or cancelled.
   *
   * @param time any number but infinities and NaN; not checked here.
   * @param priority a whole number from 0 to 31.
   * @throws KernelError `kernel/priority`, `kernel/full`, `kernel/overflow`
   */
  add(time: number, priority: number): number {
    if (priority >>> 0 !== priority || priority >= PRIORITY_CLASSES) throw wrongPriority(priority)
    if (this.#sequence === SEQUENCES) throw new KernelError('kernel/overflow', 'More than 2^48 events.')
    const slot = this.#slots.claim(time, priority * SEQUENCES + this.#sequence++)
    this.#size++
    if (!this.#calendar.add(slot)) this.#addNear(slot)
    return slot
  }

  /** The number of the event that is in this slot now. */
  idOf(slot: number): EventId {
    return this.#slots.idOf(slot)
  }

  /** Takes the event out of the queue; false if it has been taken or cancelled before. */
  cancel(id: EventId): boolean {
    const slot = this.#slots.slotOf(id)
    if (slot === -1) return false
    this.#slots.kill(slot)
    this.#size--
    if (++this.#cancelled > this.#size + CANCELLED) this.#rearrange()
    return true
  }

  /** Takes the first event out and returns its slot; −1 if there is none up to and at that time. */
  take(until = Infinity): number {
    const slot = this.#first()
    if (slot === -1 || this.#slots.time[slot]! > until) return -1
    this.#removeFirst(slot)
    this.#slots.kill(slot)
    this.#slots.release(slot)
    this.#size--
    return slot
  }

  /** The time of the event that was last in this slot. */
  timeOf(slot: number): number {
    return this.#slots.time[slot]!
  }

  #addNear(slot: number): void {
    if (!this.#run.isEmpty && this.#run.append(slot)) return
    this.#heap.add(slot)
    // Once for as many events as there are: then rearranging them costs each of them a constant.
    if (++this.#late >= this.#size && this.#heap.size > MANY && 2 * this.#heap.size > this.#size) this.#rearrange()
  }

  #first(): number {
    for (;;) {
      const slot = this.#firstNear()
      if (slot === -1) {
        if (this.#size === 0) return -1
        this.#openNext()
      } else {
        if (this.#slots.isAlive(slot)) return slot
        this.#removeFirst(slot)
        this.#forget(slot)
      }
    }
  }

  #firstNear(): number {
    const ofRun = this.#run.first
    const ofHeap = this.#heap.first
    if (ofRun === -1) return ofHeap
    return ofHeap === -1 || this.#slots.isBefore(ofRun, ofHeap) ? ofRun : ofHeap
  }

  #removeFirst(slot: number): void {
    if (slot === this.#run.first) this.#run.removeFirst()
    else this.#heap.removeFirst()
  }

  /** Run and heap are empty, the calendar is not. */
  #openNext(): void {
    if (this.#size < FEW || this.#calendar.isWornOut) this.#rearrange()
    if (!this.#calendar.isOpen) return
    const { next } = this.#slots
    for (let slot = this.#run.fill(this.#calendar.open()); slot !== -1;) {
      const following = next[slot]!
      this.#heap.add(slot)
      slot = following
    }
  }

  /** Makes a new calendar of all events, or a heap if they are few, and forgets the cancelled ones. */
  #rearrange(): void {
    this.#late = 0
    this.#calendar.foldUp()
    this.#run.drain(this.#toFar)
    this.#heap.drain(this.#toFar)
    if (this.#cancelled > 0) this.#calendar.drainFar(this.#toFar)
    if (this.#size < MANY) this.#calendar.drainFar(this.#toHeap)
    else this.#calendar.spread()
  }

  readonly #toFar = (slot: number): void => {
    if (this.#slots.isAlive(slot)) this.#calendar.addFar(slot)
    else this.#forget(slot)
  }

  readonly #toHeap = (slot: number): void => this.#heap.add(slot)

  #forget(slot: number): void {
    this.#cancelled--
    this.#slots.release(slot)
  }
}

function wrongPriority(priority: number): KernelError {
  return new KernelError('kernel/priority', `Priority classes are whole numbers from 0 to 31, not ${priority}.`)
}
