import type { Random } from '../../random.js'
import type { Kernel } from '../kernel/kernel.js'
import type { OperatingSystem } from '../os/operating-system.js'
import { CoreState, type OsObserver } from '../os/os-observer.js'
import { Reason, ThreadState } from '../os/thread-state.js'
import { BLOCKS, ENDS, YIELDS } from '../os/work.js'
import type { SimulatedProgram } from '../program/simulated-program.js'
import { Wait } from '../program/thread-host.js'
import { Carrier, NOBODY } from './carrier.js'
import { FifoQueue } from './fifo-queue.js'
import type { UserThreadsConfig } from './mapping-config.js'
import type { ThreadMapping } from './thread-mapping.js'

/**
 * Threads in user space: many threads of the program on a few of the operating system, which knows nothing of them. A wait inside
 * the program costs no system call and stops nobody else; what a call into the kernel does is a matter of `blocking`.
 */
export class UserThreads implements ThreadMapping {
  os!: OperatingSystem
  observer: OsObserver | null = null
  readonly #program: SimulatedProgram
  readonly #kernel: Kernel
  readonly #config: UserThreadsConfig
  readonly #random: Random
  readonly #carriers: Carrier[] = []
  /** By thread of the operating system. */
  readonly #carrierOf: Carrier[] = []
  readonly #global = new FifoQueue()
  // By thread of the program: its state, the carrier that carries it or did last, and what is left of a burst that its slice cut short.
  readonly #state: ThreadState[] = []
  readonly #home: (Carrier | undefined)[] = []
  readonly #left: number[] = []
  /** Threads of the program that were taken from another carrier's queue. */
  stolen = 0

  constructor(program: SimulatedProgram, kernel: Kernel, config: UserThreadsConfig, random: Random) {
    this.#program = program
    this.#kernel = kernel
    this.#config = config
    this.#random = random
    program.host = this
  }

