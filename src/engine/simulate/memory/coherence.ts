import { LineDirectory } from './line-directory.js'
import { LostWords } from './lost-words.js'
import { LruCaches } from './lru-caches.js'
import { Counter, type CounterTable } from './memory-counters.js'
import type { MemoryConfig } from './memory-config.js'
import type { MemoryTimes } from './memory-times.js'
import type { MemoryTraffic } from './memory-traffic.js'
import { Mesi } from './mesi.js'
import type { PageHomes } from './page-homes.js'
import type { PrivateCaches } from './private-caches.js'
import type { Topology } from './topology.js'

/** What the coherence of a system works with. */
export interface CoherenceParts {
  readonly times: MemoryTimes
  readonly topology: Topology
  readonly caches: PrivateCaches
  readonly homes: PageHomes
  readonly traffic: MemoryTraffic
  readonly counters: CounterTable
}

/**
 * MESI by a directory: what happens when a core does not have a line, or not alone. States change at once, when an access
 * asks; the times say when the line is really there, and until when whoever must give it up may go on with it.
 *
 * Where a missing line comes from: from the core that owns it (exclusive or modified), else from the own last level, else
 * from another last level if its copy is modified, else from the memory.
 */
export class Coherence {
  readonly directory: LineDirectory
  readonly #times: MemoryTimes
  readonly #topology: Topology
  readonly #caches: PrivateCaches
  readonly #homes: PageHomes
  readonly #traffic: MemoryTraffic
  readonly #counters: CounterTable
  readonly #lost: LostWords
  readonly #lineSize: number
  /** Null if there is none. */
  readonly #lastLevels: LruCaches | null
  readonly #isInclusive: boolean
  readonly #sharedHits: number
  /** The line that each core has given up last, −1 if it has it again, and until when it has been here. */
  readonly #leaving: Int32Array
  readonly #leavingUntil: Float64Array
  /** For each node, the invalidation that has told it last. */
  readonly #told: Float64Array
  #invalidations = 0

  constructor(config: MemoryConfig, { times, topology, caches, homes, traffic, counters }: CoherenceParts) {
    const { cores, sharedLevel, privateLevels, lineSize } = config
    this.directory = new LineDirectory(cores)
    this.#times = times
    this.#topology = topology
    this.#caches = caches
    this.#homes = homes
    this.#traffic = traffic
    this.#counters = counters
    this.#lost = new LostWords(cores)
    this.#lineSize = lineSize
    const lastLevels = topology.firstCoreOf.length - 1
    this.#lastLevels = sharedLevel === null ? null : new LruCaches(lastLevels, sharedLevel, lineSize)
    this.#isInclusive = sharedLevel?.inclusive ?? false
    this.#sharedHits = Counter.Hits + privateLevels.length
    this.#leaving = new Int32Array(cores).fill(-1)
    this.#leavingUntil = new Float64Array(cores)
    this.#told = new Float64Array(topology.nodes)
  }

  /** The core has been asked for the line as the only copy, but has not given it away yet. */
  isStillHere(core: number, line: number, now: number): boolean {
    return this.#leaving[core] === line && now < this.#leavingUntil[core]!
  }

  /** The core writes to a line that is still here, though its state is another's already. */
  noteLateWrite(core: number, line: number, words: number): void {
    const entry = this.directory.find(line)
    if (entry >= 0) this.#noteWritten(entry, words, core)
  }

