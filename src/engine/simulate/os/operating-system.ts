import { UsageError } from '../../errors.js'
import type { Random } from '../../random.js'
import type { EventId } from '../kernel/kernel.js'
import type { Kernel } from '../kernel/kernel.js'
import { Priority } from '../kernel/priority.js'
import type { OsConfig } from './os-config.js'
import { CoreState, type OsObserver } from './os-observer.js'
import type { MakePolicy, Policy, SchedulingView } from './policy.js'
import { Reason, ThreadState } from './thread-state.js'
import { BLOCKS, ENDS, type Work, YIELDS } from './work.js'

/** What the operating system is told of a thread when it is created. */
export interface ThreadOptions {
  /** Larger is more urgent. @default 0 */
  readonly priority?: number
  /** From −20, the most urgent, to 19. @default 0 */
  readonly nice?: number
  /** Its share by lottery or stride. @default 1 */
  readonly tickets?: number
  /** How long it takes in all, in picoseconds, for policies that know the future. @default Infinity */
  readonly expected?: number
  /** The cores it may run on. @default all */
  readonly affinity?: readonly number[]
}

const NOBODY = -1
const NO_EVENT = -1 as EventId

/** The operating system of a simulated computer: threads in five states, on cores, by a policy. */
export class OperatingSystem implements SchedulingView {
  readonly cores: number
  readonly random: Random
  readonly policy: Policy
  observer: OsObserver | null = null
  readonly #kernel: Kernel
  readonly #config: OsConfig
  readonly #work: Work
  // By core.
  readonly #current: Int32Array
  readonly #previous: Int32Array
  readonly #state: Uint8Array
  /** When the burst on a core ends, and the event that says so; −1 where none is under way. */
  readonly #burstEnd: Float64Array
  readonly #burstEvent: EventId[]
  readonly #sliceEvent: EventId[]
  readonly #since: Float64Array
  /** Whether a core's own work is being asked or told something right now: it looks at `#wants` afterwards. */
  readonly #isAsked: Uint8Array
  readonly #wants: Uint8Array
  // By thread.
  #count = 0
  #alive = 0
  // How many calls of the work are under way, one inside the other.
  #depth = 0
  #threadState = new Uint8Array(16)
  #remaining = new Float64Array(16)
  #lastCore = new Int32Array(16)
  #isWaking = new Uint8Array(16)
  readonly #options: ThreadOptions[] = []
  readonly #priorities: number[] = []
  #periodic = false
  #balancing = false
  // Handlers that are made once: no event allocates.
  readonly #onBurst = (core: number): void => this.#endBurst(core)
  readonly #onSlice = (core: number): void => this.#endSlice(core)
  readonly #onSwitched = (core: number): void => this.#run(core)
  readonly #onWake = (thread: number): void => this.#ready(thread, Reason.Woken)
  readonly #onPeriod = (): void => this.#period()
  readonly #onBalance = (): void => this.#balance()

  constructor(kernel: Kernel, cores: number, config: OsConfig, makePolicy: MakePolicy, work: Work, random: Random) {
    this.#kernel = kernel
    this.cores = cores
    this.#config = config
    this.#work = work
    this.random = random
    this.#current = new Int32Array(cores).fill(NOBODY)
    this.#previous = new Int32Array(cores).fill(NOBODY)
    this.#state = new Uint8Array(cores)
    this.#burstEnd = new Float64Array(cores)
    this.#burstEvent = Array.from({ length: cores }, () => NO_EVENT)
    this.#sliceEvent = Array.from({ length: cores }, () => NO_EVENT)
    this.#since = new Float64Array(cores)
    this.#isAsked = new Uint8Array(cores)
    this.#wants = new Uint8Array(cores)
    this.policy = makePolicy(this)
  }

  get now(): number {
    return this.#kernel.now
  }

  /** How many threads have been created. */
  get threads(): number {
    return this.#count
  }

  /** How many of them have not ended. */
  get alive(): number {
    return this.#alive
  }

  running(core: number): number {
    return this.#current[core]!
  }

  lastCore(thread: number): number {
    return this.#lastCore[thread]!
  }

  priority(thread: number): number {
    return this.#priorities[thread]!
  }

  nice(thread: number): number {
    return this.#options[thread]!.nice ?? 0
  }

  tickets(thread: number): number {
    return this.#options[thread]!.tickets ?? 1
  }

  expected(thread: number): number {
    return this.#options[thread]!.expected ?? Infinity
  }

  mayRunOn(thread: number, core: number): boolean {
    const { affinity } = this.#options[thread]!
    return affinity === undefined || affinity.includes(core)
  }

  stateOf(thread: number): ThreadState {
    return this.#threadState[thread] as ThreadState
  }

