import { formatData } from '../../operation.js'

const SMALL = 1 << 29
const NOTHING = 0

/** Plain data as integers: small ones stand for themselves, everything else is kept once. */
export class ValueTable {
  readonly #values: unknown[] = [undefined]
  readonly #numbers = new Map<string, number>()

  encode(value: unknown): number {
    if (typeof value === 'number' && (value | 0) === value && value < SMALL && value >= -SMALL && !Object.is(value, -0))
      return 2 * value + 1
    return value === undefined ? NOTHING : 2 * this.#numberOf(value)
  }

  decode(code: number): unknown {
    return (code & 1) === 1 ? (code - 1) / 2 : this.#values[code / 2]
  }

  #numberOf(value: unknown): number {
    const key = `${typeof value} ${Object.is(value, -0) ? '-0' : formatData(value)}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#values.push(value) - 1
      this.#numbers.set(key, number)
    }
    return number
  }
}