  /** A core gets a line it does not have, in order to read these words. Returns the time (ps) until it can. */
  read(core: number, line: number, words: number, now: number): number {
    const entry = this.#entryFor(core, line)
    this.#classify(core, entry, words)
    const { directory } = this
    const start = this.#whenFree(core, entry, now)
    const owner = directory.ownerOf(entry)
    let isAsked = true
    let latency: number
    if (owner >= 0) {
      latency = this.#transferFromCore(core, owner, start)
      // It may go on writing to a line it has just got, before the other gets it.
      if (start > now) this.#letGo(owner, line, start)
      this.#share(core, entry, owner, start)
    } else if (this.#hasLastLevel(entry, this.#topology.lastLevelOf[core]!)) {
      isAsked = false
      latency = this.#sharedHit(core)
    } else if (directory.dirtyAt(entry) >= 0) {
      latency = this.#transferFromLastLevel(core, directory.dirtyAt(entry), start)
      this.#cleanLastLevel(core, entry, start)
    } else {
      isAsked = false
      latency = this.#memory(core, entry, start)
    }
    const isAlone = this.#isAlone(core, entry)
    if (isAlone || isAsked) directory.setFreeAt(entry, start + latency)
    this.#settle(core, entry, isAlone ? Mesi.Exclusive : Mesi.Shared, 0, start)
    return start - now + latency
  }

  /**
   * A core gets a line it does not have, in order to write these words, which takes it `task`. Returns the time (ps) until
   * it can.
   */
  readToOwn(core: number, line: number, words: number, task: number, now: number): number {
    const entry = this.#entryFor(core, line)
    this.#classify(core, entry, words)
    const { directory } = this
    const start = this.#whenFree(core, entry, now)
    const owner = directory.ownerOf(entry)
    let latency: number
    if (owner >= 0) {
      latency = this.#transferFromCore(core, owner, start)
      if (start > now) this.#letGo(owner, line, start)
    } else if (this.#hasLastLevel(entry, this.#topology.lastLevelOf[core]!)) {
      latency = this.#sharedHit(core)
    } else if (directory.dirtyAt(entry) >= 0) {
      latency = this.#transferFromLastLevel(core, directory.dirtyAt(entry), start)
    } else {
      latency = this.#memory(core, entry, start)
    }
    // An owner is told by the request for the line.
    const farthest = this.#invalidateOthers(core, entry, words, start, owner < 0)
    latency = Math.max(latency, farthest)
    directory.setDirtyAt(entry, -1)
    directory.setFreeAt(entry, start + latency + Math.max(task, this.#times.hold))
    this.#settle(core, entry, Mesi.Modified, words, start)
    return start - now + latency
  }

  /** A core makes its shared copy the only one, in order to write these words. Returns the time (ps) until it is. */
  upgrade(core: number, place: number, words: number, task: number, now: number): number {
    const entry = this.#caches.entry[place]!
    const start = this.#whenFree(core, entry, now)
    const latency = Math.max(this.#times.directory, this.#invalidateOthers(core, entry, words, start, true))
    this.#counters.add(core, Counter.Upgrades, 1)
    this.directory.setFreeAt(entry, start + latency + Math.max(task, this.#times.hold))
    if (this.#leaving[core] === this.directory.lineOf(entry)) this.#leaving[core] = -1
    this.modify(core, place)
    this.#caches.written[place] = words
    return start - now + latency
  }

  /** The copy, which is the only one, becomes modified. */
  modify(core: number, place: number): void {
    const entry = this.#caches.entry[place]!
    this.#caches.state[place] = Mesi.Modified
    this.directory.setOwner(entry, core)
    this.directory.setDirtyAt(entry, -1)
  }

  #entryFor(core: number, line: number): number {
    const entry = this.directory.find(line)
    if (entry >= 0) return entry
    return this.directory.add(line, this.#homes.touch(line * this.#lineSize, this.#topology.nodeOf[core]!))
  }

  /** Whether the core misses the line because others have written to it, and why; and it has it again. */
  #classify(core: number, entry: number, words: number): void {
    if (this.#leaving[core] === this.directory.lineOf(entry)) this.#leaving[core] = -1
    const row = this.directory.lostOf(entry)
    if (row < 0) return
    const lost = this.#lost.wordsOf(row, core)
    if (lost === 0) return
    const owner = this.directory.ownerOf(entry)
    const recent = owner < 0 ? 0 : this.#caches.written[this.#caches.placeOfLine(owner, this.directory.lineOf(entry))]!
    const isWanted = ((lost | recent) & words) !== 0
    this.#counters.add(core, isWanted ? Counter.TrueSharing : Counter.FalseSharing, 1)
    if (this.#lost.regain(row, core)) this.directory.setLost(entry, -1)
  }

  #letGo(core: number, line: number, at: number): void {
    this.#leaving[core] = line
    this.#leavingUntil[core] = at
  }

  /** The moment from which on others can get the line. */
  #whenFree(core: number, entry: number, now: number): number {
    const freeAt = this.directory.freeAt(entry)
    if (freeAt <= now) return now
    this.#counters.add(core, Counter.LineWaiting, freeAt - now)
    return freeAt
  }

  #transferFromCore(core: number, owner: number, at: number): number {
    const isOutside = this.#topology.lastLevelOf[core] !== this.#topology.lastLevelOf[owner]
    return this.#transfer(core, this.#topology.nodeOf[owner]!, isOutside, at)
  }

  #transferFromLastLevel(core: number, level: number, at: number): number {
    return this.#transfer(core, this.#nodeOfLastLevel(level), true, at)
  }

  #transfer(core: number, fromNode: number, isOutside: boolean, at: number): number {
    this.#counters.add(core, Counter.LineTransfers, 1)
    if (fromNode !== this.#topology.nodeOf[core]) this.#counters.add(core, Counter.RemoteTransfers, 1)
    return this.#distance(core, fromNode, isOutside) + this.#traffic.transfer(core, fromNode, isOutside, at)
  }

  #sharedHit(core: number): number {
    this.#counters.add(core, this.#sharedHits, 1)
    return this.#times.sharedHit
  }

  #memory(core: number, entry: number, at: number): number {
    const home = this.directory.homeOf(entry)
    const node = this.#topology.nodeOf[core]!
    this.#counters.add(core, home === node ? Counter.LocalMemory : Counter.RemoteMemory, 1)
    const unloaded = this.#times.memory + this.#hops(node, home) * this.#times.hop
    return unloaded + this.#traffic.read(core, this.directory.lineOf(entry), home, at)
  }

  /** The time (ps) until a core has a line from a cache of that node, or its word that a copy is gone. */
  #distance(core: number, node: number, isOutside: boolean): number {
    const near = isOutside ? this.#times.across : this.#times.within
    return near + this.#hops(this.#topology.nodeOf[core]!, node) * this.#times.hop
  }

