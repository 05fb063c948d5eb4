import alea from 'seedrandom/lib/alea.js'

/** A generator's position, plain data: restoring it continues the very same sequence. */
export interface RandomState {
  readonly c: number
  readonly s0: number
  readonly s1: number
  readonly s2: number
}

/**
 * The only source of randomness in the engine: Baagøe's alea (through `seedrandom`), seeded by text, the same sequence
 * on every machine and version.
 */
export class Random {
  readonly #next: (() => number) & { state(): RandomState }

  constructor(seed: string | number, state?: RandomState) {
    this.#next = alea(String(seed), { state: state ?? true })
  }

  /** A whole number from 0 to `bound` − 1, each equally likely. */
  below(bound: number): number {
    return Math.floor(this.#next() * bound)
  }

  /** A number from 0 to just below 1, in steps of 2⁻³². */
  unit(): number {
    return this.#next()
  }

  /** The position reached, to be given to the constructor later. */
  get state(): RandomState {
    return this.#next.state()
  }
}
