import type { GraphStep } from '../least-schedule.js'

const PAGE_BITS = 16
const PAGE_SIZE = 1 << PAGE_BITS
// Bits of a page of the tree's shape, and states between two positions that are known without counting.
const WORD_PAGE_BITS = 14
const SAMPLE_BITS = 8
const MAX_THREADS = 1 << 16

/**
 * How each state of a breadth-first search was first reached, in about ten bits a state: the state that it was reached
 * from, and the step. States are numbered in the order of discovery and looked at in the same order, so that parents
 * never decrease: the tree is a sequence of bits, a 1 for each state that is looked at and a 0 for each state that is
 * discovered from it. Steps are numbers of pairs (thread, way), a byte where there are few.
 */
export class Ancestry {
  #pages: Int32Array<ArrayBuffer>[] = []
  #bitCount = 0
  // Position of every so manieth 0.
  #samples: number[] = []
  #stateCount = 1
  // Bytes of the numbers of steps, the low ones first; pages of a plane are made when they are needed.
  #planes: (Uint8Array<ArrayBuffer> | undefined)[][] = [[]]
  readonly #steps: GraphStep[] = []
  readonly #stepNumbers = new Map<number, number>()

  get bytes(): number {
    const planes = this.#planes.reduce((total, pages) => total + pages.filter((page) => page !== undefined).length, 0)
    return (
      this.#pages.length * (4 << WORD_PAGE_BITS) +
      this.#samples.length * 8 +
      planes * PAGE_SIZE +
      this.#steps.length * 120
    )
  }

  /** The next state is looked at. */
  addParent(): void {
    this.#push(1)
  }

  /** A state is discovered from it by a step. */
  addChild(thread: number, way: number): void {
    const state = this.#stateCount++
    if ((state & ((1 << SAMPLE_BITS) - 1)) === 0) this.#samples[state >>> SAMPLE_BITS] = this.#bitCount
    this.#push(0)
    let rest = this.#numberOf(thread, way)
    for (let plane = 0; plane === 0 || rest !== 0; plane++, rest >>>= 8) {
      const pages = (this.#planes[plane] ??= [])
      const page = (pages[state >>> PAGE_BITS] ??= new Uint8Array(PAGE_SIZE))
      page[state & (PAGE_SIZE - 1)] = rest
    }
  }

  /** The steps that lead to a state. */
  pathTo(state: number): GraphStep[] {
    const path: GraphStep[] = []
    for (let at = state; at !== 0; at = this.parentOf(at)) path.push(this.#steps[this.#stepAt(at)]!)
    return path.reverse()
  }

  /** The state that a state other than the first was discovered from. */
  parentOf(state: number): number {
    // Of the bits before that 0, `state` − 1 are zeros of others; ones are left, the parent's the last of them.
    return this.#positionOf(state) - state
  }

  #positionOf(state: number): number {
    const sample = state >>> SAMPLE_BITS
    // The first 0 is that of state 1.
    let position = sample === 0 ? 0 : this.#samples[sample]!
    let zeros = sample === 0 ? 0 : (sample << SAMPLE_BITS) - 1
    for (; ; position++) {
      if ((position & 31) === 0) {
        const there = 32 - ones(this.#word(position))
        if (zeros + there < state) {
          zeros += there
          position += 31
          continue
        }
      }
      if (((this.#word(position) >>> (position & 31)) & 1) === 0 && ++zeros === state) return position
    }
  }

  #word(position: number): number {
    const word = Math.floor(position / 32)
    return this.#pages[word >>> WORD_PAGE_BITS]![word & ((1 << WORD_PAGE_BITS) - 1)]!
  }

  #push(bit: number): void {
    const position = this.#bitCount++
    const word = Math.floor(position / 32)
    const page = (this.#pages[word >>> WORD_PAGE_BITS] ??= new Int32Array(1 << WORD_PAGE_BITS))
    page[word & ((1 << WORD_PAGE_BITS) - 1)]! |= bit << (position & 31)
  }

  #stepAt(state: number): number {
    let number = 0
    this.#planes.forEach((pages, plane) => {
      number |= (pages[state >>> PAGE_BITS]?.[state & (PAGE_SIZE - 1)] ?? 0) << (8 * plane)
    })
    return number
  }

  #numberOf(thread: number, way: number): number {
    const key = way * MAX_THREADS + thread
    const known = this.#stepNumbers.get(key)
    if (known !== undefined) return known
    this.#stepNumbers.set(key, this.#steps.length)
    return this.#steps.push({ thread, way }) - 1
  }
}

/** How many bits are 1. */
function ones(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