  /** The core that a thread is running on, −1 if it is not running. */
  coreOf(thread: number): number {
    return this.#threadState[thread] === ThreadState.Running ? this.#lastCore[thread]! : NOBODY
  }

  /**
   * A new thread, which does not run before it is started. Returns its number: 0, 1, 2, …
   *
   * @throws UsageError `usage/no-core` if it may run on none of the cores.
   */
  create(options: ThreadOptions = {}): number {
    const { affinity } = options
    if (affinity !== undefined && !affinity.some((core) => core >= 0 && core < this.cores))
      throw new UsageError('usage/no-core', `a thread may run on cores ${affinity.join(', ')} only, which are none`, {
        hint: `cores are numbered from 0 to ${this.cores - 1}`,
      })
    const thread = this.#count++
    if (thread === this.#threadState.length) this.#grow()
    this.#options.push(options)
    this.#priorities.push(options.priority ?? 0)
    this.#lastCore[thread] = NOBODY
    this.#alive++
    return thread
  }

  /** Makes a new thread ready to run. */
  start(thread: number): void {
    this.#ready(thread, Reason.Started)
  }

  /** What a thread waits for has come: it becomes runnable after the latency of a wake-up. Does nothing if it does not wait, or is on its way. */
  wake(thread: number): void {
    if (this.#threadState[thread] !== ThreadState.Waiting || this.#isWaking[thread] === 1) return
    this.#isWaking[thread] = 1
    const core = this.#idleCoreFor(thread)
    const latency = this.#config.wakeLatency + (core === NOBODY ? 0 : this.#config.idleWakeLatency)
    if (latency === 0) this.#ready(thread, Reason.Woken)
    else this.#kernel.schedule(this.#kernel.now + latency, Priority.Scheduler, this.#onWake, thread)
  }

  /** Ends what a thread has begun before its time: `finish` comes at once, or, if it has no core, once it gets one nothing is left. Returns what was left of it. */
  cut(thread: number): number {
    const core = this.coreOf(thread)
    if (core === NOBODY) {
      const left = this.#remaining[thread]!
      this.#remaining[thread] = 0
      return left
    }
    const event = this.#burstEvent[core]!
    if (event === NO_EVENT) return 0
    const { now } = this.#kernel
    const left = this.#burstEnd[core]! - now
    this.#kernel.cancel(event)
    this.#burst(core, 0)
    return left
  }

  /** Changes how urgent a thread is, wherever it is: what priority inheritance needs. */
  setPriority(thread: number, priority: number): void {
    if (this.#priorities[thread] === priority) return
    this.#priorities[thread] = priority
    this.policy.changed?.(thread)
    for (let core = 0; core < this.cores; core++) this.#reconsider(core)
  }

  #grow(): void {
    const length = this.#threadState.length * 2
    const grown = <T extends Uint8Array | Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from)
      return to
    }
    this.#threadState = grown(this.#threadState, new Uint8Array(length))
    this.#remaining = grown(this.#remaining, new Float64Array(length))
    this.#lastCore = grown(this.#lastCore, new Int32Array(length))
    this.#isWaking = grown(this.#isWaking, new Uint8Array(length))
  }

  #move(thread: number, to: ThreadState, reason: Reason, core: number): void {
    const from = this.#threadState[thread] as ThreadState
    this.#threadState[thread] = to
    this.observer?.transition(thread, from, to, reason, core, this.#kernel.now)
  }

  #setCore(core: number, state: CoreState, thread: number): void {
    this.#state[core] = state
    this.observer?.core(core, state, thread, this.#kernel.now)
  }

