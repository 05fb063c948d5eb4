import { LruCaches } from './lru-caches.js'
import type { MemoryConfig } from './memory-config.js'
import { Mesi } from './mesi.js'

/**
 * The private caches of all cores. What is known of a core's copy is kept with its slot in the outermost level, its _place_,
 * where every line of the core is (the levels are inclusive); the slots of nearer levels say where that is.
 */
export class PrivateCaches {
  readonly levels: readonly LruCaches[]
  /** For each level, the place of the line in a slot. */
  readonly placeOf: readonly Int32Array[]
  /** Of each place: the state of its line. */
  readonly state: Uint8Array
  /** Of each place: the entry of its line in the directory. */
  readonly entry: Int32Array
  /** Of each place: the words that the core has written since its copy became modified, as bits. */
  readonly written: Int32Array
  readonly #outermost: LruCaches

  constructor({ cores, privateLevels, lineSize }: MemoryConfig) {
    this.levels = privateLevels.map((level) => new LruCaches(cores, level, lineSize))
    this.#outermost = this.levels.at(-1)!
    const places = this.#outermost.slots
    this.placeOf = this.levels.map((level) =>
      level === this.#outermost ? Int32Array.from({ length: places }, (_, slot) => slot) : new Int32Array(level.slots),
    )
    this.state = new Uint8Array(places)
    this.entry = new Int32Array(places)
    this.written = new Int32Array(places)
  }

  /** −1 if the core does not have the line. */
  placeOfLine(core: number, line: number): number {
    return this.#outermost.find(core, line)
  }

  lineAt(place: number): number {
    return this.#outermost.lines[place]!
  }

  /** The place a new line of the core gets; whose line is there now has to be dropped before. */
  placeFor(core: number, line: number): number {
    return this.#outermost.slotFor(core, line)
  }

  /** Puts a line into the empty place and into all nearer levels; the core has written these words of it. */
  put(core: number, line: number, place: number, state: Mesi, entry: number, written: number): void {
    this.#outermost.put(place, line)
    this.state[place] = state
    this.entry[place] = entry
    this.written[place] = written
    this.bringNearer(core, line, place, this.levels.length - 1)
  }

  /** Puts a line into the levels nearer than `level`, where it is. */
  bringNearer(core: number, line: number, place: number, level: number): void {
    for (let nearer = level - 1; nearer >= 0; nearer--) {
      const caches = this.levels[nearer]!
      const slot = caches.slotFor(core, line)
      const replaced = caches.lines[slot]!
      if (replaced >= 0) this.#dropNearer(core, replaced, nearer)
      caches.put(slot, line)
      this.placeOf[nearer]![slot] = place
    }
  }

  drop(core: number, place: number): void {
    this.#dropNearer(core, this.#outermost.lines[place]!, this.levels.length - 1)
    this.#outermost.clear(place)
    this.state[place] = Mesi.Invalid
  }

  #dropNearer(core: number, line: number, level: number): void {
    for (let nearer = level - 1; nearer >= 0; nearer--) {
      const slot = this.levels[nearer]!.find(core, line)
      if (slot >= 0) this.levels[nearer]!.clear(slot)
    }
  }
}
