import { inModes } from '../modes.js'
import type { Operation } from '../operation.js'
import { describeOutcome, type OutcomeFacts } from '../outcome.js'
import type { Program } from '../program.js'
import { Random } from '../random.js'
import { Session } from '../session.js'
import type { CodeMonitor, PrintedLine } from '../thread-runner.js'
import { QueuedDevice } from './devices/queued-device.js'
import { Kernel } from './kernel/kernel.js'
import type { Machine } from './machine/machine.js'
import { OneToOne } from './mapping/one-to-one.js'
import { OperatingSystem } from './os/operating-system.js'
import { CoreState } from './os/os-observer.js'
import { ThreadState } from './os/thread-state.js'
import type { CostModel } from './program/cost-model.js'
import { SimulatedProgram } from './program/simulated-program.js'
import { IDLE, RunAccounts, SWITCHING } from './results/run-accounts.js'
import { WaitAccounts } from './results/wait-accounts.js'
import type { SimulatedFailure, SimulateReport } from './simulate-report.js'

/** How a program is simulated. */
export interface SimulationOptions {
  readonly params?: Readonly<Record<string, unknown>>
  /** Everything that is drawn comes from it. @default 1 */
  readonly seed?: string | number
  /** Primitives are their twins, algorithms over words that the machine charges one by one. @default true */
  readonly twins?: boolean
  /** Events at most. @default 1,000,000,000 */
  readonly maxEvents?: number
  /** Nanoseconds of simulated time at most. @default 1,000 seconds */
  readonly maxTime?: number
  readonly monitor?: CodeMonitor | undefined
  readonly onPrint?: (line: PrintedLine) => void
}

const MOST_EVENTS = 1_000_000_000
const MOST_TIME = 1_000_000_000_000
const NANOSECOND = 1000
const EVENTS_AT_ONCE = 2000
const COLUMNS = 100

type Stopped = SimulateReport['stopped']

/** One run of a program on a modelled computer, from one seed: the same every time, everywhere. */
export class Simulation {
  readonly session: Session
  readonly kernel = new Kernel()
  readonly program: SimulatedProgram
  readonly os: OperatingSystem
  readonly #machine: Machine
  readonly #options: SimulationOptions
  readonly #accounts = new RunAccounts()
  readonly #waits: WaitAccounts
  readonly #mapping: OneToOne
  readonly #failing = new Set<string>()
  #isAborted = false

  /**
   * @throws UsageError for parameters that the program does not have.
   * @throws ProgramFault for what setup does wrong.
   */
  constructor(program: Program, machine: Machine, options: SimulationOptions = {}) {
    this.#machine = machine
    this.#options = options
    const { seed = 1, twins = true, monitor, onPrint } = options
    const random = (part: string) => new Random(`${seed} ${part}`)
    this.session = new Session(inModes(program, { time: 'virtual', twins }), options.params, {
      isPassing: true,
      monitor,
      ...(onPrint === undefined ? {} : { onPrint }),
    })
    const devices = Object.entries(machine.devices).map(
      ([name, config]) => [name, new QueuedDevice(this.kernel, config, random(`device ${name}`))] as const,
    )
    this.program = new SimulatedProgram({
      kernel: this.kernel,
      session: this.session,
      costs: costsOf(machine),
      devices: new Map(devices),
      creation: ({ name }) => (name === 'spawn' ? machine.os.threadCreation : 0),
      random: random('program'),
    })
    this.#mapping = new OneToOne(this.program, () => ({}))
    this.os = new OperatingSystem(
      this.kernel,
      machine.processor.cores,
      machine.os,
      machine.policy,
      this.#mapping,
      random('os'),
    )
    this.#mapping.os = this.os
    this.os.observer = this.#accounts
    this.#waits = new WaitAccounts((operation) => this.#waitedFor(operation))
    this.program.observer = this.#waits
  }

  abort(): void {
    this.#isAborted = true
  }

  /** Runs the program to its end; pauses after every millisecond or so. */
  *run(): Generator<void, SimulateReport> {
    const { maxEvents = MOST_EVENTS, maxTime = MOST_TIME } = this.#options
    const always = this.session.properties.filter(({ when }) => when === 'always')
    this.program.begin0()
    // What must always hold is looked at after every event.
    const atOnce = always.length > 0 ? 1 : EVENTS_AT_ONCE
    let events = 0
    let stopped: Stopped = null
    for (;;) {
      const end = this.kernel.run(maxTime * NANOSECOND, atOnce)
      events += atOnce
      for (const property of always) if (!this.session.holds(property)) this.#failing.add(property.name)
      if (this.program.hasEnded || end === 'empty') break
      stopped = this.#bound(end === 'until', events >= maxEvents)
      if (stopped !== null) break
      yield
    }
    return this.#report(stopped)
  }

  #bound(isTimeOver: boolean, isTooLong: boolean): Stopped {
    const { maxEvents = MOST_EVENTS, maxTime = MOST_TIME } = this.#options
    if (this.#isAborted) return { reason: 'aborted', message: 'stopped on request' }
    const doing = this.#doing()
    if (isTimeOver) return { reason: 'time', message: `${maxTime / 1e9} s of simulated time are over; ${doing}` }
    return isTooLong ? { reason: 'events', message: `the bound of ${maxEvents} events was reached; ${doing}` } : null
  }

