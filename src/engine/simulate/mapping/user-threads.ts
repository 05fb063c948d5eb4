import type { Random } from '../../random.js'
import type { Kernel } from '../kernel/kernel.js'
import type { OperatingSystem } from '../os/operating-system.js'
import { BLOCKS, ENDS, type Work, YIELDS } from '../os/work.js'
import type { SimulatedProgram } from '../program/simulated-program.js'
import { type ThreadHost, Wait } from '../program/thread-host.js'
import type { UserThreadsConfig } from './mapping-config.js'

const NOBODY = -1

/** One thread of the operating system that carries user threads. */
interface Carrier {
  readonly kernelThread: number
  /** Whom it carries. */
  current: number
  readonly queue: number[]
  picks: number
  /** Since when it carries the current one, for slices. */
  since: number
  /** It waits for work, or along with whom it carries. */
  isParked: boolean
}

/**
 * Threads in user space: many threads of the program on a few of the operating system, which knows nothing of them. A wait inside
 * the program costs no system call and stops nobody else; what a call into the kernel does is a matter of `blocking`.
 */
export class UserThreads implements Work, ThreadHost {
  os!: OperatingSystem
  readonly #program: SimulatedProgram
  readonly #kernel: Kernel
  readonly #config: UserThreadsConfig
  readonly #random: Random
  readonly #carriers: Carrier[] = []
  readonly #carrierOf = new Map<number, Carrier>()
  readonly #global: number[] = []
  // By user thread: the carrier that carries it or did last, and what is left of a burst that its slice cut short.
  readonly #home: (Carrier | undefined)[] = []
  readonly #left: number[] = []
  // User threads that their carriers wait along with.
  readonly #holdsCarrier = new Set<number>()
  /** Changes from one user thread to another. */
  switches = 0
  /** User threads that a carrier took from another's queue. */
  stolen = 0

  constructor(program: SimulatedProgram, kernel: Kernel, config: UserThreadsConfig, random: Random) {
    this.#program = program
    this.#kernel = kernel
    this.#config = config
    this.#random = random
    program.host = this
  }

  /** The thread of the program that a thread of the operating system carries now, −1 for none. */
  threadOn(kernelThread: number): number {
    return this.#carrierOf.get(kernelThread)!.current
  }

  start(thread: number): void {
    this.#enqueue(thread)
    if (this.#carriers.length < this.#config.carriers) this.#addCarrier()
    else this.#wakeIdle()
  }

  wake(thread: number): void {
    const home = this.#home[thread]
    if (this.#holdsCarrier.delete(thread) && home !== undefined) {
      home.isParked = false
      this.os.wake(home.kernelThread)
      return
    }
    // Who is carried, or waits its turn, is awake.
    if (home?.current === thread || this.#isQueued(thread)) return
    this.#enqueue(thread)
    this.#wakeIdle()
  }

  cut(thread: number): number {
    const carrier = this.#home[thread]
    const later = this.#left[thread] ?? 0
    this.#left[thread] = 0
    return later + (carrier?.current === thread ? this.os.cut(carrier.kernelThread) : 0)
  }

  begin(kernelThread: number, core: number): number {
    const carrier = this.#carrierOf.get(kernelThread)!
    let cost = 0
    for (;;) {
      if (carrier.current === NOBODY) {
        const next = this.#pick(carrier)
        if (next === NOBODY) {
          carrier.isParked = true
          return BLOCKS
        }
        if (this.#home[next] !== carrier || cost > 0 || carrier.picks > 1) this.switches++
        cost += this.#config.switchCost
        carrier.current = next
        carrier.since = this.#kernel.now
        this.#home[next] = carrier
      }
      const duration = this.#beginCurrent(carrier, core)
      if (duration >= 0) return cost + duration
      if (duration === BLOCKS && this.#holds(carrier.current)) {
        this.#holdsCarrier.add(carrier.current)
        carrier.isParked = true
        if (this.#config.blocking === 'hands-off') this.#replace()
        return BLOCKS
      }
      const thread = carrier.current
      carrier.current = NOBODY
      if (duration === YIELDS) this.#global.push(thread)
      else if (duration !== ENDS && duration !== BLOCKS) throw new Error(`no user thread can leave by ${duration}`)
    }
  }

  finish(kernelThread: number, core: number): void {
    const carrier = this.#carrierOf.get(kernelThread)!
    const thread = carrier.current
    if ((this.#left[thread] ?? 0) === 0) this.#program.finish(thread, core)
    if (this.#kernel.now - carrier.since < this.#config.slice) return
    carrier.since = this.#kernel.now
    if (this.#global.length === 0 && carrier.queue.length === 0) return
    carrier.current = NOBODY
    this.#global.push(thread)
  }

  /** A burst ends with the slice at the latest; what is left of it comes with the next one. */
  #beginCurrent(carrier: Carrier, core: number): number {
    const thread = carrier.current
    const left = this.#left[thread] ?? 0
    const duration = left > 0 ? left : this.#program.begin(thread, core)
    const room = carrier.since + this.#config.slice - this.#kernel.now
    this.#left[thread] = duration > room && room > 0 ? duration - room : 0
    return duration < 0 ? duration : duration - this.#left[thread]
  }

  /** Whether who waits takes its carrier along. */
  #holds(thread: number): boolean {
    return this.#config.blocking !== 'parks' && this.#program.waitOf[thread] === Wait.Kernel
  }

  #pick(carrier: Carrier): number {
    carrier.picks++
    const { globalEvery, steals } = this.#config
    if (globalEvery > 0 && carrier.picks % globalEvery === 0 && this.#global.length > 0) return this.#global.shift()!
    return carrier.queue.shift() ?? this.#global.shift() ?? (steals ? this.#steal(carrier) : NOBODY)
  }

  /** Half of the queue of another, the search for whom begins anywhere. */
  #steal(carrier: Carrier): number {
    const first = this.#random.below(this.#carriers.length)
    for (let i = 0; i < this.#carriers.length; i++) {
      const victim = this.#carriers[(first + i) % this.#carriers.length]!
      if (victim === carrier || victim.queue.length === 0) continue
      const taken = victim.queue.splice(0, Math.ceil(victim.queue.length / 2))
      this.stolen += taken.length
      carrier.queue.push(...taken.slice(1))
      return taken[0]!
    }
    return NOBODY
  }

  #enqueue(thread: number): void {
    const home = this.#home[thread]
    if (home === undefined || !this.#config.steals) this.#global.push(thread)
    else home.queue.push(thread)
  }

  #isQueued(thread: number): boolean {
    return this.#global.includes(thread) || this.#carriers.some(({ queue }) => queue.includes(thread))
  }

  #wakeIdle(): void {
    const idle = this.#carriers.find(({ isParked, current }) => isParked && current === NOBODY)
    if (idle === undefined) return
    idle.isParked = false
    this.os.wake(idle.kernelThread)
  }

  /** A carrier waits along with whom it carries: another one goes on in its place. */
  #replace(): void {
    if (this.#carriers.some(({ isParked, current }) => isParked && current === NOBODY)) this.#wakeIdle()
    else this.#addCarrier()
  }

  #addCarrier(): void {
    const kernelThread = this.os.create()
    const carrier: Carrier = {
      kernelThread,
      current: NOBODY,
      queue: [],
      picks: 0,
      since: 0,
      isParked: false,
    }
    this.#carriers.push(carrier)
    this.#carrierOf.set(kernelThread, carrier)
    this.os.start(kernelThread)
  }
}
