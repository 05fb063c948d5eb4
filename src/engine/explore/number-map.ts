import { mix } from '../content-hash.js'

/** A map from whole numbers (0 … 2^53) to numbers, in typed arrays: no allocation per entry. */
export class NumberMap {
  #keys = new Float64Array(1024).fill(-1)
  #values = new Float64Array(1024)
  size = 0

  get bytes(): number {
    return this.#keys.length * 16
  }

  get(key: number): number | undefined {
    const at = this.#slot(key)
    return this.#keys[at] === key ? this.#values[at] : undefined
  }

  set(key: number, value: number): void {
    let at = this.#slot(key)
    if (this.#keys[at] !== key) {
      if (++this.size * 2 > this.#keys.length) {
        this.#grow()
        at = this.#slot(key)
      }
      this.#keys[at] = key
    }
    this.#values[at] = value
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1
    let at = mix((key | 0) ^ Math.imul((key / 0x100000000) | 0, 0x9e3779b1)) & mask
    while (this.#keys[at] !== -1 && this.#keys[at] !== key) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const keys = this.#keys
    const values = this.#values
    this.#keys = new Float64Array(keys.length * 2).fill(-1)
    this.#values = new Float64Array(keys.length * 2)
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === -1) continue
      const at = this.#slot(keys[i]!)
      this.#keys[at] = keys[i]!
      this.#values[at] = values[i]!
    }
  }
}
