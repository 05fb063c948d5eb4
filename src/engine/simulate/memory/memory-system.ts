import { AccessKind } from './access-kind.js'
import { Coherence } from './coherence.js'
import type { LruCaches } from './lru-caches.js'
import { WORD_SIZE, type MemoryConfig } from './memory-config.js'
import { Counter, CounterTable, type MemoryCounters } from './memory-counters.js'
import { MemoryTimes } from './memory-times.js'
import { MemoryTraffic, type TrafficReport } from './memory-traffic.js'
import { MESI_LETTERS, Mesi, type MesiLetter } from './mesi.js'
import { PageHomes } from './page-homes.js'
import { PrivateCaches } from './private-caches.js'
import { StoreBuffers } from './store-buffers.js'
import { Topology } from './topology.js'

/**
 * The memory of the modelled computer: how long accesses take, and who has which line in which state. It knows no values.
 *
 * Times are whole picoseconds. Calls come in the order of `now` (those of one moment in any fixed order): the same calls
 * give the same times, and states change in the order of calls. Addresses are bytes from 0 to below 2³¹ lines (128 GiB
 * with lines of 64 bytes); an access is to the word (4 bytes) its address is in and does not cross lines. No access
 * allocates; what is remembered grows with the lines in caches and the pages in use, not with the number of accesses.
 *
 * Not modelled: TLBs, caches for instructions, several hardware threads on one core, bandwidth of caches, a directory
 * that is too small, bank conflicts and refresh of DRAM, weak memory orders.
 */
export class MemorySystem {
  readonly config: MemoryConfig
  readonly #times: MemoryTimes
  readonly #topology: Topology
  readonly #counters: CounterTable
  readonly #caches: PrivateCaches
  readonly #homes: PageHomes
  readonly #traffic: MemoryTraffic
  readonly #coherence: Coherence
  readonly #stores: StoreBuffers
  readonly #nearest: LruCaches
  readonly #nearestPlaces: Int32Array
  readonly #counts: Float64Array
  readonly #hit: number
  readonly #store: number
  readonly #linesPerByte: number
  /** When each of the last lines of a stream was used up, in a ring. */
  readonly #usedUp: Float64Array