  /** What the threads that have not ended are about to do. */
  #doing(): string {
    const { threads, image, world } = this.session
    const some = threads.canonical
      .filter((thread) => this.session.node(thread) !== 0 && !world.hasEnded(thread) && !threads.all[thread]!.agent)
      .slice(0, 3)
      .map((thread) => {
        const operation = image.operations.get(this.session.node(thread))
        return `${threads.all[thread]!.name}: ${operation?.name ?? 'nothing'}${operation?.object ? ` ${operation.object.name}` : ''}`
      })
    return some.join(', ')
  }

  /** What an operation waits for: the object that the program has declared, or what is done. */
  #waitedFor({ object, name }: Operation): string {
    if (object === null) return name
    // A part of a twin is called after it.
    const whole = this.session.objects.find((declared) => object.name.startsWith(`${declared.name}.`))
    return whole?.name ?? object.name
  }

  #report(stopped: Stopped): SimulateReport {
    const { kernel, session } = this
    const { now } = kernel
    this.#accounts.end(now)
    this.#waits.end(now)
    const isDeadlocked = stopped === null && !session.hasEnded
    const facts = describeOutcome(session, isDeadlocked)
    const violations = [...this.#failing].map((message): SimulatedFailure => ({ kind: 'property', message }))
    if (stopped === null) violations.push(...failuresOf(facts))
    return {
      schema: 1,
      program: session.program.name,
      params: session.params,
      machine: this.#machine.name,
      mapping: this.#machine.mapping,
      policy: this.os.policy.name,
      twins: session.program.twins,
      seed: String(this.#options.seed ?? 1),
      verdict: violations.length > 0 ? 'violated' : stopped === null ? 'holds' : 'unknown',
      stopped,
      makespan: nanoseconds(now),
      operations: this.program.operations,
      final: facts.final,
      ...(Object.keys(facts.results).length > 0 ? { results: facts.results } : {}),
      violations,
      ...this.#times(now),
    }
  }

  #times(now: number): Pick<SimulateReport, 'cores' | 'threads' | 'waits' | 'timeLine'> {
    const accounts = this.#accounts
    const cores = Array.from({ length: this.os.cores }, (_, core) => core)
    const threads = Array.from({ length: this.os.threads }, (_, thread) => thread)
    const inState = (thread: number, state: ThreadState) => nanoseconds(accounts.timeIn(thread, state))
    return {
      cores: cores.map((core) => ({
        busy: nanoseconds(accounts.coreTime(core, CoreState.Busy)),
        switching: nanoseconds(accounts.coreTime(core, CoreState.Switching)),
        idle: nanoseconds(now - accounts.coreTime(core, CoreState.Busy) - accounts.coreTime(core, CoreState.Switching)),
        switches: accounts.switchesOn(core),
      })),
      threads: threads.map((thread) => {
        const { dispatched, preempted, migrated } = accounts.switchesOf(thread)
        return {
          name: this.session.threads.all[this.#mapping.threadOn(thread)]!.name,
          runnable: inState(thread, ThreadState.Runnable),
          running: inState(thread, ThreadState.Running),
          waiting: inState(thread, ThreadState.Waiting),
          dispatched,
          preempted,
          migrated,
        }
      }),
      waits: [...this.#waits.byName].map(([what, { waits, time }]) => ({ what, waits, time: nanoseconds(time) })),
      timeLine: {
        cores: cores.map((core) =>
          accounts.coreLine
            .row(core, COLUMNS, now)
            .map((value) => (value === SWITCHING ? 'switching' : value === IDLE || value === -1 ? null : value)),
        ),
        threads: threads.map((thread) => accounts.threadLine.row(thread, COLUMNS, now).map(stateShown)),
      },
    }
  }
}

function stateShown(state: number): 'runnable' | 'running' | 'waiting' | null {
  switch (state) {
    case ThreadState.Runnable:
      return 'runnable'
    case ThreadState.Running:
      return 'running'
    case ThreadState.Waiting:
      return 'waiting'
    default:
      return null
  }
}

function failuresOf({ failed, waiting, errors, misuses }: OutcomeFacts): SimulatedFailure[] {
  const found = failed.map((message): SimulatedFailure => ({ kind: 'property', message }))
  if (waiting !== null) {
    const each = Object.entries(waiting).map(([thread, what]) => `${thread} waits (${what})`)
    found.push({ kind: 'deadlock', message: `deadlock: ${each.join(', ')}` })
  }
  for (const [thread, message] of Object.entries(errors))
    found.push({ kind: Object.hasOwn(misuses, thread) ? 'misuse' : 'error', message: `${thread}: ${message}` })
  return found
}

function nanoseconds(picoseconds: number): number {
  return picoseconds / NANOSECOND
}

/** A machine whose memory is always as near as its first cache. */
function costsOf({ processor, systemCall }: Machine): CostModel {
  const cycle = 1e12 / processor.clock
  const access = Math.round(4 * cycle)
  return {
    operation: Math.max(1, Math.round(processor.cyclesPerOperation * cycle)),
    work: processor.cyclesPerWork * cycle,
    systemCall,
    access: () => access,
  }
}
