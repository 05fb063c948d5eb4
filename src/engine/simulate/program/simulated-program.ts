import * as Code from '../../code.js'
import { ProgramFault } from '../../errors.js'
import { WordKind } from '../../layout.js'
import { NODE_WORD } from '../../node-fields.js'
import type { Operation } from '../../operation.js'
import type { Random } from '../../random.js'
import type { Session } from '../../session.js'
import { Compute } from '../../thread-operations.js'
import type { EventId } from '../kernel/kernel.js'
import type { Kernel } from '../kernel/kernel.js'
import { Priority } from '../kernel/priority.js'
import { BLOCKS, ENDS, type Work, YIELDS } from '../os/work.js'
import { Addresses } from './addresses.js'
import { AccessKind } from '../memory/access-kind.js'
import type { CostModel } from './cost-model.js'
import { type Device, deviceRequest } from './device.js'
import { type Interpreter, timeToAsking } from './interpreter.js'
import { type ProgramObserver, WakeCause } from './program-observer.js'
import type { LockOwners } from './lock-owners.js'
import { type ThreadHost, Wait } from './thread-host.js'
import { WaitingThreads } from './waiting-threads.js'

/** Picoseconds of a nanosecond. */
const NANOSECOND = 1000

const NOBODY = -1

/** What a thread is in the middle of, besides its operation. */
const Phase = { Ready: 0, Asking: 1, Answered: 2, Yielding: 3, Entering: 4 } as const

/** What a simulated program is given. */
export interface ProgramSetting {
  readonly kernel: Kernel
  /** A session that learns nothing, in time mode `virtual`. */
  readonly session: Session
  readonly costs: CostModel
  /** What a thread can ask, by name. */
  readonly devicesOf: (thread: number) => ReadonlyMap<string, Device>
  /** Where ways are drawn from. */
  readonly random: Random
  /** Whether all ways are drawn, as the random scheduler of the explorer does, or only those of `p.choose`: real systems wake who came first. */
  readonly drawsWays?: boolean
  /** What threads run in, if it is more than the machine itself. */
  readonly interpreter?: Interpreter
  /** Told of locks, if those who own them are to be as urgent as those who wait for them. */
  readonly lockOwners?: LockOwners
}

/**
 * The threads of a program as the work of a simulated computer. Operations take effect when their time has passed; an operation that
 * cannot happen then waits for the words that decide about it, and time passes for sleepers as it does for the computer.
 */
export class SimulatedProgram implements Work {
  readonly session: Session
  observer: ProgramObserver | null = null
  /** Who maps threads onto cores; set before the program begins. */
  host!: ThreadHost
  /** How many operations have taken effect. */
  operations = 0
  /** Whether all threads that the program waits for have ended. */
  hasEnded = false
  /** By thread: how it waits, if it does. */
  waitOf = new Uint8Array(64)
  readonly #setting: ProgramSetting
  readonly #kernel: Kernel
  readonly #addresses: Addresses
  readonly #waiting = new WaitingThreads()
  readonly #lockOwners: LockOwners | null
  readonly #threadOfWord = new Map<number, number>()
  // By thread.
  #phase = new Uint8Array(64)
  #began = new Float64Array(64)
  /** What is left of a computation that was cut off. */
  #left = new Float64Array(64)
  /** What it has to do before its next operation, on account of the one before. */
  #owed = new Float64Array(64)
  /** What its process has to do before its first operation. */
  #boot = new Float64Array(64)
  /** The device that it has asked last. */
  readonly #asked: string[] = []
  #known = 0
  /** All threads before it have ended. */
  #firstAlive = 0
  readonly #started: number[] = []
  readonly #woken: number[] = []
  // Timers of the program's objects are relative: up to when they have been brought, and the event that is due next.
  #timersAt = 0
  #timerEvent: EventId | null = null
  #timerDue = Infinity
  readonly #onTimer = (): void => this.#passTime(true)
  readonly #onAnswer = (thread: number): void => this.#answer(thread)

