const NONE = -1

/** Numbers from 0 in the order in which they came, in a ring that grows: `Array.shift` would move all of a long queue. */
export class FifoQueue {
  #ring = new Int32Array(16)
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#ring[(this.#first + this.#length++) & (this.#ring.length - 1)] = value
  }

  /** Takes out who came first; −1 if there is nobody. */
  shift(): number {
    if (this.#length === 0) return NONE
    const value = this.#ring[this.#first]!
    this.#first = (this.#first + 1) & (this.#ring.length - 1)
    this.#length--
    return value
  }

  #grow(): void {
    const ring = new Int32Array(2 * this.#ring.length)
    for (let i = 0; i < this.#length; i++) ring[i] = this.#ring[(this.#first + i) & (this.#ring.length - 1)]!
    this.#ring = ring
    this.#first = 0
  }
}
