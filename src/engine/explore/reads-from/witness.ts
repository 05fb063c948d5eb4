import { grownTo } from '../dpor/grown-array.js'

/** A schedule of all events of a graph in which every read reads from its source. */
export class Witness {
  order = new Int32Array(64)
  /** By event: where it stands in the order. */
  places = new Int32Array(64)
  count = 0

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.order.length * 8
  }

  /** A new event comes last. */
  append(event: number): void {
    this.#cover(event)
    this.order[this.count] = event
    this.places[event] = this.count++
  }

  /** A new event comes in at a place. */
  insert(event: number, place: number): void {
    this.#cover(event)
    this.order.copyWithin(place + 1, place, this.count)
    this.order[place] = event
    this.count++
    for (let at = place; at < this.count; at++) this.places[this.order[at]!] = at
  }

  /** Another schedule, of as many events as there are now. */
  replace(order: Int32Array, count: number): void {
    this.#cover(count)
    this.count = count
    for (let at = 0; at < count; at++) {
      this.order[at] = order[at]!
      this.places[order[at]!] = at
    }
  }

  /** Leaves the last events out. */
  cut(count: number): void {
    this.count = count
  }

  #cover(event: number): void {
    if (event < this.order.length) return
    this.order = grownTo(this.order, event * 2)
    this.places = grownTo(this.places, event * 2)
  }
}
