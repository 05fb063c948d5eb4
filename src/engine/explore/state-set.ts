/** A set of states as plain data. */
export interface SavedStates {
  readonly bits: Int32Array<ArrayBuffer>
  readonly size: number
}

/** A set of states by index, one bit each. */
export class StateSet {
  #bits = new Int32Array(64)
  /** The number of states in the set. */
  size = 0

  add(state: number): void {
    const at = state >>> 5
    if (at >= this.#bits.length) this.#grow(at)
    const bit = 1 << (state & 31)
    if ((this.#bits[at]! & bit) !== 0) return
    this.#bits[at]! |= bit
    this.size++
  }

  has(state: number): boolean {
    const at = state >>> 5
    return at < this.#bits.length && (this.#bits[at]! & (1 << (state & 31))) !== 0
  }

  /** What `restore` needs. */
  get saved(): SavedStates {
    return { bits: this.#bits, size: this.size }
  }

  restore({ bits, size }: SavedStates): void {
    this.#bits = bits
    this.size = size
  }

  get bytes(): number {
    return this.#bits.length * 4
  }

  #grow(at: number): void {
    let length = this.#bits.length
    while (length <= at) length *= 2
    const larger = new Int32Array(length)
    larger.set(this.#bits)
    this.#bits = larger
  }
}