  constructor(config: MemoryConfig) {
    this.config = config
    this.#times = new MemoryTimes(config)
    this.#topology = new Topology(config)
    this.#counters = new CounterTable(config.cores, config.privateLevels.length + (config.sharedLevel === null ? 0 : 1))
    this.#caches = new PrivateCaches(config)
    this.#homes = new PageHomes(config)
    this.#traffic = new MemoryTraffic(config, this.#times, this.#topology, this.#counters)
    this.#coherence = new Coherence(config, {
      times: this.#times,
      topology: this.#topology,
      caches: this.#caches,
      homes: this.#homes,
      traffic: this.#traffic,
      counters: this.#counters,
    })
    this.#stores = new StoreBuffers(config)
    this.#nearest = this.#caches.levels[0]!
    this.#nearestPlaces = this.#caches.placeOf[0]!
    this.#counts = this.#counters.values
    this.#hit = this.#times.hit[0]!
    this.#store = this.#times.store
    this.#linesPerByte = 1 / config.lineSize
    this.#usedUp = new Float64Array(config.prefetch?.lines ?? 0)
  }

  /** The time in ps that an access of a core at `now` (ps) takes it, queueing included. */
  access(core: number, address: number, kind: AccessKind, now: number): number {
    return this.#access(core, address, kind, now, now)
  }

  /**
   * The time in ps that a core takes for accesses one after the other to `address`, `address + stride` … below
   * `address + bytes` (`stride` 1 or more). Without `prefetch` it is the sum of the single accesses, each at the end of
   * the one before; with it, lines are fetched while others are used, as the configuration says.
   *
   * All lines change their states at once, and bus, links and controllers are taken for the times to come: whoever competes
   * for lines or for bandwidth should cut a long stream into pieces of a few thousand lines at most.
   */
  stream(core: number, address: number, bytes: number, stride: number, kind: AccessKind, now: number): number {
    const { lineSize, prefetch } = this.config
    const ahead = prefetch === null || kind === AccessKind.Atomic ? 0 : prefetch.lines
    const end = address + bytes
    let time = now
    let lines = 0
    for (let at = address; at < end; lines++) {
      const lineEnd = Math.min(end, (Math.floor(at / lineSize) + 1) * lineSize)
      const elements = Math.ceil((lineEnd - at) / stride)
      if (ahead === 0) {
        time += this.#access(core, at, kind, time, now)
        time += this.#furtherElements(core, at, stride, elements, kind, time, now)
      } else {
        const asked = lines < ahead ? now : this.#usedUp[lines % ahead]!
        const there = asked + this.#access(core, at, kind, asked, now)
        time = Math.max(time, there)
        const hits = (elements - 1) * (kind === AccessKind.Load ? this.#hit : this.#store)
        const further = this.#furtherElements(core, at, stride, elements, kind, time, now)
        // More than hits only if others take the line meanwhile.
        time += elements * this.#times.streamElement + further - hits
        this.#usedUp[lines % ahead] = time
      }
      at += elements * stride
    }
    return time - now
  }

  /** The state of a line in the private caches of a core. */
  stateOf(core: number, address: number): MesiLetter {
    const place = this.#caches.placeOfLine(core, this.#lineOf(address))
    return MESI_LETTERS[place < 0 ? Mesi.Invalid : this.#caches.state[place]!]!
  }

  /** Cores whose private caches have the line, in the order of their numbers. */
  coresWith(address: number): number[] {
    const { directory } = this.#coherence
    const entry = directory.find(this.#lineOf(address))
    if (entry < 0) return []
    return Array.from({ length: this.config.cores }, (_, core) => core).filter((core) => directory.has(entry, core))
  }

  /**
   * The nearest level where a core would find a line: 0 is the nearest, the last level of several cores comes after the
   * private ones; −1 if it would have to come from elsewhere.
   */
  levelOf(core: number, address: number): number {
    const line = this.#lineOf(address)
    const level = this.#caches.levels.findIndex((caches) => caches.find(core, line) >= 0)
    if (level >= 0) return level
    const { directory } = this.#coherence
    const entry = directory.find(line)
    if (entry < 0 || directory.ownerOf(entry) >= 0) return -1
    return (directory.lastLevelsOf(entry) >>> this.#topology.lastLevelOf[core]!) & 1 ? this.#caches.levels.length : -1
  }

  /** Whether the last level of a core has a line, which may be out of date there, and whether it has to be written back. */
  lastLevelOf(core: number, address: number): 'absent' | 'clean' | 'modified' {
    const { directory } = this.#coherence
    const entry = directory.find(this.#lineOf(address))
    const level = this.#topology.lastLevelOf[core]!
    if (entry < 0 || ((directory.lastLevelsOf(entry) >>> level) & 1) === 0) return 'absent'
    return directory.dirtyAt(entry) === level ? 'modified' : 'clean'
  }

  /** The node whose memory an address is in, −1 if the first access to its page will decide. */
  homeOf(address: number): number {
    return this.#homes.of(address)
  }

  /** Puts the pages of a range into the memory of a node, whatever the placement says. They must not have been accessed yet. */
  place(address: number, bytes: number, node: number): void {
    this.#homes.place(address, bytes, node)
  }

  /** Lines that are in some cache, or that a core has lost to another's write and not fetched again: what has to be remembered. */
  get knownLines(): number {
    return this.#coherence.directory.size
  }

  countersOf(core: number): MemoryCounters {
    return this.#counters.of(core)
  }

  /** Of all cores together. */
  counters(): MemoryCounters {
    return this.#counters.total()
  }

  traffic(): TrafficReport {
    return this.#traffic.report()
  }

  /** Counters and traffic count from 0 again; caches stay as they are. */
  clearCounters(): void {
    this.#counters.clear()
    this.#traffic.clearCounters()
  }

  /** `call` is the moment of the call this access belongs to. */
  #access(core: number, address: number, kind: AccessKind, now: number, call: number): number {
    const line = this.#lineOf(address)
    const slot = this.#nearest.use(core, line)
    if (slot >= 0) {
      const counts = core * CounterTable.STRIDE
      if (kind === AccessKind.Load) {
        this.#counts[counts]!++
        this.#counts[counts + Counter.Hits]!++
        return this.#hit
      }
      const place = this.#nearestPlaces[slot]!
      if (kind === AccessKind.Store && this.#caches.state[place] === Mesi.Modified) {
        this.#caches.written[place]! |= this.#wordBit(address, line)
        this.#counts[counts + AccessKind.Store]!++
        this.#counts[counts + Counter.Hits]!++
        return this.#store
      }
    }
    this.#traffic.now = call
    this.#counters.add(core, kind, 1)
    if (kind === AccessKind.Load) return this.#load(core, line, this.#wordBit(address, line), now)
    if (kind === AccessKind.Store) return this.#storeTo(core, line, this.#wordBit(address, line), now)
    return this.#atomic(core, line, this.#wordBit(address, line), now)
  }

  #load(core: number, line: number, word: number, now: number): number {
    const level = this.#findFarther(core, line, 1)
    if (level >= 0) return this.#times.hit[level]!
    if (this.#coherence.isStillHere(core, line, now)) return this.#hitWhileLeaving(core)
    return this.#coherence.read(core, line, word, now)
  }

  #storeTo(core: number, line: number, word: number, now: number): number {
    const wait = this.#own(core, line, word, this.#store, now)
    if (wait === 0) return this.#store
    if (this.config.store.outstanding === 0) return wait + this.#store
    const stall = this.#stores.add(core, now, wait)
    this.#counters.add(core, Counter.StoreWaiting, stall)
    return stall + this.#store
  }

  #atomic(core: number, line: number, word: number, now: number): number {
    const drain = this.#stores.drain(core, now)
    this.#counters.add(core, Counter.StoreWaiting, drain)
    const wait = this.#own(core, line, word, this.#times.atomic, now + drain)
    return drain + (wait === 0 ? this.#hit : wait) + this.#times.atomic
  }

  /** Makes the line the only copy, for a write. Returns the wait for it, 0 if it was owned and in the nearest level. */
  #own(core: number, line: number, word: number, task: number, now: number): number {
    const level = this.#findFarther(core, line, 0)
    if (level < 0) {
      if (!this.#coherence.isStillHere(core, line, now)) return this.#coherence.readToOwn(core, line, word, task, now)
      this.#hitWhileLeaving(core)
      this.#coherence.noteLateWrite(core, line, word)
      return 0
    }
    const near = level === 0 ? 0 : this.#times.hit[level]!
    const place = this.#caches.placeOfLine(core, line)
    if (this.#caches.state[place] === Mesi.Shared) {
      if (this.#coherence.isStillHere(core, line, now)) {
        this.#counters.add(core, Counter.HitsWhileLeaving, 1)
        this.#coherence.noteLateWrite(core, line, word)
        return near
      }
      return Math.max(near, this.#coherence.upgrade(core, place, word, task, now))
    }
    if (this.#caches.state[place] === Mesi.Exclusive) this.#coherence.modify(core, place)
    this.#caches.written[place]! |= word
    return near
  }

  #hitWhileLeaving(core: number): number {
    this.#counters.add(core, Counter.Hits, 1)
    this.#counters.add(core, Counter.HitsWhileLeaving, 1)
    return this.#hit
  }

  /** The level where a core has a line, from `first` on, after which it is in all nearer ones; −1 if it has not. */
  #findFarther(core: number, line: number, first: number): number {
    const { levels, placeOf } = this.#caches
    for (let level = first; level < levels.length; level++) {
      const slot = levels[level]!.use(core, line)
      if (slot < 0) continue
      this.#counters.add(core, Counter.Hits + level, 1)
      if (level > 0) this.#caches.bringNearer(core, line, placeOf[level]![slot]!, level)
      return level
    }
    return -1
  }

  /** What the elements of a line after its first one take. */
  #furtherElements(
    core: number,
    address: number,
    stride: number,
    elements: number,
    kind: AccessKind,
    now: number,
    call: number,
  ): number {
    const hits = this.#repeatedHits(core, address, stride, elements, kind)
    if (hits >= 0) return hits
    let time = 0
    for (let element = 1; element < elements; element++) {
      time += this.#access(core, address + element * stride, kind, now + time, call)
    }
    return time
  }

  /** What they take if the core has the line as they need it, in the nearest level, where it was used last; otherwise −1. */
  #repeatedHits(core: number, address: number, stride: number, elements: number, kind: AccessKind): number {
    const line = this.#lineOf(address)
    const slot = this.#nearest.find(core, line)
    if (slot < 0) return -1
    const place = this.#nearestPlaces[slot]!
    if (kind !== AccessKind.Load) {
      if (this.#caches.state[place] !== Mesi.Modified) return -1
      for (let element = 1; element < elements; element++) {
        this.#caches.written[place]! |= this.#wordBit(address + element * stride, line)
      }
    }
    this.#counters.add(core, kind, elements - 1)
    this.#counters.add(core, Counter.Hits, elements - 1)
    const each =
      kind === AccessKind.Load ? this.#hit : kind === AccessKind.Store ? this.#store : this.#hit + this.#times.atomic
    return (elements - 1) * each
  }

  #lineOf(address: number): number {
    return (address * this.#linesPerByte) | 0
  }

  /** The word of an address in its line, as a bit. */
  #wordBit(address: number, line: number): number {
    return 1 << (((address - line * this.config.lineSize) / WORD_SIZE) | 0)
  }
}
