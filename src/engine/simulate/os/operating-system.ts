import { UsageError } from '../../errors.js'
import type { Random } from '../../random.js'
import type { EventId, Kernel } from '../kernel/kernel.js'
import { Priority } from '../kernel/priority.js'
import type { OsConfig } from './os-config.js'
import { CoreState, type OsObserver } from './os-observer.js'
import type { MakePolicy, Policy, SchedulingView } from './policy.js'
import { checkThreadOptions, type ThreadOptions } from './thread-options.js'
import { Reason, ThreadState } from './thread-state.js'
import { BLOCKS, ENDS, type Work, YIELDS } from './work.js'

// Within the decisions of an instant: idle cores take who waits and urgent threads take cores; then slices end, for those who
// still wait; then periodic work is done.
const DISPATCH = Priority.Scheduler
const SLICES = Priority.Scheduler + 1
const PERIODS = Priority.Scheduler + 2

const NOBODY = -1
/** No core. */
const NOWHERE = -1
const NO_EVENT: EventId = -1
/** A core is not asked to let anybody else run. */
const UNWANTED = -1
/** No burst has been begun and not finished; none ends. */
const NOTHING = -1

/**
 * The operating system of a simulated computer: threads in five states, on cores, by a policy.
 *
 * A core goes on by itself as long as nothing else is due, without any event of the kernel. Whatever another core or a device
 * wants of it (to leave its idle state, to take somebody else) comes as an event of the same instant: no core acts while another
 * does. A burst that ends at the very instant at which its thread is to lose the core has ended: the thread is asked what it does
 * next, and only if it would run on is it put back into the queue.
 */
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
  /** Until when the time of a core has been told to the policy. */
  readonly #since: Float64Array
  /** When the burst on a core ends, and the event that says so, if one is under way that needs an event. */
  readonly #burstEnd: Float64Array
  readonly #burstEvent: Float64Array
  /** When the slice on a core ends. */
  readonly #sliceEnd: Float64Array
  /** The reason for which a core is to turn to somebody else. */
  readonly #wanted: Int8Array
  /** For whom an idle core is to leave its idle state. */
  readonly #claimant: Int32Array
  /** The core whose work is being asked or told something: it looks itself whether it is wanted. */
  #asked = NOWHERE
  /**
   * One event for the slices of all cores, which comes too early if those it was meant for have ended otherwise: so few switches
   * need a new one.
   */
  #sliceEvent: EventId = NO_EVENT
  #sliceTime = Infinity
  /** Who has lost a core, or has woken it up, that has not chosen the next thread yet. */
  #displaced = NOBODY
  // By thread.
  readonly #options: ThreadOptions[] = []
  readonly #priorities: number[] = []
  readonly #threadState: ThreadState[] = []
  /** What is left of the burst that has been begun. */
  readonly #remaining: number[] = []
  readonly #lastCore: number[] = []
  /** Where it was put to wait. */
  readonly #queueOf: number[] = []
  readonly #isWaking: boolean[] = []
  #alive = 0
  #isPeriodic = false
  #lastPeriod = 0
  #isBalancing = false
  // Made once: no event allocates.
  readonly #onBurst = (core: number): void => this.#endBurst(core)
  readonly #onSlice = (): void => this.#endSlices()
  readonly #onSwitched = (core: number): void => this.#endSwitch(core)
  readonly #onWanted = (core: number): void => this.#answer(core)
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
    this.#state = new Uint8Array(cores).fill(CoreState.Idle)
    this.#since = new Float64Array(cores)
    this.#burstEnd = new Float64Array(cores).fill(NOTHING)
    this.#burstEvent = new Float64Array(cores).fill(NO_EVENT)
    this.#sliceEnd = new Float64Array(cores).fill(Infinity)
    this.#wanted = new Int8Array(cores).fill(UNWANTED)
    this.#claimant = new Int32Array(cores).fill(NOBODY)
    this.policy = makePolicy(this)
  }

  get now(): number {
    return this.#kernel.now
  }

  /** How many threads have been created. */
  get threads(): number {
    return this.#options.length
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

  isForeground(thread: number): boolean {
    return this.#options[thread]!.foreground ?? false
  }

  mayRunOn(thread: number, core: number): boolean {
    const { affinity } = this.#options[thread]!
    return affinity === undefined || affinity.includes(core)
  }

  stateOf(thread: number): ThreadState {
    return this.#threadState[thread]!
  }

  /** The core that a thread is running on, −1 if it is not running. */
  coreOf(thread: number): number {
    return this.#threadState[thread] === ThreadState.Running ? this.#lastCore[thread]! : NOWHERE
  }

  /**
   * A new thread, which does not run before it is started. Returns its number: 0, 1, 2, …
   *
   * @throws UsageError `usage/no-core` if it may run on none of the cores, `usage/thread` if another option is no such thing.
   */
  create(options: ThreadOptions = {}): number {
    checkThreadOptions(options, this.cores)
    const thread = this.#options.push(options) - 1
    this.#priorities.push(options.priority ?? 0)
    this.#threadState.push(ThreadState.New)
    this.#remaining.push(NOTHING)
    this.#lastCore.push(NOWHERE)
    this.#queueOf.push(NOWHERE)
    this.#isWaking.push(false)
    this.#alive++
    this.policy.created(thread)
    return thread
  }

  /**
   * Makes a new thread ready to run.
   *
   * @throws UsageError `usage/started` if it was started before.
   */
  start(thread: number): void {
    if (this.#threadState[thread] !== ThreadState.New)
      throw new UsageError('usage/started', `thread ${thread} was started before`)
    this.#ready(thread, Reason.Started)
  }

  /** What a thread waits for has come: it becomes runnable after the latency of a wake-up. Does nothing if it does not wait, or is on its way. */
  wake(thread: number): void {
    if (this.#threadState[thread] !== ThreadState.Waiting || this.#isWaking[thread]!) return
    this.#isWaking[thread] = true
    const latency =
      this.#config.wakeLatency + (this.#idleCoreFor(thread) === NOWHERE ? 0 : this.#config.idleWakeLatency)
    if (latency === 0) this.#ready(thread, Reason.Woken)
    else this.#kernel.schedule(this.#kernel.now + latency, Priority.Timer, this.#onWake, thread)
  }

  /**
   * Ends what a thread has begun before its time: `finish` comes in this instant, or as soon as the thread gets a core. Returns
   * how much of it was left, in picoseconds.
   */
  cut(thread: number): number {
    const core = this.coreOf(thread)
    if (core === NOWHERE) {
      const left = Math.max(0, this.#remaining[thread]!)
      if (left > 0) this.#remaining[thread] = 0
      return left
    }
    const { now } = this.#kernel
    const event = this.#burstEvent[core]!
    const left = this.#burstEnd[core]! - now
    if (event === NO_EVENT || left <= 0) return 0
    this.#kernel.cancel(event)
    this.#burstEnd[core] = now
    this.#burstEvent[core] = this.#kernel.schedule(now, Priority.Core, this.#onBurst, core)
    return left
  }

  /** Changes how urgent a thread is, wherever it is: what priority inheritance needs. */
  setPriority(thread: number, priority: number): void {
    if (this.#priorities[thread] === priority) return
    this.#priorities[thread] = priority
    this.policy.changed?.(thread)
    const last = this.#lastCore[thread]!
    if (this.#threadState[thread] === ThreadState.Running) this.#reconsider(last)
    else if (this.#threadState[thread] === ThreadState.Runnable) this.#reconsiderWaiting(thread)
  }

  // From waiting to runnable

  #move(thread: number, to: ThreadState, reason: Reason, core: number): void {
    const from = this.#threadState[thread]!
    this.#threadState[thread] = to
    this.observer?.transition(thread, from, to, reason, core, this.#kernel.now)
  }

  #setCore(core: number, state: CoreState, thread: number): void {
    this.#state[core] = state
    this.observer?.core(core, state, thread, this.#kernel.now)
  }

  #ready(thread: number, reason: Reason): void {
    this.#isWaking[thread] = false
    this.#startPeriodic()
    this.#move(thread, ThreadState.Runnable, reason, NOWHERE)
    const idle = this.#idleCoreFor(thread)
    this.#admit(thread, idle === NOWHERE ? this.#queueFor(thread) : idle, reason)
  }

  /** Puts a thread into a queue and sees to it that it gets a core, if it should have one now. */
  #admit(thread: number, core: number, reason: Reason): void {
    this.#accountFor(core)
    this.#enqueue(thread, core, reason)
    if (this.#state[core] === CoreState.Idle) this.#claim(core, thread)
    else if (!this.#contend(thread, core) && this.policy.isReslicedByArrivals === true) this.#reslice(core)
  }

  #enqueue(thread: number, core: number, reason: Reason): void {
    this.#queueOf[thread] = core
    this.policy.enqueue(thread, core, reason)
  }

  /** An idle core for a thread that nobody else is meant to get, the one it knows first. */
  #idleCoreFor(thread: number): number {
    const last = this.#lastCore[thread]!
    if (last !== NOWHERE && this.#isFree(last) && this.mayRunOn(thread, last)) return last
    for (let core = 0; core < this.cores; core++) if (this.#isFree(core) && this.mayRunOn(thread, core)) return core
    return NOWHERE
  }

  #isFree(core: number): boolean {
    return this.#state[core] === CoreState.Idle && this.#wanted[core] === UNWANTED && this.#current[core] === NOBODY
  }

  /** Where a thread waits if no core is idle: at the one it knows, unless another has less to do. */
  #queueFor(thread: number): number {
    let best = this.#lastCore[thread]!
    if (best !== NOWHERE && !this.mayRunOn(thread, best)) best = NOWHERE
    if (best !== NOWHERE && this.policy.isGlobal) return best
    for (let core = 0; core < this.cores; core++)
      if (this.mayRunOn(thread, core) && (best === NOWHERE || this.policy.load(core) < this.policy.load(best)))
        best = core
    return best
  }

  /**
   * Whether a thread that has become runnable takes a core from whoever runs there: the core it waits for, or, if all wait in one
   * queue, of all cores the one whose thread would yield to those of the others.
   */
  #contend(thread: number, home: number): boolean {
    let victim = this.#wouldYield(home, thread) ? home : NOWHERE
    if (this.policy.isGlobal)
      for (let core = 0; core < this.cores; core++) {
        if (core === home || !this.mayRunOn(thread, core) || !this.#wouldYield(core, thread)) continue
        if (victim === NOWHERE || this.#wouldYield(core, this.#current[victim]!)) victim = core
      }
    if (victim === NOWHERE) return false
    this.#want(victim, Reason.Preempted)
    return true
  }

  #wouldYield(core: number, to: number): boolean {
    if (this.#state[core] === CoreState.Idle || this.#wanted[core] !== UNWANTED) return false
    this.#account(core)
    return this.policy.preempts(to, this.#current[core]!, core)
  }

  #reconsiderWaiting(thread: number): void {
    const core = this.#queueOf[thread]!
    // A core that is switching to it has it already.
    for (let other = 0; other < this.cores; other++) if (this.#current[other] === thread) return this.#reconsider(other)
    this.#contend(thread, core)
  }

  #reconsider(core: number): void {
    if (this.#current[core] === NOBODY || this.#wanted[core] !== UNWANTED) return
    this.#account(core)
    if (this.policy.isOutranked?.(this.#current[core]!, core)) this.#want(core, Reason.Preempted)
  }

  /** Has a core turn to somebody else, in this instant or as soon as it can. */
  #want(core: number, reason: Reason): void {
    if (this.#wanted[core] !== UNWANTED) return
    this.#wanted[core] = reason
    if (core === this.#asked || this.#state[core] === CoreState.Switching) return
    this.#kernel.schedule(this.#kernel.now, DISPATCH, this.#onWanted, core)
  }

  /** Has an idle core look who waits, for the sake of a thread. */
  #claim(core: number, thread: number): void {
    if (this.#wanted[core] !== UNWANTED) return
    this.#claimant[core] = thread
    this.#want(core, Reason.Dispatched)
  }

  #answer(core: number): void {
    if (this.#wanted[core] === UNWANTED) return
    if (this.#state[core] === CoreState.Idle) {
      this.#displaced = this.#claimant[core]!
      this.#goOn(core)
    } else if (this.#state[core] === CoreState.Busy) this.#interrupt(core)
  }

  #interrupt(core: number): void {
    // The event that ends the burst comes in this instant, and looks.
    if (this.#burstEnd[core] === this.#kernel.now) return
    this.#preempt(core)
    this.#goOn(core)
  }

  // A core goes on

  /** Lets a core go on until time has to pass with something else due meanwhile, or until there is nothing to do. */
  #goOn(core: number): void {
    for (;;) {
      if (this.#current[core] === NOBODY && !this.#takeNext(core)) return
      if (!this.#execute(core)) return
    }
  }

  /** Gives a core to the next thread; false if there is none, or the switch to it takes its time. */
  #takeNext(core: number): boolean {
    this.#wanted[core] = UNWANTED
    let thread = this.policy.pick(core)
    if (thread === NOBODY && this.#config.stealing !== false) thread = this.#pull(core)
    if (thread === NOBODY) {
      // If nobody waits for this core, neither does who has lost it or woken it up.
      this.#displaced = NOBODY
      this.#rest(core)
      return false
    }
    this.#current[core] = thread
    this.#offer(thread)
    const last = this.#lastCore[thread]!
    const cost =
      (this.#previous[core] === thread ? 0 : this.#config.switchCost) +
      (last === NOWHERE || last === core ? 0 : this.#config.migrationCost)
    this.#previous[core] = thread
    if (cost > 0) {
      this.#setCore(core, CoreState.Switching, thread)
      const end = this.#kernel.now + cost
      if (!this.#kernel.advanceTo(end)) {
        this.#kernel.schedule(end, Priority.Core, this.#onSwitched, core)
        return false
      }
    }
    this.#occupy(core)
    return true
  }

  #endSwitch(core: number): void {
    this.#occupy(core)
    this.#goOn(core)
  }

  #occupy(core: number): void {
    const thread = this.#current[core]!
    this.#lastCore[thread] = core
    this.#since[core] = this.#kernel.now
    this.#setCore(core, CoreState.Busy, thread)
    this.#move(thread, ThreadState.Running, Reason.Dispatched, core)
    this.#armSlice(core)
  }

  #rest(core: number): void {
    if (this.#state[core] === CoreState.Idle) return
    this.#setCore(core, CoreState.Idle, NOBODY)
    if (!this.#isAnyCoreBusy) this.#disarmSlices()
  }

  /** Runs the thread of a core, burst by burst. Returns whether it has left; if not, a burst is under way. */
  #execute(core: number): boolean {
    const thread = this.#current[core]!
    for (;;) {
      if (this.#remaining[thread] === NOTHING) {
        this.#asked = core
        const duration = this.#work.begin(thread, core)
        this.#asked = NOWHERE
        if (duration < 0) {
          this.#leave(core, duration)
          return true
        }
        this.#remaining[thread] = duration
      }
      if (this.#wanted[core] !== UNWANTED) {
        this.#preempt(core)
        return true
      }
      const end = this.#kernel.now + this.#remaining[thread]!
      if (!this.#kernel.advanceTo(end)) {
        this.#burstEnd[core] = end
        this.#burstEvent[core] = this.#kernel.schedule(end, Priority.Core, this.#onBurst, core)
        return false
      }
      if (this.#finish(thread, core)) return true
    }
  }

  #endBurst(core: number): void {
    this.#burstEvent[core] = NO_EVENT
    this.#burstEnd[core] = NOTHING
    this.#finish(this.#current[core]!, core)
    this.#goOn(core)
  }

  /** What the thread has begun takes effect. Returns whether the thread goes back to the queue after every burst. */
  #finish(thread: number, core: number): boolean {
    this.#remaining[thread] = NOTHING
    this.#asked = core
    this.#work.finish(thread, core)
    this.#asked = NOWHERE
    if (this.policy.isAskedAfterEveryBurst !== true) return false
    if (this.#wanted[core] === UNWANTED) this.#wanted[core] = Reason.SliceEnded
    this.#preempt(core)
    return true
  }

  // A thread leaves its core

  #leave(core: number, how: number): void {
    const thread = this.#current[core]!
    this.#accountFor(core)
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
        this.#returnToQueue(thread, core, Reason.Yielded)
        break
      default:
        throw new UsageError('usage/work', `a thread's work takes 0 ps or more, BLOCKS, YIELDS or ENDS, not ${how}`)
    }
  }

  /** Puts the thread of a core that is wanted back into the queue. */
  #preempt(core: number): void {
    const reason = this.#wanted[core]! as Reason
    const thread = this.#current[core]!
    this.#release(core)
    this.#returnToQueue(thread, core, reason)
  }

  #returnToQueue(thread: number, core: number, reason: Reason): void {
    this.#move(thread, ThreadState.Runnable, reason, core)
    this.#enqueue(thread, core, reason)
    this.#displaced = thread
  }

  /** Who has lost a core to another thread may run on one that is idle. */
  #offer(taken: number): void {
    const thread = this.#displaced
    this.#displaced = NOBODY
    if (thread === NOBODY || thread === taken || this.#threadState[thread] !== ThreadState.Runnable) return
    const idle = this.#idleCoreFor(thread)
    if (idle !== NOWHERE) this.#claim(idle, thread)
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
      this.#burstEnd[core] = NOTHING
    }
    this.#sliceEnd[core] = Infinity
    this.#current[core] = NOBODY
    this.#wanted[core] = UNWANTED
  }

  /** Tells the policy of the time of all who share the queue of a core. */
  #accountFor(core: number): void {
    if (this.policy.isGlobal) for (let each = 0; each < this.cores; each++) this.#account(each)
    else this.#account(core)
  }

  #account(core: number): void {
    if (this.#state[core] !== CoreState.Busy) return
    const { now } = this.#kernel
    const duration = now - this.#since[core]!
    this.#since[core] = now
    if (duration > 0) this.policy.ran(this.#current[core]!, core, duration)
  }

  // Slices

  #armSlice(core: number, least = 1): void {
    const slice = this.policy.slice(this.#current[core]!, core)
    const end = slice === Infinity ? Infinity : this.#kernel.now + Math.max(least, Math.ceil(slice))
    this.#sliceEnd[core] = end
    if (end < this.#sliceTime) this.#scheduleSlices(end)
  }

  #scheduleSlices(time: number): void {
    this.#disarmSlices()
    this.#sliceTime = time
    this.#sliceEvent = this.#kernel.schedule(time, SLICES, this.#onSlice)
  }

  #disarmSlices(): void {
    if (this.#sliceEvent !== NO_EVENT) this.#kernel.cancel(this.#sliceEvent)
    this.#sliceEvent = NO_EVENT
    this.#sliceTime = Infinity
  }

  #reslice(core: number): void {
    if (this.#state[core] !== CoreState.Busy || this.#wanted[core] !== UNWANTED) return
    this.#account(core)
    this.#armSlice(core, 0)
  }

  /** Ends the slices that are over, in the order of cores, and waits for the next. */
  #endSlices(): void {
    this.#sliceEvent = NO_EVENT
    this.#sliceTime = Infinity
    let wanting = 0
    let last = NOWHERE
    for (let core = 0; core < this.cores; core++) {
      if (this.#sliceEnd[core] !== this.#kernel.now || !this.#endSlice(core)) continue
      wanting++
      last = core
    }
    this.#scheduleNextSlices()
    // A core may let time pass: it does so now only if no other is to do anything first.
    if (wanting === 1) this.#interrupt(last)
    else if (wanting > 1)
      for (let core = 0; core < this.cores; core++)
        if (this.#wanted[core] === Reason.SliceEnded)
          this.#kernel.schedule(this.#kernel.now, SLICES, this.#onWanted, core)
  }

  /** Whether somebody else is to run on a core whose slice is over. */
  #endSlice(core: number): boolean {
    this.#account(core)
    if (!this.policy.expires(this.#current[core]!, core)) {
      this.#armSlice(core)
      return false
    }
    this.#sliceEnd[core] = Infinity
    // Otherwise it is to turn to somebody else already.
    if (this.#wanted[core] !== UNWANTED) return false
    this.#wanted[core] = Reason.SliceEnded
    return true
  }

  #scheduleNextSlices(): void {
    let next = Infinity
    for (let core = 0; core < this.cores; core++) next = Math.min(next, this.#sliceEnd[core]!)
    if (next < this.#sliceTime) this.#scheduleSlices(next)
  }

  // Periodic work, which goes on as long as a core is busy: otherwise time would never come to an end

  #startPeriodic(): void {
    const { period } = this.policy
    if (period !== undefined && !this.#isPeriodic) {
      const periods = Math.floor(this.#kernel.now / period)
      // Nothing has run since the last one: one is as good as all that were left out.
      if (periods > this.#lastPeriod) this.policy.tick?.()
      this.#schedulePeriod(period, periods)
    }
    const { balanceInterval } = this.#config
    if (balanceInterval > 0 && !this.#isBalancing && this.cores > 1 && !this.policy.isGlobal) {
      this.#isBalancing = true
      this.#kernel.schedule(nextMultiple(this.#kernel.now, balanceInterval), PERIODS, this.#onBalance)
    }
  }

  #schedulePeriod(period: number, periods: number): void {
    this.#isPeriodic = true
    this.#lastPeriod = periods
    this.#kernel.schedule((periods + 1) * period, PERIODS, this.#onPeriod)
  }

  /** Whether a core has something to do, or is just about to. */
  get #isAnyCoreBusy(): boolean {
    for (let core = 0; core < this.cores; core++) if (!this.#isFree(core)) return true
    return false
  }

  #period(): void {
    this.#isPeriodic = false
    if (!this.#isAnyCoreBusy) return
    for (let core = 0; core < this.cores; core++) this.#account(core)
    this.policy.tick?.()
    this.#schedulePeriod(this.policy.period!, this.#lastPeriod + 1)
    for (let core = 0; core < this.cores; core++) {
      this.#reconsider(core)
      this.#reslice(core)
    }
  }

  // Balance

  /** How many a core has to do with. */
  #burden(core: number): number {
    return this.policy.load(core) + (this.#state[core] === CoreState.Idle ? 0 : 1)
  }

  /** Evens out the queues: whoever has two or more less to do with than another takes one from the fullest that has one for it. */
  #balance(): void {
    this.#isBalancing = false
    if (!this.#isAnyCoreBusy) return
    for (let core = 0; core < this.cores; core++)
      for (let thread = this.#pull(core); thread !== NOBODY; thread = this.#pull(core))
        this.#admit(thread, core, Reason.Migrated)
    this.#startPeriodic()
  }

  /** Takes a thread for a core out of the fullest queue that has one for it, if more wait there than this core has to do with. */
  #pull(core: number): number {
    if (this.policy.isGlobal) return NOBODY
    const least = this.#current[core] === NOBODY ? this.policy.load(core) : this.#burden(core)
    let tried = NOWHERE
    let bound = Infinity
    for (;;) {
      // The next fullest: those of equal load in the order of cores.
      let from = NOWHERE
      for (let other = 0; other < this.cores; other++) {
        const load = this.policy.load(other)
        if (other === core || load <= least || load > bound || (load === bound && other <= tried)) continue
        if (from === NOWHERE || load > this.policy.load(from)) from = other
      }
      if (from === NOWHERE) return NOBODY
      this.#account(core)
      this.#account(from)
      const thread = this.policy.steal(core, from)
      if (thread !== NOBODY) {
        if (this.policy.isReslicedByArrivals === true) this.#reslice(from)
        return thread
      }
      tried = from
      bound = this.policy.load(from)
    }
  }
}

function nextMultiple(time: number, of: number): number {
  return (Math.floor(time / of) + 1) * of
}
