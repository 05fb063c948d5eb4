/** How long memory takes: asked once for every load and store, when it reaches memory. */
export interface MemoryTiming {
  /**
   * Cycles that an access takes in the memory stage, 1 or more.
   *
   * @param words how many words from `address` on, more than one for a vector.
   */
  access(address: number, words: number, isStore: boolean): number
  /** A copy of what it remembers. */
  save(): unknown
  restore(saved: unknown): void
  /** What it has counted so far, by name. */
  readonly counters: Readonly<Record<string, number>>
}

/** A small cache in front of memory: write-back, filled by loads and stores alike, least recently used out first. */
export interface CacheOptions {
  readonly kind: 'cache'
  /** Words of a line. */
  readonly lineWords: number
  /** Lines that may hold the same address: 1 is direct-mapped. */
  readonly ways: number
  readonly sets: number
  /** Cycles of an access whose lines are all there. */
  readonly hitCycles: number
  /** Cycles more for each line that is not. */
  readonly missCycles: number
}

/** How long memory takes: always as many cycles, through a cache, or as somebody else says. */
export type MemoryTimingOptions =
  | { readonly kind: 'constant'; readonly cycles: number }
  | CacheOptions
  | { readonly kind: 'custom'; readonly make: () => MemoryTiming }

export function makeMemoryTiming(options: MemoryTimingOptions): MemoryTiming {
  switch (options.kind) {
    case 'constant':
      return new ConstantTiming(options.cycles)
    case 'cache':
      return new SmallCache(options)
    case 'custom':
      return options.make()
  }
}

class ConstantTiming implements MemoryTiming {
  readonly #cycles: number
  readonly counters = {}

  constructor(cycles: number) {
    this.#cycles = cycles
  }

  access(): number {
    return this.#cycles
  }

  save(): unknown {
    return null
  }

  restore(): void {}
}

interface CacheState {
  readonly lines: Int32Array
  readonly hits: number
  readonly misses: number
}

/** Keeps which lines are there, not what is in them. */
class SmallCache implements MemoryTiming {
  readonly #options: CacheOptions
  /** For every set its lines, the most recently used first; −1 is an empty place. */
  readonly #lines: Int32Array
  #hits = 0
  #misses = 0

  constructor(options: CacheOptions) {
    this.#options = options
    this.#lines = new Int32Array(options.sets * options.ways).fill(-1)
  }

  get counters(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#hits, misses: this.#misses }
  }

  access(address: number, words: number): number {
    const { lineWords, hitCycles, missCycles } = this.#options
    const last = Math.floor((address + Math.max(1, words) - 1) / lineWords)
    let cycles = hitCycles
    for (let line = Math.floor(address / lineWords); line <= last; line++) if (!this.#touch(line)) cycles += missCycles
    return cycles
  }

  /** Whether the line was there; it is now. */
  #touch(line: number): boolean {
    const { sets, ways } = this.#options
    const first = (line % sets) * ways
    let way = this.#lines.subarray(first, first + ways).indexOf(line)
    const wasThere = way >= 0
    if (wasThere) this.#hits++
    else {
      this.#misses++
      way = ways - 1
    }
    this.#lines.copyWithin(first + 1, first, first + way)
    this.#lines[first] = line
    return wasThere
  }

  save(): CacheState {
    return { lines: this.#lines.slice(), hits: this.#hits, misses: this.#misses }
  }

  restore(saved: unknown): void {
    const { lines, hits, misses } = saved as CacheState
    this.#lines.set(lines)
    this.#hits = hits
    this.#misses = misses
  }
}
