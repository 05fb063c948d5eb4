import { doubled, type EventSlots } from './event-slots.js'

/** Up to this length, what comes in no order is put in order by insertion. */
const INSERTION = 24

/** Events in ascending order, taken from the front and added behind the last. */
export class EventRun {
  readonly #slots: EventSlots
  #run = new Int32Array(64)
  #head = 0
  #end = 0

  constructor(slots: EventSlots) {
    this.#slots = slots
  }

  get isEmpty(): boolean {
    return this.#head === this.#end
  }

  /** The slot of the first event; −1 if there is none. */
  get first(): number {
    return this.#head === this.#end ? -1 : this.#run[this.#head]!
  }

  removeFirst(): void {
    this.#head++
  }

  /** Adds an event if it comes after all others. */
  append(slot: number): boolean {
    if (this.#slots.isBefore(slot, this.#run[this.#end - 1]!)) return false
    this.#push(slot)
    return true
  }

  /**
   * Fills the empty run from a linked list until it would have to sort too many events: what it returns is the rest of the
   * list, −1 if nothing is left. A list that is in order, as that of equal times is, fits in at any length.
   */
  fill(list: number): number {
    const { next } = this.#slots
    this.#head = 0
    this.#end = 0
    let slot = list
    for (; slot !== -1; slot = next[slot]!) {
      if (this.#end > 0 && this.#slots.isBefore(slot, this.#run[this.#end - 1]!)) {
        if (this.#end >= INSERTION) break
        this.#insert(slot)
      } else {
        this.#push(slot)
      }
    }
    return slot
  }

  /** Empties the run. */
  drain(take: (slot: number) => void): void {
    while (this.#head < this.#end) take(this.#run[this.#head++]!)
  }

  #push(slot: number): void {
    if (this.#end === this.#run.length) this.#makeRoom()
    this.#run[this.#end++] = slot
  }

  #insert(slot: number): void {
    this.#push(slot)
    const run = this.#run
    let place = this.#end - 1
    for (; place > 0 && this.#slots.isBefore(slot, run[place - 1]!); place--) run[place] = run[place - 1]!
    run[place] = slot
  }

  #makeRoom(): void {
    if (2 * this.#head < this.#run.length) {
      this.#run = doubled(this.#run)
      return
    }
    this.#run.copyWithin(0, this.#head, this.#end)
    this.#end -= this.#head
    this.#head = 0
  }
}
