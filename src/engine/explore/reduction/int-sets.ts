import { IntPairMap } from './int-pair-map.js'

/** Sets of integers as numbers: equal sets have equal numbers, 0 is the empty set. */
export class IntSets {
  readonly #sets: (readonly number[])[] = [[]]
  readonly #numbers = new Map<string, number>([['', 0]])
  readonly #sums = new IntPairMap()
  #bytes = 0

  get bytes(): number {
    return this.#bytes + this.#sums.bytes
  }

  /** The elements of a set, in increasing order. */
  elements(set: number): readonly number[] {
    return this.#sets[set]!
  }

  /** The set with one more element. */
  with(set: number, element: number): number {
    const known = this.#sums.get(set, element)
    if (known >= 0) return known
    const elements = this.#sets[set]!
    const sum = elements.includes(element) ? set : this.of([...elements, element])
    this.#sums.add(set, element, sum)
    return sum
  }

  /** The set of these elements, which are all different. */
  of(elements: readonly number[]): number {
    const sorted = elements.toSorted((a, b) => a - b)
    const key = sorted.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const set = this.#sets.length
    this.#sets.push(sorted)
    this.#numbers.set(key, set)
    this.#bytes += 100 + 16 * sorted.length
    return set
  }

  /** Whether two sets have an element in common. */
  meet(a: number, b: number): boolean {
    if (a === 0 || b === 0) return false
    const others = this.#sets[b]!
    return this.#sets[a]!.some((element) => others.includes(element))
  }
}