  start(thread: number): void {
    this.#state[thread] = ThreadState.New
    this.#left[thread] = 0
    this.#enqueue(thread, Reason.Started)
    if (this.#carriers.length < this.#config.carriers) this.#addCarrier()
    else this.#wakeIdle()
  }

  wake(thread: number): void {
    // Who is carried, or waits its turn, is awake.
    if (this.#state[thread] !== ThreadState.Waiting) return
    const home = this.#home[thread]!
    if (home.current === thread) {
      if (this.#active < this.#config.carriers) {
        home.isParked = false
        this.#move(thread, ThreadState.Runnable, Reason.Woken)
        this.os.wake(home.kernelThread)
        return
      }
      // Others have taken its carrier's place meanwhile.
      home.current = NOBODY
    }
    this.#enqueue(thread, Reason.Woken)
    this.#wakeIdle()
  }

  cut(thread: number): number {
    const carrier = this.#home[thread]
    const later = this.#left[thread] ?? 0
    this.#left[thread] = 0
    return later + (carrier?.current === thread ? this.os.cut(carrier.kernelThread) : 0)
  }

  begin(kernelThread: number, core: number): number {
    const carrier = this.#carrierOf[kernelThread]!
    let cost = 0
    for (;;) {
      if (carrier.current === NOBODY) {
        const next = this.#pick(carrier)
        if (next === NOBODY) {
          carrier.isParked = true
          return BLOCKS
        }
        cost += this.#config.switchCost
        this.#carry(carrier, next, core)
      }
      const thread = carrier.current
      const duration = this.#beginCurrent(carrier, core)
      if (duration >= 0) return cost + duration
      if (duration === BLOCKS) {
        this.#move(thread, ThreadState.Waiting, Reason.Blocked)
        if (this.#holds(thread)) {
          carrier.isParked = true
          if (this.#config.blocking === 'hands-off') this.#replace()
          return BLOCKS
        }
      }
      carrier.current = NOBODY
      if (duration === YIELDS) this.#enqueue(thread, Reason.Yielded, this.#global)
      else if (duration === ENDS) this.#move(thread, ThreadState.Dead, Reason.Ended)
    }
  }

  finish(kernelThread: number, core: number): void {
    const carrier = this.#carrierOf[kernelThread]!
    const thread = carrier.current
    if (this.#left[thread] === 0) this.#program.finish(thread, core)
    if (this.#kernel.now - carrier.since < this.#config.slice) return
    carrier.since = this.#kernel.now
    if (this.#global.length === 0 && carrier.queue.length === 0) return
    carrier.current = NOBODY
    this.#enqueue(thread, Reason.SliceEnded, this.#global)
  }

  /** What the operating system does to a carrier it does to whom that carries. */
  transition(kernelThread: number, _from: ThreadState, to: ThreadState, reason: Reason, core: number): void {
    const carrier = this.#carrierOf[kernelThread]
    const thread = carrier?.current ?? NOBODY
    if (carrier === undefined || thread === NOBODY) return
    if (to === ThreadState.Running) this.#move(thread, ThreadState.Running, reason, core)
    else if (to === ThreadState.Runnable && this.#state[thread] === ThreadState.Running)
      this.#move(thread, ThreadState.Runnable, reason)
  }

  core(core: number, state: CoreState, kernelThread: number, now: number): void {
    const thread = kernelThread === NOBODY ? NOBODY : (this.#carrierOf[kernelThread]?.current ?? NOBODY)
    this.observer?.core(core, state, thread, now)
  }

  #carry(carrier: Carrier, thread: number, core: number): void {
    carrier.current = thread
    carrier.since = this.#kernel.now
    this.#home[thread] = carrier
    this.#move(thread, ThreadState.Running, Reason.Dispatched, core)
    this.observer?.core(core, CoreState.Busy, thread, this.#kernel.now)
  }

  #move(thread: number, to: ThreadState, reason: Reason, core = NOBODY): void {
    const from = this.#state[thread]!
    if (from === to) return
    this.#state[thread] = to
    this.observer?.transition(thread, from, to, reason, core, this.#kernel.now)
  }

  /** A burst ends with the slice at the latest; what is left of it comes with the next one. */
  #beginCurrent(carrier: Carrier, core: number): number {
    const thread = carrier.current
    const left = this.#left[thread]!
    const duration = left > 0 ? left : this.#program.begin(thread, core)
    if (duration < 0) return duration
    const room = carrier.since + this.#config.slice - this.#kernel.now
    this.#left[thread] = duration > room && room > 0 ? duration - room : 0
    return duration - this.#left[thread]
  }

  /** Whether who waits takes its carrier along. */
  #holds(thread: number): boolean {
    return this.#config.blocking !== 'parks' && this.#program.waitOf[thread] === Wait.Kernel
  }

  #pick(carrier: Carrier): number {
    carrier.picks++
    const { globalEvery, steals } = this.#config
    if (globalEvery > 0 && carrier.picks % globalEvery === 0 && this.#global.length > 0) return this.#global.shift()
    if (carrier.queue.length > 0) return carrier.queue.shift()
    if (this.#global.length > 0) return this.#global.shift()
    return steals ? this.#steal(carrier) : NOBODY
  }

  /** Half of the queue of another, the search for whom begins anywhere. */
  #steal(carrier: Carrier): number {
    const first = this.#random.below(this.#carriers.length)
    for (let i = 0; i < this.#carriers.length; i++) {
      const victim = this.#carriers[(first + i) % this.#carriers.length]!
      if (victim === carrier || victim.queue.length === 0) continue
      const taken = Math.ceil(victim.queue.length / 2)
      this.stolen += taken
      const next = victim.queue.shift()
      for (let more = 1; more < taken; more++) carrier.queue.push(victim.queue.shift())
      return next
    }
    return NOBODY
  }

  #enqueue(thread: number, reason: Reason, queue = this.#queueOf(thread)): void {
    this.#move(thread, ThreadState.Runnable, reason)
    queue.push(thread)
  }

  #queueOf(thread: number): FifoQueue {
    const home = this.#home[thread]
    return home === undefined || !this.#config.steals ? this.#global : home.queue
  }

  /** How many carriers run or could run. */
  get #active(): number {
    let active = 0
    for (const { isParked } of this.#carriers) if (!isParked) active++
    return active
  }

  #wakeIdle(): void {
    if (this.#active >= this.#config.carriers) return
    const idle = this.#carriers.find((carrier) => carrier.isIdle)
    if (idle === undefined) return
    idle.isParked = false
    this.os.wake(idle.kernelThread)
  }

  /** A carrier waits along with whom it carries: another one goes on in its place. */
  #replace(): void {
    if (this.#carriers.some((carrier) => carrier.isIdle)) this.#wakeIdle()
    else this.#addCarrier()
  }

  #addCarrier(): void {
    const kernelThread = this.os.create()
    const carrier = new Carrier(kernelThread)
    this.#carriers.push(carrier)
    this.#carrierOf[kernelThread] = carrier
    this.os.start(kernelThread)
  }
}