  constructor(setting: ProgramSetting) {
    this.#setting = setting
    this.#kernel = setting.kernel
    this.session = setting.session
    this.#lockOwners = setting.lockOwners ?? null
    this.#addresses = new Addresses(setting.session)
  }

  /** Starts the threads that run from the beginning. */
  begin0(): void {
    this.session.rewind()
    this.#meetThreads()
    for (const { index, agent } of this.session.threads.all)
      if (!agent && this.session.node(index) !== 0) this.#start(index, NOBODY)
    this.#armTimer()
  }

  begin(thread: number, core: number): number {
    const { session } = this
    const node = session.node(thread)
    const code = session.nodes.code(node)
    if (code === Code.End || code === Code.Failed) {
      this.#setting.interpreter?.ended(thread)
      this.#ended()
      return ENDS
    }
    const boot = this.#boot[thread]!
    if (boot > 0) {
      this.#boot[thread] = 0
      this.#phase[thread] = Phase.Entering
      return boot
    }
    if (this.#phase[thread] === Phase.Yielding) {
      this.#phase[thread] = Phase.Ready
      this.#setting.interpreter?.leave(thread)
      return YIELDS
    }
    const operation = session.image.operations.get(node)!
    const { interpreter } = this.#setting
    // In the middle of a request to a device it is outside.
    const entry =
      interpreter === undefined || this.#phase[thread] !== Phase.Ready ? 0 : interpreter.enter(thread, operation)
    if (entry < 0) return this.#wait(thread, entry)
    const left = this.#left[thread]!
    if (left > 0) {
      this.#left[thread] = 0
      return this.#interpreted(thread, left)
    }
    this.#began[thread] = this.#kernel.now
    const duration = this.#beginOperation(thread, core, node, code, operation)
    if (duration < 0) return duration
    return entry + this.#settled(thread) + duration
  }

