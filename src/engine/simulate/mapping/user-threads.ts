import type { ProcessEntry } from '../../processes.js'
import type { Random } from '../../random.js'
import type { Kernel } from '../kernel/kernel.js'
import type { OperatingSystem } from '../os/operating-system.js'
import { CoreState, type OsObserver } from '../os/os-observer.js'
import { Reason, ThreadState } from '../os/thread-state.js'
import { BLOCKS, ENDS, YIELDS } from '../os/work.js'
import type { MappedProgram } from './mapped-program.js'
import { Wait } from '../program/thread-host.js'
import { Carrier, NOBODY } from './carrier.js'
import { CarrierGroup } from './carrier-group.js'
import type { FifoQueue } from './fifo-queue.js'
import type { UserThreadsConfig } from './mapping-config.js'
import type { ThreadMapping } from './thread-mapping.js'

/**
 * Threads in user space: many threads of the program on a few of the operating system, which knows nothing of them. A wait inside
 * the program costs no system call and stops nobody else; what a call into the kernel does is a matter of `blocking`.
 */
export class UserThreads implements ThreadMapping {
  os!: OperatingSystem
  observer: OsObserver | null = null
  readonly #program: MappedProgram
  readonly #kernel: Kernel
  readonly #config: UserThreadsConfig
  readonly #random: Random
  readonly #groups = new Map<ProcessEntry | null, CarrierGroup>()
  /** By thread of the operating system. */
  readonly #carrierOf: Carrier[] = []
  // By thread of the program: whose carriers it may have, its state, the carrier that carries it or did last, and what is left of a burst that its slice cut short.
  readonly #groupOf: CarrierGroup[] = []
  readonly #state: ThreadState[] = []
  readonly #home: (Carrier | undefined)[] = []
  readonly #left: number[] = []
  /** Threads of the program that were taken from another carrier's queue. */
  stolen = 0

  constructor(program: MappedProgram, kernel: Kernel, config: UserThreadsConfig, random: Random) {
    this.#program = program
    this.#kernel = kernel
    this.#config = config
    this.#random = random
  }

  start(thread: number): void {
    this.#state[thread] = ThreadState.New
    this.#left[thread] = 0
    const group = this.#groupFor(thread)
    this.#groupOf[thread] = group
    this.#enqueue(thread, Reason.Started)
    if (group.carriers.length < this.#config.carriers) this.#addCarrier(group)
    else this.#wakeIdle(group)
  }

  wake(thread: number): void {
    // Who is carried, or waits its turn, is awake.
    if (this.#state[thread] !== ThreadState.Waiting) return
    const home = this.#home[thread]!
    if (home.current === thread) {
      if (home.group.active < this.#config.carriers) {
        home.isParked = false
        this.#move(thread, ThreadState.Runnable, Reason.Woken)
        this.os.wake(home.kernelThread)
        return
      }
      // Others have taken its carrier's place meanwhile.
      home.current = NOBODY
    }
    this.#enqueue(thread, Reason.Woken)
    this.#wakeIdle(home.group)
  }

  cut(thread: number): number {
    const carrier = this.#home[thread]
    const later = this.#left[thread] ?? 0
    this.#left[thread] = 0
    const isUnderWay = carrier?.current === thread && !carrier.isSwitching
    return later + (isUnderWay ? this.os.cut(carrier.kernelThread) : 0)
  }

  begin(kernelThread: number, core: number): number {
    const carrier = this.#carrierOf[kernelThread]!
    for (;;) {
      if (carrier.current === NOBODY) {
        const next = this.#pick(carrier)
        if (next === NOBODY) {
          carrier.isParked = true
          return BLOCKS
        }
        this.#carry(carrier, next, core)
        if (carrier.isSwitching) return this.#config.switchCost
      }
      const thread = carrier.current
      const duration = this.#beginCurrent(carrier, core)
      if (duration >= 0) return duration
      if (duration === BLOCKS) {
        this.#move(thread, ThreadState.Waiting, Reason.Blocked)
        if (this.#holds(thread)) {
          carrier.isParked = true
          if (this.#config.blocking === 'hands-off') this.#replace(carrier.group)
          return BLOCKS
        }
      }
      carrier.current = NOBODY
      if (duration === YIELDS) this.#enqueue(thread, Reason.Yielded, carrier.group.queue)
      else if (duration === ENDS) this.#move(thread, ThreadState.Dead, Reason.Ended)
    }
  }

  finish(kernelThread: number, core: number): void {
    const carrier = this.#carrierOf[kernelThread]!
    if (carrier.isSwitching) {
      carrier.isSwitching = false
      return
    }
    const thread = carrier.current
    if (this.#left[thread] === 0) this.#program.finish(thread, core)
    if (this.#kernel.now - carrier.since < this.#config.slice) return
    carrier.since = this.#kernel.now
    if (carrier.group.queue.length === 0 && carrier.queue.length === 0) return
    carrier.current = NOBODY
    this.#enqueue(thread, Reason.SliceEnded, carrier.group.queue)
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
    carrier.since = this.#kernel.now + this.#config.switchCost
    carrier.isSwitching = this.#config.switchCost > 0
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
    const { queue } = carrier.group
    if (globalEvery > 0 && carrier.picks % globalEvery === 0 && queue.length > 0) return queue.shift()
    if (carrier.queue.length > 0) return carrier.queue.shift()
    if (queue.length > 0) return queue.shift()
    return steals ? this.#steal(carrier) : NOBODY
  }

  /** Half of the queue of another, the search for whom begins anywhere. */
  #steal(carrier: Carrier): number {
    const { carriers } = carrier.group
    const first = this.#random.below(carriers.length)
    for (let i = 0; i < carriers.length; i++) {
      const victim = carriers[(first + i) % carriers.length]!
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
    return home === undefined || !this.#config.steals ? this.#groupOf[thread]!.queue : home.queue
  }

  #groupFor(thread: number): CarrierGroup {
    const { process } = this.#program.session.threads.all[thread]!
    let group = this.#groups.get(process)
    if (group === undefined) {
      group = new CarrierGroup()
      this.#groups.set(process, group)
    }
    return group
  }

  #wakeIdle(group: CarrierGroup): void {
    if (group.active >= this.#config.carriers) return
    const { idle } = group
    if (idle === undefined) return
    idle.isParked = false
    this.os.wake(idle.kernelThread)
  }

  /** A carrier waits along with whom it carries: another one goes on in its place. */
  #replace(group: CarrierGroup): void {
    if (group.idle === undefined) this.#addCarrier(group)
    else this.#wakeIdle(group)
  }

  #addCarrier(group: CarrierGroup): void {
    const kernelThread = this.os.create()
    const carrier = new Carrier(kernelThread, group)
    group.carriers.push(carrier)
    this.#carrierOf[kernelThread] = carrier
    this.os.start(kernelThread)
  }
}