  #hops(from: number, to: number): number {
    return this.#topology.hops[from * this.#topology.nodes + to]!
  }

  /** The owner lets another core read: what it has modified is written back. */
  #share(core: number, entry: number, owner: number, at: number): void {
    const { directory } = this
    const place = this.#caches.placeOfLine(owner, directory.lineOf(entry))
    const level = this.#topology.lastLevelOf[owner]!
    const isNear = this.#lastLevels !== null && level === this.#topology.lastLevelOf[core]
    if (this.#caches.state[place] === Mesi.Modified) {
      this.#endWriting(entry, owner, place)
      this.#counters.add(owner, Counter.WriteBacks, 1)
      // The last level of both gets the line anyway, for the reader.
      if (isNear) directory.setDirtyAt(entry, level)
      else this.#writeToMemory(owner, entry, this.#topology.nodeOf[owner]!, at)
    } else if (!isNear) {
      this.#cleanLastLevel(core, entry, at)
    }
    this.#caches.state[place] = Mesi.Shared
    directory.setOwner(entry, -1)
  }

  /** Whatever is modified in a last level is written to the memory, since others will have copies. */
  #cleanLastLevel(core: number, entry: number, at: number): void {
    const level = this.directory.dirtyAt(entry)
    if (level < 0) return
    this.directory.setDirtyAt(entry, -1)
    this.#counters.add(core, Counter.SharedWriteBacks, 1)
    this.#writeToMemory(core, entry, this.#nodeOfLastLevel(level), at)
  }

  /** Takes the line from all other cores and from other last levels. Returns the time (ps) until the farthest has answered. */
  #invalidateOthers(core: number, entry: number, words: number, at: number, hasToTell: boolean): number {
    const { directory } = this
    const ownLevel = this.#topology.lastLevelOf[core]!
    let farthest = 0
    this.#invalidations++
    for (let other = directory.nextSharer(entry, 0); other >= 0; other = directory.nextSharer(entry, other + 1)) {
      if (other === core) continue
      const isOutside = this.#topology.lastLevelOf[other] !== ownLevel
      const node = this.#topology.nodeOf[other]!
      farthest = Math.max(farthest, this.#distance(core, node, isOutside))
      if (hasToTell) this.#tell(core, node, isOutside, at)
      this.#invalidate(core, entry, other, words)
    }
    const outside = directory.lastLevelsOf(entry) & ~(1 << ownLevel)
    for (let left = outside; left !== 0; left &= left - 1) {
      const level = 31 - Math.clz32(left & -left)
      const node = this.#nodeOfLastLevel(level)
      farthest = Math.max(farthest, this.#distance(core, node, true))
      if (hasToTell) this.#tell(core, node, true, at)
      this.#lastLevels!.clear(this.#lastLevels!.find(level, directory.lineOf(entry)))
    }
    directory.setLastLevels(entry, directory.lastLevelsOf(entry) & ~outside)
    return farthest
  }

  /** Sends word of an invalidation: once to everybody on a bus, once to each other node. */
  #tell(core: number, node: number, isOutside: boolean, at: number): void {
    if (!isOutside && node === this.#topology.nodeOf[core]) return
    if (this.#told[node] === this.#invalidations) return
    this.#told[node] = this.#invalidations
    if (isOutside) this.#traffic.broadcast(core, at)
    if (node !== this.#topology.nodeOf[core]) this.#traffic.message(core, node, at)
  }

  #invalidate(core: number, entry: number, other: number, words: number): void {
    const { directory } = this
    const place = this.#caches.placeOfLine(other, directory.lineOf(entry))
    this.#endWriting(entry, other, place)
    this.#caches.drop(other, place)
    directory.removeSharer(entry, other)
    if (directory.lostOf(entry) < 0) directory.setLost(entry, this.#lost.add())
    this.#lost.lose(directory.lostOf(entry), other, words)
    this.#counters.add(core, Counter.InvalidationsSent, 1)
    this.#counters.add(other, Counter.InvalidationsReceived, 1)
  }

  /** The core has a new line: it takes its place in the last level and in the private caches. */
  #settle(core: number, entry: number, state: Mesi, written: number, at: number): void {
    const { directory } = this
    const line = directory.lineOf(entry)
    // First of all, so that nothing below takes the line for one that nobody has.
    directory.addSharer(entry, core)
    if (state !== Mesi.Shared) directory.setOwner(entry, core)
    if (this.#lastLevels !== null) this.#putIntoLastLevel(core, this.#topology.lastLevelOf[core]!, entry, at)
    const place = this.#caches.placeFor(core, line)
    if (this.#caches.lineAt(place) >= 0) this.#evict(core, place, at)
    this.#caches.put(core, line, place, state, entry, written)
  }

  /** A line leaves the private caches for another. */
  #evict(core: number, place: number, at: number): void {
    const { directory } = this
    const entry = this.#caches.entry[place]!
    const isModified = this.#caches.state[place] === Mesi.Modified
    this.#endWriting(entry, core, place)
    this.#caches.drop(core, place)
    directory.removeSharer(entry, core)
    if (isModified) {
      this.#counters.add(core, Counter.WriteBacks, 1)
      if (this.#lastLevels === null) {
        this.#writeToMemory(core, entry, this.#topology.nodeOf[core]!, at)
      } else {
        const level = this.#topology.lastLevelOf[core]!
        if (!this.#hasLastLevel(entry, level)) this.#putIntoLastLevel(core, level, entry, at)
        directory.setDirtyAt(entry, level)
      }
    }
    this.#forgetIfNowhere(entry)
  }

  /** Puts a line into a last level, or uses it there. */
  #putIntoLastLevel(core: number, level: number, entry: number, at: number): void {
    const { directory } = this
    const lastLevels = this.#lastLevels!
    const line = directory.lineOf(entry)
    if (lastLevels.use(level, line) >= 0) return
    const slot = lastLevels.slotFor(level, line)
    const replaced = lastLevels.lines[slot]!
    lastLevels.put(slot, line)
    directory.setLastLevels(entry, directory.lastLevelsOf(entry) | (1 << level))
    if (replaced >= 0) this.#leaveLastLevel(core, level, directory.find(replaced), at)
  }

  #leaveLastLevel(core: number, level: number, entry: number, at: number): void {
    const { directory } = this
    let isModified = directory.dirtyAt(entry) === level
    directory.setLastLevels(entry, directory.lastLevelsOf(entry) & ~(1 << level))
    if (this.#isInclusive) isModified = this.#dropFromCores(level, entry) || isModified
    if (isModified) {
      directory.setDirtyAt(entry, -1)
      this.#counters.add(core, Counter.SharedWriteBacks, 1)
      this.#writeToMemory(core, entry, this.#nodeOfLastLevel(level), at)
    }
    this.#forgetIfNowhere(entry)
  }

  /** The cores of an inclusive last level lose what has left it. True if one of them had modified it. */
  #dropFromCores(level: number, entry: number): boolean {
    const { directory } = this
    let isModified = false
    const end = this.#topology.firstCoreOf[level + 1]!
    let core = directory.nextSharer(entry, this.#topology.firstCoreOf[level]!)
    for (; core >= 0 && core < end; core = directory.nextSharer(entry, core + 1)) {
      const place = this.#caches.placeOfLine(core, directory.lineOf(entry))
      isModified ||= this.#caches.state[place] === Mesi.Modified
      this.#endWriting(entry, core, place)
      this.#caches.drop(core, place)
      directory.removeSharer(entry, core)
      this.#counters.add(core, Counter.BackInvalidations, 1)
    }
    return isModified
  }

  #writeToMemory(core: number, entry: number, fromNode: number, at: number): void {
    this.#traffic.writeBack(core, this.directory.lineOf(entry), fromNode, this.directory.homeOf(entry), at)
  }

  /** The core has written to the line for the last time: who has lost it is told which words. */
  #endWriting(entry: number, core: number, place: number): void {
    const words = this.#caches.written[place]!
    if (words === 0) return
    this.#caches.written[place] = 0
    this.#noteWritten(entry, words, core)
  }

  #noteWritten(entry: number, words: number, core: number): void {
    if (this.directory.lostOf(entry) >= 0) this.#lost.note(this.directory.lostOf(entry), words, core)
  }

  /** A line that is in no cache waits for nobody, and has an entry only if somebody has lost it. */
  #forgetIfNowhere(entry: number): void {
    if (!this.directory.isNowhere(entry)) return
    if (this.directory.lostOf(entry) < 0) this.directory.remove(entry)
    else this.directory.setFreeAt(entry, 0)
  }

  #isAlone(core: number, entry: number): boolean {
    const { directory } = this
    return (
      directory.nextSharer(entry, 0) < 0 &&
      (directory.lastLevelsOf(entry) & ~(1 << this.#topology.lastLevelOf[core]!)) === 0
    )
  }

  #hasLastLevel(entry: number, level: number): boolean {
    return (this.directory.lastLevelsOf(entry) & (1 << level)) !== 0
  }

  #nodeOfLastLevel(level: number): number {
    return this.#topology.nodeOf[this.#topology.firstCoreOf[level]!]!
  }
}