  /** What the operation before has left to do, which is done now. */
  #settled(thread: number): number {
    // No destructuring: the compiler gives that up again and again for elements of typed arrays.
    const owed = this.#owed[thread]!
    if (owed !== 0) this.#owed[thread] = 0
    return owed
  }

  /** Waits for the interpreter. */
  #wait(thread: number, answer: number): number {
    const time = timeToAsking(answer)
    if (time >= 0) {
      this.#phase[thread] = Phase.Entering
      return time
    }
    this.waitOf[thread] = Wait.Kernel
    return answer
  }

  /** Computes for a while: until it has to look up, if that is before the end. */
  #interpreted(thread: number, duration: number): number {
    const most = this.#setting.interpreter?.atMost(thread) ?? Infinity
    if (duration <= most) return duration
    this.#left[thread] = duration - most
    return most
  }

  #beginOperation(thread: number, core: number, node: number, code: number, operation: Operation): number {
    const { session } = this
    if (code === Code.Pause && operation.cost !== 'none') return this.#pause(thread, operation)
    if (session.ways(thread) === 0) return this.#block(thread, operation)
    return this.#duration(core, code, node, operation, thread)
  }

  /** Interrupts a thread whose interpreted code computes: it comes to its interpreter at once, and goes on with what is left afterwards. */
  cut(thread: number): void {
    const { session } = this
    const operation = session.image.operations.get(session.node(thread))
    if (!(operation instanceof Compute) || operation.code !== 'interpreted' || this.#left[thread]! > 0) return
    this.#left[thread] = this.host.cut(thread)
  }

  finish(thread: number, core: number): void {
    const { session } = this
    const node = session.node(thread)
    const code = session.nodes.code(node)
    // Its process was ended meanwhile.
    if (code === Code.End || code === Code.Failed) return
    if (this.#phase[thread] === Phase.Entering) {
      this.#phase[thread] = Phase.Ready
      return
    }
    const operation = session.image.operations.get(node)!
    if (this.#left[thread]! > 0) return this.#setting.interpreter?.performed(thread, operation)
    if (code === Code.Pause && operation.name === 'io' && this.#phase[thread] === Phase.Asking) return
    if (session.isTimed) this.#passTime(false)
    const ways = session.ways(thread)
    // Somebody else was faster: it waits, as its next beginning finds.
    if (ways === 0) return
    const way = ways === 1 ? 0 : this.#draw(code, ways)
    if (code === Code.Assume) this.#requireAssumed(thread)
    const result = session.step(thread, way)
    this.operations++
    this.#setting.interpreter?.performed(thread, operation)
    this.#phase[thread] = operation.name === 'yieldNow' ? Phase.Yielding : Phase.Ready
    const { observer } = this
    if (observer !== null) {
      observer.step(
        thread,
        core,
        operation,
        way,
        this.#received(code, operation, result),
        this.#began[thread]!,
        this.#kernel.now,
      )
    }
    this.#tellWritten(thread)
    if (operation.object?.isPickled === true) this.#receive(thread, result)
    if (session.isTimed) this.#armTimer()
  }

  /** What has come from another process is made of bytes before the thread goes on. */
  #receive(thread: number, result: number): void {
    const value = result >= 0 ? this.session.interner.valueOf(result) : undefined
    if (value !== undefined && value !== null) this.#owed[thread] = this.#setting.costs.pickling(value)
  }

  #draw(code: number, ways: number): number {
    return code === Code.Choose || this.#setting.drawsWays === true ? this.#setting.random.below(ways) : 0
  }

  #requireAssumed(thread: number): void {
    if (!this.session.assumesFalsehood(thread)) return
    throw new ProgramFault('program/false-assumption', 'the program assumes what is false in this run', {
      hint: 'p.assume drops executions when exploring; a simulation has only one, in which another seed may do',
    })
  }

  /** What a step's thread gets, as plain data. */
  #received(code: number, { instruction }: Operation, result: number): unknown {
    return this.session.image.decodeResult(code, instruction?.word ?? -1, result)
  }

  /** `compute`, `io`, `sleep(0)` and `yieldNow`. */
  #pause(thread: number, operation: Operation): number {
    const { costs } = this.#setting
    switch (operation.name) {
      case 'compute':
        return this.#compute(thread, operation as Compute)
      case 'io':
        return this.#io(thread, operation)
      default:
        return costs.waiting
    }
  }

  #compute(thread: number, { code, args }: Compute): number {
    const { costs, interpreter } = this.#setting
    const work = Number(args[0]) * costs.work
    if (code === 'native') interpreter?.leave(thread)
    if (code !== 'interpreted') return Math.max(costs.operation, Math.round(work))
    return this.#interpreted(thread, Math.max(costs.operation, Math.round(work * (interpreter?.slowdown ?? 1))))
  }

  #io(thread: number, operation: Operation): number {
    const { costs } = this.#setting
    switch (this.#phase[thread]) {
      case Phase.Answered:
        return costs.systemCall
      case Phase.Asking: {
        const devices = this.#setting.devicesOf(thread)
        const { device, bytes } = deviceRequest(operation.args[0], [...devices.keys()])
        this.#asked[thread] = device
        this.observer?.asks?.(thread, device, bytes, this.#kernel.now)
        devices.get(device)!.submit(bytes ?? 0, this.#onAnswer, thread)
        if (this.#hasAnswer(thread)) return costs.systemCall
        this.#waits(thread, operation, Wait.Kernel)
        return BLOCKS
      }
      default:
        // The call is made first; the device is asked at its end.
        this.#setting.interpreter?.leave(thread)
        this.#phase[thread] = Phase.Asking
        return costs.systemCall
    }
  }

  /** Whether the device has answered at once. */
  #hasAnswer(thread: number): boolean {
    return this.#phase[thread] === Phase.Answered
  }

  #answer(thread: number): void {
    this.#phase[thread] = Phase.Answered
    this.observer?.answered?.(thread, this.#asked[thread]!, this.#kernel.now)
    this.wake(thread, NOBODY, WakeCause.Device)
  }

  #block(thread: number, operation: Operation): number {
    const { reads, writes } = operation.footprint(this.session.world, thread)
    const words = [...new Set([...reads, ...writes])]
    this.#waiting.add(thread, words)
    this.#waits(thread, operation, Wait.User)
    this.#lockOwners?.waits(thread, words)
    // Those who only wait for work need not be waited for.
    if (operation.isIdle === true) this.#ended()
    return BLOCKS
  }

  #waits(thread: number, operation: Operation, wait: Wait): void {
    this.#setting.interpreter?.leave(thread)
    this.waitOf[thread] = wait
    this.observer?.waits(thread, operation, this.#kernel.now)
  }

  #duration(core: number, code: number, node: number, operation: Operation, thread: number): number {
    const { costs } = this.#setting
    const { now } = this.#kernel
    switch (code) {
      case Code.Load:
        return costs.operation + costs.access(core, this.#addressAt(node), kindOf(operation, AccessKind.Load), now)
      case Code.Store:
        return costs.operation + costs.access(core, this.#addressAt(node), kindOf(operation, AccessKind.Store), now)
      case Code.Choose:
      case Code.Assume:
      case Code.Pause:
        return costs.operation
      case Code.Contract: {
        const { reads, writes } = operation.footprint(this.session.world, thread)
        const word = writes[0] ?? reads[0]
        const call = operation.cost === 'wait' ? costs.waiting : costs.operation
        const creation = costs.creation(operation, this.#startedBy(operation, writes)) + this.#sending(operation)
        if (word === undefined) return call + creation
        const kind = writes.length === 0 ? AccessKind.Load : AccessKind.Atomic
        return call + creation + costs.access(core, this.#addresses.of(word), kind, now)
      }
      case Code.Spawn:
        return costs.operation + costs.creation(operation, 1)
      default:
        return costs.operation + costs.access(core, this.#addressAt(node), AccessKind.Atomic, now)
    }
  }

  /** How many threads an operation starts now. */
  #startedBy({ starts }: Operation, writes: readonly number[]): number {
    if (starts === undefined) return 0
    const { all } = this.session.threads
    return starts.filter(({ index }) => writes.includes(all[index]!.word)).length
  }

  /** What goes to another process is made into bytes before. */
  #sending({ object, args }: Operation): number {
    return object?.isPickled === true && args.length > 0 ? this.#setting.costs.pickling(args) : 0
  }

  #addressAt(node: number): number {
    return this.#addresses.of(this.session.nodes.field(node, NODE_WORD))
  }

  /** What a step has written may let others step, and may have begun or ended threads. */
  #tellWritten(stepped = NOBODY): void {
    const { world } = this.session
    const written = world.written
    const { kinds } = this.session.layout
    for (let at = 0; at < written; at++) {
      const word = world.writtenWord(at)
      if (kinds[word] === WordKind.Node) this.#threadChanged(word, world.writtenOver(at))
    }
    if (this.#waiting.count > 0) for (let at = 0; at < written; at++) this.#findAble(world.writtenWord(at))
    if (this.#lockOwners !== null)
      for (let at = 0; at < written; at++)
        this.#lockOwners.written(world.writtenWord(at), world.writtenOver(at), stepped)
    world.forget()
    // Its word stays the same node, whatever that has become.
    if (stepped !== NOBODY && this.#waiting.count > 0 && world.hasEnded(stepped))
      this.#findAble(this.session.threads.all[stepped]!.word)
    // Whoever is woken may go on at once: not before all of this step has been looked at.
    while (this.#started.length > 0) this.#start(this.#started.shift()!, stepped)
    while (this.#woken.length > 0)
      this.wake(this.#woken.shift()!, stepped, stepped === NOBODY ? WakeCause.Time : WakeCause.Step)
  }

  #start(thread: number, by: number): void {
    const { process } = this.session.threads.all[thread]!
    if (process !== null && this.session.processes.mains.get(process)?.index === thread)
      this.#boot[thread] = this.#setting.costs.boot(process.start)
    this.observer?.wakes?.(thread, by, WakeCause.Start, this.#kernel.now)
    this.host.start(thread)
  }

  /** Lets a thread go on, thanks to another one or to nobody (−1). */
  wake(thread: number, by: number, cause: WakeCause): void {
    this.observer?.wakes?.(thread, by, cause, this.#kernel.now)
    this.host.wake(thread)
  }

  #findAble(word: number): void {
    for (const thread of this.#waiting.of(word)) {
      if (!this.#canStep(thread)) continue
      this.#letGo(thread)
      // A lock is free for one of them only; whoever frees it again wakes the next.
      if (this.#setting.drawsWays !== true && this.session.nodes.code(this.session.node(thread)) === Code.Acquire)
        return
    }
  }

  #canStep(thread: number): boolean {
    const { session } = this
    return session.world.hasEnded(thread) || session.ways(thread) > 0
  }

  #threadChanged(word: number, before: number): void {
    this.#meetThreads()
    const thread = this.#threadOfWord.get(word)
    if (thread === undefined) return
    if (before === 0) this.#started.push(thread)
    else if (this.session.world.hasEnded(thread)) {
      // Killed where it stood.
      this.#letGo(thread)
    }
  }

  /** The thread waits no longer: it is woken once all of this step has been looked at. */
  #letGo(thread: number): void {
    this.#waiting.remove(thread)
    this.#lockOwners?.stopsWaiting(thread)
    this.#woken.push(thread)
  }

  #meetThreads(): void {
    const { all } = this.session.threads
    for (; this.#known < all.length; this.#known++) {
      this.#threadOfWord.set(all[this.#known]!.word, this.#known)
      if (this.#known === this.#phase.length) this.#grow()
    }
  }

  #grow(): void {
    const length = 2 * this.#phase.length
    const phase = new Uint8Array(length)
    phase.set(this.#phase)
    this.#phase = phase
    const waitOf = new Uint8Array(length)
    waitOf.set(this.waitOf)
    this.waitOf = waitOf
    const began = new Float64Array(length)
    began.set(this.#began)
    this.#began = began
    const left = new Float64Array(length)
    left.set(this.#left)
    this.#left = left
    const owed = new Float64Array(length)
    owed.set(this.#owed)
    this.#owed = owed
    const boot = new Float64Array(length)
    boot.set(this.#boot)
    this.#boot = boot
  }

  #ended(): void {
    const { session } = this
    const { all } = session.threads
    // Looking at all of them whenever one ends would take the square of their number.
    while (this.#firstAlive < all.length && session.world.hasEnded(this.#firstAlive)) this.#firstAlive++
    const first = this.#firstAlive
    const isAwaited = first < all.length && !all[first]!.daemon && session.node(first) !== 0
    if ((isAwaited && !session.isIdle(first)) || !session.hasEnded) return
    this.hasEnded = true
    this.#kernel.stop()
  }

  /** Brings the program's timers up to now. */
  #passTime(isDue: boolean): void {
    const { clock, world } = this.session
    if (isDue) {
      this.#timerEvent = null
      this.#timerDue = Infinity
    }
    let elapsed = Math.floor((this.#kernel.now - this.#timersAt) / NANOSECOND)
    if (elapsed === 0) return
    this.#timersAt += elapsed * NANOSECOND
    while (elapsed > 0) {
      const step = Math.min(elapsed, clock!.untilNext(world) ?? Infinity)
      clock!.advance(world, step)
      elapsed -= step
    }
    this.#tellWritten()
    if (isDue) this.#armTimer()
  }

  #armTimer(): void {
    const { clock, world } = this.session
    const left = clock!.untilNext(world)
    const due = left === null ? Infinity : this.#timersAt + left * NANOSECOND
    if (due === this.#timerDue) return
    if (this.#timerEvent !== null) this.#kernel.cancel(this.#timerEvent)
    this.#timerDue = due
    this.#timerEvent =
      due === Infinity ? null : this.#kernel.schedule(Math.max(due, this.#kernel.now), Priority.Timer, this.#onTimer)
  }
}

/** Atomic reads and writes are ordered by the hardware, whatever they read or write. */
function kindOf({ cost }: Operation, plain: AccessKind): AccessKind {
  return cost === 'atomic' && plain === AccessKind.Store ? AccessKind.Atomic : plain
}
