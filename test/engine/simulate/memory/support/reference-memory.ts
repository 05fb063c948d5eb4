import { AccessKind } from '../../../../../src/engine/simulate/memory/access-kind.js'
import type { CacheLevel, MemoryConfig } from '../../../../../src/engine/simulate/memory/memory-config.js'
import type { MemoryCounters } from '../../../../../src/engine/simulate/memory/memory-counters.js'
import type { MesiLetter } from '../../../../../src/engine/simulate/memory/mesi.js'

/** MESI as in textbooks: what a copy becomes. A read of an invalid line gives E if there is no other copy at all. */
const MESI_TABLE = {
  M: { ownWrite: 'M', otherReads: 'S', otherWrites: 'I', hasToWriteBack: true },
  E: { ownWrite: 'M', otherReads: 'S', otherWrites: 'I', hasToWriteBack: false },
  S: { ownWrite: 'M', otherReads: 'S', otherWrites: 'I', hasToWriteBack: false },
  I: { ownWrite: 'M', otherReads: 'I', otherWrites: 'I', hasToWriteBack: false },
} as const

/** One cache: per set, its lines from the least recently used one to the most recently used one. */
class ReferenceCache {
  readonly sets = new Map<number, number[]>()
  readonly #ways: number
  readonly #sets: number

  constructor({ size, ways }: CacheLevel, lineSize: number) {
    this.#ways = ways
    this.#sets = size / ways / lineSize
  }

  has(line: number): boolean {
    return this.#setOf(line).includes(line)
  }

  use(line: number): void {
    this.remove(line)
    this.#setOf(line).push(line)
  }

  remove(line: number): void {
    this.sets.set(
      line % this.#sets,
      this.#setOf(line).filter((other) => other !== line),
    )
  }

  /** Who has to go if this line comes. */
  victimFor(line: number): number | null {
    const set = this.#setOf(line)
    return set.length < this.#ways ? null : set[0]
  }

  lines(): number[] {
    return [...this.sets.values()].flat()
  }

  #setOf(line: number): number[] {
    return this.sets.get(line % this.#sets) ?? []
  }
}

/** Something that serves one at a time: the picoseconds in which it is busy, one by one. */
class ReferenceResource {
  readonly busy = new Set<number>()
  bytes = 0

  take(at: number, duration: number, bytes: number): number {
    this.bytes += bytes
    let last = at - 1
    for (let left = duration; left > 0; left--) {
      do last++
      while (this.busy.has(last))
      this.busy.add(last)
    }
    return last + 1 - duration - at
  }
}

interface ReferenceCore {
  readonly number: number
  readonly node: number
  readonly lastLevel: ReferenceLastLevel | null
  readonly levels: readonly ReferenceCache[]
  readonly states: Map<number, 'S' | 'E' | 'M'>
  /** Lines lost to another's write, with the words written since. */
  readonly lost: Map<number, Set<number>>
  leaving: { readonly line: number; readonly until: number } | null
  /** When its store misses are done, all of them. */
  readonly stores: number[]
  readonly count: { -readonly [K in keyof MemoryCounters]: MemoryCounters[K] extends number ? number : number[] }
}

interface ReferenceLastLevel {
  readonly number: number
  readonly node: number
  readonly cache: ReferenceCache
  readonly modified: Set<number>
}

/**
 * The memory system once more, as simply as it can be said: no directory (everybody is looked at), no masks, no clever
 * waiting lists. Slow.
 */
export class ReferenceMemory {
  readonly cores: readonly ReferenceCore[]
  readonly #config: MemoryConfig
  readonly #lastLevels: readonly ReferenceLastLevel[]
  readonly #freeAt = new Map<number, number>()
  readonly #homes = new Map<number, number>()
  readonly #bus = new ReferenceResource()
  readonly #controllers = new Map<string, ReferenceResource>()
  readonly #links = new Map<string, ReferenceResource>()
  readonly #hops: readonly (readonly number[])[]