  #ready(thread: number, reason: Reason): void {
    this.#isWaking[thread] = 0
    this.#move(thread, ThreadState.Runnable, reason, NOBODY)
    const idle = this.#idleCoreFor(thread)
    const core = idle === NOBODY ? this.#queueFor(thread) : idle
    this.policy.enqueue(thread, core, reason)
    this.#startPeriodic()
    if (idle !== NOBODY) return this.#dispatch(idle)
    // Any core it may run on, if all wait at one queue: the least urgent is asked last, since it is enough that one yields.
    this.#contend(thread, core)
  }

  /** An idle core for a thread, the one it knows first. */
  #idleCoreFor(thread: number): number {
    const last = this.#lastCore[thread]!
    if (last !== NOBODY && this.#state[last] === CoreState.Idle && this.mayRunOn(thread, last)) return last
    for (let core = 0; core < this.cores; core++)
      if (this.#state[core] === CoreState.Idle && this.mayRunOn(thread, core)) return core
    return NOBODY
  }

  /** Where a thread waits if no core is idle: at the one it knows, unless another has less to do. */
  #queueFor(thread: number): number {
    let best = this.#lastCore[thread]!
    if (best !== NOBODY && !this.mayRunOn(thread, best)) best = NOBODY
    for (let core = 0; core < this.cores; core++)
      if (this.mayRunOn(thread, core) && (best === NOBODY || this.policy.load(core) < this.policy.load(best)))
        best = core
    return best
  }

  #contend(thread: number, preferred: number): void {
    if (this.#challenge(thread, preferred)) return
    for (let core = 0; core < this.cores; core++)
      if (core !== preferred && this.mayRunOn(thread, core) && this.#challenge(thread, core)) return
  }

  /** Whether a thread that has become runnable takes the core from whoever runs there. */
  #challenge(thread: number, core: number): boolean {
    const running = this.#current[core]!
    if (running === NOBODY || this.#state[core] !== CoreState.Busy) return false
    this.#account(core)
    if (!this.policy.preempts(thread, running, core)) return false
    this.#want(core)
    return true
  }

  #reconsider(core: number): void {
    const running = this.#current[core]!
    if (running === NOBODY || this.#state[core] !== CoreState.Busy || !this.policy.hasWaiting(core)) return
    this.#account(core)
    if (this.policy.expires(running, core)) this.#want(core)
  }

  #want(core: number): void {
    if (this.#isAsked[core] === 1) this.#wants[core] = 1
    else this.#preempt(core, Reason.Preempted)
  }

  /** Gives a core that has nobody to somebody, if there is anybody. */
  #dispatch(core: number): void {
    let thread = this.policy.pick(core)
    if (thread === NOBODY) thread = this.policy.steal(core)
    if (thread === NOBODY) {
      if (this.#state[core] !== CoreState.Idle) this.#setCore(core, CoreState.Idle, NOBODY)
      return
    }
    this.#current[core] = thread
    const last = this.#lastCore[thread]!
    const cost =
      (this.#previous[core] === thread ? 0 : this.#config.switchCost) +
      (last === NOBODY || last === core ? 0 : this.#config.migrationCost)
    this.#previous[core] = thread
    if (cost === 0) return this.#run(core)
    this.#setCore(core, CoreState.Switching, thread)
    this.#kernel.schedule(this.#kernel.now + cost, Priority.Core, this.#onSwitched, core)
  }

  #run(core: number): void {
    const thread = this.#current[core]!
    this.#lastCore[thread] = core
    this.#setCore(core, CoreState.Busy, thread)
    this.#move(thread, ThreadState.Running, Reason.Dispatched, core)
    this.#since[core] = this.#kernel.now
    this.#armSlice(core)
    const remaining = this.#remaining[thread]!
    if (remaining > 0) this.#burst(core, remaining)
    else this.#proceed(core)
  }

  #armSlice(core: number): void {
    const slice = this.policy.slice(this.#current[core]!, core)
    this.#sliceEvent[core] =
      slice === Infinity
        ? NO_EVENT
        : this.#kernel.schedule(this.#kernel.now + slice, Priority.Scheduler, this.#onSlice, core)
  }

  #burst(core: number, duration: number): void {
    const end = this.#kernel.now + duration
    this.#burstEnd[core] = end
    this.#burstEvent[core] = this.#kernel.schedule(end, Priority.Core, this.#onBurst, core)
  }

  #endBurst(core: number): void {
    const thread = this.#current[core]!
    this.#burstEvent[core] = NO_EVENT
    this.#remaining[thread] = 0
    if (this.#tellFinished(thread, core)) this.#proceed(core)
  }

  /** Returns whether the thread keeps its core. */
  #tellFinished(thread: number, core: number): boolean {
    this.#isAsked[core] = 1
    this.#depth++
    this.#work.finish(thread, core)
    this.#depth--
    this.#isAsked[core] = 0
    return !this.#yieldsToWanted(core)
  }

  #yieldsToWanted(core: number): boolean {
    if (this.#wants[core] === 0) return false
    this.#wants[core] = 0
    this.#preempt(core, Reason.Preempted)
    return true
  }

  /** Lets the thread on a core go on; as long as nothing else happens meanwhile, time passes without any event. */
  #proceed(core: number): void {
    const thread = this.#current[core]!
    for (;;) {
      this.#isAsked[core] = 1
      this.#depth++
      const duration = this.#work.begin(thread, core)
      this.#depth--
      this.#isAsked[core] = 0
      if (duration < 0) return this.#leave(core, duration)
      if (this.#wants[core] === 1) {
        this.#remaining[thread] = duration
        if (duration > 0) {
          this.#yieldsToWanted(core)
          return
        }
      }
      // While somebody else's work is being told something, this instant is not over yet.
      if (this.#depth > 0 || !this.#kernel.advanceTo(this.#kernel.now + duration)) return this.#burst(core, duration)
      this.#remaining[thread] = 0
      if (!this.#tellFinished(thread, core)) return
    }
  }

  #leave(core: number, how: number): void {
    const thread = this.#current[core]!
    this.#wants[core] = 0
    this.#release(core)
    switch (how) {
      case BLOCKS:
        this.#move(thread, ThreadState.Waiting, Reason.Blocked, core)
        this.policy.leaves(thread, core)
        break
      case ENDS:
        this.#move(thread, ThreadState.Dead, Reason.Ended, core)
        this.#alive--
        this.policy.leaves(thread, core)
        break
      case YIELDS:
        this.#move(thread, ThreadState.Runnable, Reason.Yielded, core)
        this.policy.enqueue(thread, core, Reason.Yielded)
        break
      default:
        throw new Error(`no thread can leave its core by ${how}`)
    }
    this.#dispatch(core)
    if (how === YIELDS) this.#offer(thread)
  }

  #endSlice(core: number): void {
    this.#sliceEvent[core] = NO_EVENT
    const thread = this.#current[core]!
    this.#account(core)
    if (this.policy.expires(thread, core) && this.policy.hasWaiting(core)) this.#preempt(core, Reason.SliceEnded)
    else this.#armSlice(core)
  }

  #preempt(core: number, reason: Reason): void {
    const thread = this.#current[core]!
    this.#release(core)
    this.#move(thread, ThreadState.Runnable, reason, core)
    this.policy.enqueue(thread, core, reason)
    this.#dispatch(core)
    this.#offer(thread)
  }

  /** Who has lost its core may run on one that is idle. */
  #offer(thread: number): void {
    if (this.#threadState[thread] !== ThreadState.Runnable) return
    const idle = this.#idleCoreFor(thread)
    if (idle !== NOBODY) this.#dispatch(idle)
  }

  /** Takes the thread off a core; what is left of its burst is kept. */
  #release(core: number): void {
    const thread = this.#current[core]!
    this.#account(core)
    const event = this.#burstEvent[core]!
    if (event !== NO_EVENT) {
      this.#remaining[thread] = this.#burstEnd[core]! - this.#kernel.now
      this.#kernel.cancel(event)
      this.#burstEvent[core] = NO_EVENT
    }
    const slice = this.#sliceEvent[core]!
    if (slice !== NO_EVENT) this.#kernel.cancel(slice)
    this.#sliceEvent[core] = NO_EVENT
    this.#current[core] = NOBODY
  }

  #account(core: number): void {
    const { now } = this.#kernel
    const duration = now - this.#since[core]!
    this.#since[core] = now
    if (duration > 0) this.policy.ran(this.#current[core]!, core, duration)
  }

  /** Periodic work goes on as long as there is anybody to run: otherwise time would never come to an end. */
  #startPeriodic(): void {
    const { period } = this.policy
    if (period !== undefined && !this.#periodic) {
      this.#periodic = true
      this.#kernel.schedule(this.#kernel.now + period, Priority.Scheduler, this.#onPeriod, 0)
    }
    const { balanceInterval } = this.#config
    if (balanceInterval > 0 && this.cores > 1 && !this.#balancing) {
      this.#balancing = true
      this.#kernel.schedule(this.#kernel.now + balanceInterval, Priority.Scheduler, this.#onBalance, 0)
    }
  }

  get #isAnyCoreBusy(): boolean {
    return this.#state.some((state) => state !== CoreState.Idle)
  }

  #period(): void {
    this.#periodic = false
    if (!this.#isAnyCoreBusy) return
    for (let core = 0; core < this.cores; core++) if (this.#state[core] === CoreState.Busy) this.#account(core)
    this.policy.tick?.()
    for (let core = 0; core < this.cores; core++) this.#reconsider(core)
    this.#startPeriodic()
  }

  /** Moves one thread from a core that has much to do to the one that has least. */
  #balance(): void {
    this.#balancing = false
    if (!this.#isAnyCoreBusy) return
    let least = 0
    let most = 0
    for (let core = 1; core < this.cores; core++) {
      if (this.policy.load(core) < this.policy.load(least)) least = core
      if (this.policy.load(core) > this.policy.load(most)) most = core
    }
    const gap = this.#state[least] === CoreState.Idle ? 1 : 2
    if (this.policy.load(most) - this.policy.load(least) >= gap) {
      const thread = this.policy.steal(least)
      if (thread !== NOBODY) {
        this.policy.enqueue(thread, least, Reason.Migrated)
        if (this.#state[least] === CoreState.Idle) this.#dispatch(least)
      }
    }
    this.#startPeriodic()
  }
}