  constructor(config: MemoryConfig) {
    this.#config = config
    const { interconnect, sharedLevel, lineSize, privateLevels } = config
    const numa = interconnect.kind === 'numa' ? interconnect : null
    const sizes = numa?.nodes.map((node) => node.cores) ?? [config.cores]
    const nodes = sizes.flatMap((size, node) => Array.from({ length: size }, () => node))
    this.#hops = sizes.map((_, from) =>
      sizes.map((_size, to) => {
        if (numa === null || from === to) return 0
        if (numa.hops === 'full') return 1
        const around = Math.abs(from - to)
        return numa.hops === 'ring' ? Math.min(around, sizes.length - around) : numa.hops[from][to]
      }),
    )
    const lastLevels = new Map<string, ReferenceLastLevel>()
    this.cores = nodes.map((node, number) => {
      const name = nameOfLastLevel(config, number, node)
      if (sharedLevel !== null && !lastLevels.has(name)) {
        const cache = new ReferenceCache(sharedLevel, lineSize)
        lastLevels.set(name, { number: lastLevels.size, node, cache, modified: new Set() })
      }
      return {
        number,
        node,
        lastLevel: lastLevels.get(name) ?? null,
        levels: privateLevels.map((level) => new ReferenceCache(level, lineSize)),
        states: new Map(),
        lost: new Map(),
        leaving: null,
        stores: [],
        count: zeroCounters(privateLevels.length + (sharedLevel === null ? 0 : 1)),
      }
    })
    this.#lastLevels = [...lastLevels.values()]
  }

  stateOf(core: number, line: number): MesiLetter {
    return this.cores[core].states.get(line) ?? 'I'
  }

  levelOf(core: number, line: number): number {
    const { levels, lastLevel } = this.cores[core]
    const level = levels.findIndex((cache) => cache.has(line))
    if (level >= 0) return level
    const isOwned = this.cores.some(({ states }) => states.get(line) === 'E' || states.get(line) === 'M')
    return lastLevel?.cache.has(line) && !isOwned ? levels.length : -1
  }

  lastLevelOf(core: number, line: number): 'absent' | 'clean' | 'modified' {
    const level = this.cores[core].lastLevel
    if (level === null || !level.cache.has(line)) return 'absent'
    return level.modified.has(line) ? 'modified' : 'clean'
  }

  homeOf(address: number): number {
    const page = Math.floor(address / 4096)
    return this.#homes.get(page) ?? this.#placement(page, -1)
  }

  countersOf(core: number): MemoryCounters {
    const { count } = this.cores[core]
    let misses = count.loads + count.stores + count.atomics
    return { ...count, misses: count.hits.map((hits) => (misses -= hits)) }
  }

  access(number: number, address: number, kind: AccessKind, now: number): number {
    const core = this.cores[number]
    const { lineSize } = this.#config
    const line = Math.floor(address / lineSize)
    const word = Math.floor((address % lineSize) / 4)
    this.#touchPage(address, core.node)
    if (kind === AccessKind.Load) {
      core.count.loads++
      return this.#read(core, line, word, now)
    }
    if (kind === AccessKind.Store) {
      core.count.stores++
      const task = this.#cycles(this.#config.store.cycles)
      const wait = this.#write(core, line, word, task, now)
      return task + (wait === null ? 0 : this.#buffered(core, now, wait))
    }
    core.count.atomics++
    const task = this.#cycles(this.#config.atomicCycles)
    const drain = Math.max(0, ...core.stores.map((done) => done - now))
    core.count.storeWaiting += drain
    const wait = this.#write(core, line, word, task, now + drain)
    return drain + (wait ?? this.#hitTime(0)) + task
  }

  /** The wait for the line. */
  #read(core: ReferenceCore, line: number, word: number, now: number): number {
    const level = this.#hit(core, line)
    if (level !== null) return this.#hitTime(level)
    if (isLeaving(core, line, now)) {
      core.count.hits[0]++
      core.count.hitsWhileLeaving++
      return this.#hitTime(0)
    }
    this.#noteReturn(core, line, word)
    const start = this.#whenFree(core, line, now)
    const owner = this.#ownerOf(line)
    const source = this.#bring(core, line, start)
    if (owner !== null) {
      if (start > now) owner.leaving = { line, until: start }
      if (owner.states.get(line) === 'M') {
        owner.count.writeBacks++
        if (owner.lastLevel !== null && owner.lastLevel === core.lastLevel) owner.lastLevel.modified.add(line)
        else this.#writeToMemory(owner, line, owner.node, start)
      }
      owner.states.set(line, MESI_TABLE[owner.states.get(line)!].otherReads)
    }
    for (const other of this.#lastLevels) {
      if (other === core.lastLevel || !other.modified.has(line)) continue
      other.modified.delete(line)
      core.count.sharedWriteBacks++
      this.#writeToMemory(core, line, other.node, start)
    }
    const isAlone =
      this.cores.every(({ states }) => !states.has(line)) &&
      this.#lastLevels.every((other) => other === core.lastLevel || !other.cache.has(line))
    if (isAlone || source.wasAsked) this.#freeAt.set(line, start + source.latency)
    this.#settle(core, line, isAlone ? 'E' : 'S', start)
    return start - now + source.latency
  }

  /** The wait for the line as the only copy, null if it is there like this and in the nearest level. */
  #write(core: ReferenceCore, line: number, word: number, task: number, now: number): number | null {
    const level = this.#hit(core, line)
    const state = this.stateOf(core.number, line)
    if (state === 'I' || state === 'S') {
      if (isLeaving(core, line, now)) {
        if (level === null) core.count.hits[0]++
        core.count.hitsWhileLeaving++
        this.#noteWrite(core, line, word)
        return level === null || level === 0 ? null : this.#hitTime(level)
      }
    }
    let wait = level === null || level === 0 ? null : this.#hitTime(level)
    if (state === 'S') {
      const start = this.#whenFree(core, line, now)
      const latency = Math.max(this.#directoryTime(), this.#invalidateOthers(core, line, word, start, true))
      core.count.upgrades++
      if (core.leaving?.line === line) core.leaving = null
      this.#freeAt.set(line, start + latency + Math.max(task, this.#ns(this.#config.transfer.hold)))
      wait = Math.max(wait ?? 0, start - now + latency)
    }
    if (state === 'I') {
      this.#noteReturn(core, line, word)
      const start = this.#whenFree(core, line, now)
      const owner = this.#ownerOf(line)
      if (owner !== null && start > now) owner.leaving = { line, until: start }
      const source = this.#bring(core, line, start)
      const latency = Math.max(source.latency, this.#invalidateOthers(core, line, word, start, owner === null))
      this.#freeAt.set(line, start + latency + Math.max(task, this.#ns(this.#config.transfer.hold)))
      this.#unmark(line)
      this.#settle(core, line, 'M', start)
      wait = start - now + latency
    } else {
      core.states.set(line, MESI_TABLE[state].ownWrite)
      this.#unmark(line)
    }
    this.#noteWrite(core, line, word)
    return wait
  }

  /** Where a line that the core does not have comes from, and in which time. */
  #bring(core: ReferenceCore, line: number, at: number): { latency: number; wasAsked: boolean } {
    const owner = this.#ownerOf(line)
    if (owner !== null) {
      const isOutside = owner.lastLevel === null || owner.lastLevel !== core.lastLevel
      return { latency: this.#transfer(core, owner.node, isOutside, at), wasAsked: true }
    }
    if (core.lastLevel?.cache.has(line)) {
      core.count.hits[core.levels.length]++
      return { latency: this.#cycles(this.#config.sharedLevel!.latency), wasAsked: false }
    }
    const modified = this.#lastLevels.find((level) => level.modified.has(line))
    if (modified !== undefined) {
      return { latency: this.#transfer(core, modified.node, true, at), wasAsked: true }
    }
    const home = this.#homeOfLine(line)
    if (home === core.node) core.count.localMemory++
    else core.count.remoteMemory++
    const latency = this.#ns(this.#config.memory.latency) + this.#hopTime(core.node, home)
    return { latency: latency + this.#readFromMemory(core, line, home, at), wasAsked: false }
  }

  #transfer(core: ReferenceCore, from: number, isOutside: boolean, at: number): number {
    core.count.lineTransfers++
    if (from !== core.node) core.count.remoteTransfers++
    let wait = 0
    if (this.#config.interconnect.kind === 'numa')
      wait = this.#onLinks(core, from, core.node, at, this.#config.lineSize)
    else if (isOutside) wait = this.#onBus(core, at, this.#config.lineSize)
    core.count.queueing += wait
    return wait + this.#distance(core, from, isOutside)
  }

  #distance(core: ReferenceCore, node: number, isOutside: boolean): number {
    const { within, across } = this.#config.transfer
    return this.#ns(isOutside ? across : within) + this.#hopTime(core.node, node)
  }

  #readFromMemory(core: ReferenceCore, line: number, home: number, at: number): number {
    let wait: number
    if (this.#config.interconnect.kind === 'bus') {
      wait = this.#onBus(core, at, this.#config.lineSize)
      wait += this.#onController(core, line, home, at + wait)
    } else {
      wait = this.#onController(core, line, home, at)
      wait += this.#onLinks(core, home, core.node, at + wait, this.#config.lineSize)
    }
    core.count.queueing += wait
    return wait
  }

  #writeToMemory(core: ReferenceCore, line: number, from: number, at: number): void {
    const home = this.#homeOfLine(line)
    const wait =
      this.#config.interconnect.kind === 'bus'
        ? this.#onBus(core, at, this.#config.lineSize)
        : this.#onLinks(core, from, home, at, this.#config.lineSize)
    this.#onController(core, line, home, at + wait)
  }

  /** All other copies go; returns the time until the farthest has answered. */
  #invalidateOthers(core: ReferenceCore, line: number, word: number, at: number, hasToTell: boolean): number {
    const holders: { node: number; isOutside: boolean }[] = []
    for (const other of this.cores) {
      const state = other.states.get(line)
      if (other === core || state === undefined || MESI_TABLE[state].otherWrites !== 'I') continue
      holders.push({ node: other.node, isOutside: other.lastLevel === null || other.lastLevel !== core.lastLevel })
      this.#dropPrivate(other, line)
      other.lost.set(line, new Set([word]))
      core.count.invalidationsSent++
      other.count.invalidationsReceived++
    }
    for (const level of this.#lastLevels) {
      if (level === core.lastLevel || !level.cache.has(line)) continue
      holders.push({ node: level.node, isOutside: true })
      level.cache.remove(line)
      level.modified.delete(line)
    }
    if (hasToTell) this.#tell(core, holders, at)
    return Math.max(0, ...holders.map(({ node, isOutside }) => this.#distance(core, node, isOutside)))
  }

  #tell(core: ReferenceCore, holders: readonly { node: number; isOutside: boolean }[], at: number): void {
    const { interconnect } = this.#config
    if (interconnect.kind === 'bus') {
      if (holders.some(({ isOutside }) => isOutside)) this.#onBus(core, at, interconnect.messageBytes)
      return
    }
    for (const node of new Set(holders.map((holder) => holder.node))) {
      this.#onLinks(core, core.node, node, at, interconnect.messageBytes)
    }
  }

  #settle(core: ReferenceCore, line: number, state: 'S' | 'E' | 'M', at: number): void {
    core.states.set(line, state)
    if (core.lastLevel !== null) this.#putIntoLastLevel(core, core.lastLevel, line, at)
    for (let level = core.levels.length - 1; level >= 0; level--) this.#putIntoPrivate(core, line, level, at)
  }

  #putIntoPrivate(core: ReferenceCore, line: number, level: number, at: number): void {
    const victim = core.levels[level].victimFor(line)
    if (victim !== null) {
      for (let nearer = 0; nearer <= level; nearer++) core.levels[nearer].remove(victim)
      if (level === core.levels.length - 1) this.#evicted(core, victim, at)
    }
    core.levels[level].use(line)
  }

  #evicted(core: ReferenceCore, line: number, at: number): void {
    const { hasToWriteBack } = MESI_TABLE[core.states.get(line)!]
    core.states.delete(line)
    if (!hasToWriteBack) return
    core.count.writeBacks++
    if (core.lastLevel === null) return this.#writeToMemory(core, line, core.node, at)
    if (!core.lastLevel.cache.has(line)) this.#putIntoLastLevel(core, core.lastLevel, line, at)
    core.lastLevel.modified.add(line)
  }

  #putIntoLastLevel(core: ReferenceCore, level: ReferenceLastLevel, line: number, at: number): void {
    const victim = level.cache.has(line) ? null : level.cache.victimFor(line)
    if (victim !== null) {
      level.cache.remove(victim)
      let isModified = level.modified.delete(victim)
      for (const other of this.cores) {
        if (!this.#config.sharedLevel!.inclusive || other.lastLevel !== level || !other.states.has(victim)) continue
        if (other.states.get(victim) === 'M') isModified = true
        this.#dropPrivate(other, victim)
        other.count.backInvalidations++
      }
      if (isModified) {
        core.count.sharedWriteBacks++
        this.#writeToMemory(core, victim, level.node, at)
      }
    }
    level.cache.use(line)
  }

  #dropPrivate(core: ReferenceCore, line: number): void {
    core.states.delete(line)
    for (const cache of core.levels) cache.remove(line)
  }

  /** A core modifies the line: no last level has to write it back. */
  #unmark(line: number): void {
    for (const level of this.#lastLevels) level.modified.delete(line)
  }

  #hit(core: ReferenceCore, line: number): number | null {
    const level = core.levels.findIndex((cache) => cache.has(line))
    if (level < 0) return null
    core.count.hits[level]++
    core.levels[level].use(line)
    for (let nearer = level - 1; nearer >= 0; nearer--) this.#putIntoPrivate(core, line, nearer, 0)
    return level
  }

  #noteReturn(core: ReferenceCore, line: number, word: number): void {
    if (core.leaving?.line === line) core.leaving = null
    const words = core.lost.get(line)
    if (words === undefined) return
    if (words.has(word)) core.count.trueSharing++
    else core.count.falseSharing++
    core.lost.delete(line)
  }

  #noteWrite(core: ReferenceCore, line: number, word: number): void {
    for (const other of this.cores) if (other !== core) other.lost.get(line)?.add(word)
  }

  #whenFree(core: ReferenceCore, line: number, now: number): number {
    // Who wants a line that is in no cache waits for nobody.
    const start = Math.max(now, this.#isNowhere(line) ? 0 : (this.#freeAt.get(line) ?? 0))
    core.count.lineWaiting += start - now
    return start
  }

  #buffered(core: ReferenceCore, now: number, wait: number): number {
    const { outstanding } = this.#config.store
    const before = core.stores.at(-outstanding) ?? 0
    const stall = outstanding === 0 ? wait : Math.max(0, before - now)
    if (outstanding === 0) return wait
    core.count.storeWaiting += stall
    core.stores.push(Math.max(core.stores.at(-1) ?? 0, now + stall + wait))
    return stall
  }

  #ownerOf(line: number): ReferenceCore | null {
    return this.cores.find(({ states }) => states.get(line) === 'M' || states.get(line) === 'E') ?? null
  }

  #isNowhere(line: number): boolean {
    return (
      this.cores.every(({ states }) => !states.has(line)) && this.#lastLevels.every(({ cache }) => !cache.has(line))
    )
  }

  #touchPage(address: number, node: number): void {
    const page = Math.floor(address / 4096)
    if (!this.#homes.has(page)) this.#homes.set(page, this.#placement(page, node))
  }

  #placement(page: number, node: number): number {
    const { interconnect } = this.#config
    if (interconnect.kind === 'bus' || interconnect.nodes.length === 1) return 0
    if (interconnect.placement === 'first-touch') return node
    if (interconnect.placement === 'interleave') return page % interconnect.nodes.length
    return interconnect.placement.bind
  }

  #homeOfLine(line: number): number {
    return this.#homes.get(Math.floor((line * this.#config.lineSize) / 4096))!
  }

  #onBus(core: ReferenceCore, at: number, bytes: number): number {
    core.count.busBytes += bytes
    return this.#bus.take(at, this.#ns(bytes / this.#config.interconnect.bandwidth), bytes)
  }

  #onController(core: ReferenceCore, line: number, home: number, at: number): number {
    const { lineSize, memory } = this.#config
    core.count.memoryBytes += lineSize
    const controller = resource(this.#controllers, `${home} ${line % memory.controllers}`)
    return controller.take(at, this.#ns(lineSize / memory.bandwidth), lineSize)
  }

  #onLinks(core: ReferenceCore, from: number, to: number, at: number, bytes: number): number {
    let wait = 0
    for (const link of wayBetween(this.#hops, from, to)) {
      core.count.linkBytes += bytes
      const duration = this.#ns(bytes / this.#config.interconnect.bandwidth)
      wait += resource(this.#links, link).take(at + wait, duration, bytes)
    }
    return wait
  }

  #hopTime(from: number, to: number): number {
    const { interconnect } = this.#config
    return interconnect.kind === 'bus' ? 0 : this.#hops[from][to] * this.#ns(interconnect.latencyPerHop)
  }

  #hitTime(level: number): number {
    return this.#cycles(this.#config.privateLevels[level].latency)
  }

  #directoryTime(): number {
    return this.#cycles((this.#config.sharedLevel ?? this.#config.privateLevels.at(-1)!).latency)
  }

  #cycles(cycles: number): number {
    return Math.round((cycles * 1000) / this.#config.clock)
  }

  #ns(ns: number): number {
    return Math.round(ns * 1000)
  }
}

function isLeaving({ leaving }: ReferenceCore, line: number, now: number): boolean {
  return leaving !== null && leaving.line === line && now < leaving.until
}

function nameOfLastLevel({ sharedLevel }: MemoryConfig, core: number, node: number): string {
  if (sharedLevel === null || sharedLevel.per === 'machine') return 'all'
  return sharedLevel.per === 'node' ? `node ${node}` : `group ${Math.floor(core / sharedLevel.per.cores)}`
}

function resource(all: Map<string, ReferenceResource>, name: string): ReferenceResource {
  if (!all.has(name)) all.set(name, new ReferenceResource())
  return all.get(name)!
}

/** Of all chains of links of one hop that are as short as the distance says, the first in the order of nodes. */
function wayBetween(hops: readonly (readonly number[])[], from: number, to: number): string[] {
  const nodes = hops.map((_, node) => node)
  let chains = [[from]]
  for (let step = 0; step < hops[from][to]; step++) {
    chains = chains.flatMap((chain) =>
      nodes.filter((node) => hops[chain.at(-1)!][node] === 1).map((node) => [...chain, node]),
    )
  }
  const chain = chains.filter((candidate) => candidate.at(-1) === to)[0]
  if (chain === undefined) return [`${from} ${to}`]
  return chain.slice(1).map((node, index) => `${chain[index]} ${node}`)
}

function zeroCounters(levels: number): ReferenceCore['count'] {
  const zeros = () => Array.from({ length: levels }, () => 0)
  return {
    loads: 0,
    stores: 0,
    atomics: 0,
    hits: zeros(),
    misses: zeros(),
    hitsWhileLeaving: 0,
    lineTransfers: 0,
    remoteTransfers: 0,
    localMemory: 0,
    remoteMemory: 0,
    trueSharing: 0,
    falseSharing: 0,
    upgrades: 0,
    invalidationsSent: 0,
    invalidationsReceived: 0,
    backInvalidations: 0,
    writeBacks: 0,
    sharedWriteBacks: 0,
    memoryBytes: 0,
    busBytes: 0,
    linkBytes: 0,
    queueing: 0,
    lineWaiting: 0,
    storeWaiting: 0,
  }
}
