import { inModes } from '../modes.js'
import type { Operation } from '../operation.js'
import { describeOutcome, type OutcomeFacts } from '../outcome.js'
import type { Program } from '../program.js'
import { Random } from '../random.js'
import { Session } from '../session.js'
import type { CodeMonitor, PrintedLine } from '../thread-runner.js'
import { QueuedDevice } from './devices/queued-device.js'
import { GilAccounts } from './gil/gil-accounts.js'
import { PythonInterpreter } from './gil/python-interpreter.js'
import { Kernel } from './kernel/kernel.js'
import { adapted, type Adaptation } from './machine/adapted-machine.js'
import type { Machine } from './machine/machine.js'
import { MachineCosts } from './machine/machine-costs.js'
import { userThreadsOf } from './mapping/mapping-config.js'
import { OneToOne } from './mapping/one-to-one.js'
import type { ThreadMapping } from './mapping/thread-mapping.js'
import { UserThreads } from './mapping/user-threads.js'
import { MemorySystem } from './memory/memory-system.js'
import { OperatingSystem } from './os/operating-system.js'
import { SimulatedProgram } from './program/simulated-program.js'
import { describeTimes, nanoseconds } from './results/describe-run.js'
import { observingGil, observingOs, observingProgram } from './results/observers.js'
import { RunAccounts } from './results/run-accounts.js'
import { Trace } from './results/trace.js'
import type { TraceHeader } from './results/trace-event.js'
import { TraceRecorder } from './results/trace-recorder.js'
import { type Awaited, WaitAccounts } from './results/wait-accounts.js'
import type { SimulatedFailure, SimulateReport } from './simulate-report.js'

/** How a program is simulated. */
export interface SimulationOptions extends Adaptation {
  readonly params?: Readonly<Record<string, unknown>>
  /** Everything that is drawn comes from it. @default 1 */
  readonly seed?: string | number
  /** Primitives are their twins, algorithms over words that the machine charges one by one. @default true */
  readonly twins?: boolean
  /** Events at most. @default 1,000,000,000 */
  readonly maxEvents?: number
  /** Nanoseconds of simulated time at most. @default 1,000 seconds */
  readonly maxTime?: number
  /** Keeps everything that happens, for `Simulation.trace`: memory then grows with the length of the run. @default false */
  readonly trace?: boolean | undefined
  readonly monitor?: CodeMonitor | undefined
  readonly onPrint?: (line: PrintedLine) => void
}

const MOST_EVENTS = 1_000_000_000
const MOST_TIME = 1_000_000_000_000
const NANOSECOND = 1000
const EVENTS_AT_ONCE = 2000

type Stopped = SimulateReport['stopped']

/** One run of a program on a modelled computer, from one seed: the same every time, everywhere. */
export class Simulation {
  readonly session: Session
  readonly kernel = new Kernel()
  readonly program: SimulatedProgram
  readonly os: OperatingSystem
  readonly memory: MemorySystem
  /** What has happened up to now; null if it is not kept. */
  readonly trace: Trace | null
  readonly #machine: Machine
  readonly #options: SimulationOptions
  readonly #costs: MachineCosts
  readonly #accounts = new RunAccounts()
  readonly #waits: WaitAccounts
  readonly #gil: GilAccounts | null
  readonly #failing = new Set<string>()
  #isAborted = false

  /**
   * @throws UsageError for parameters that the program does not have, and for what the machine cannot be like.
   * @throws ProgramFault for what setup does wrong.
   */
  constructor(program: Program, machine: Machine, options: SimulationOptions = {}) {
    this.#machine = adapted(machine, options)
    this.#options = options
    const { twins = true, monitor, onPrint } = options
    this.session = new Session(inModes(program, { time: 'virtual', twins }), options.params, {
      isPassing: true,
      monitor,
      ...(onPrint === undefined ? {} : { onPrint }),
    })
    this.memory = new MemorySystem(this.#machine.memory)
    this.#costs = new MachineCosts(this.#machine, this.memory)
    this.#gil = this.#machine.gil === null ? null : new GilAccounts()
    const recorder = this.#recorder()
    const interpreter = this.#interpreter()
    this.program = new SimulatedProgram({
      kernel: this.kernel,
      session: this.session,
      costs: this.#costs,
      devices: this.#devices(),
      random: this.#random('program'),
      ...(interpreter === null ? {} : { interpreter }),
    })
    if (interpreter !== null) {
      interpreter.program = this.program
      interpreter.observer = observingGil([this.#gil!, ...(recorder === null ? [] : [recorder.gil])])
    }
    const mapping = this.#mapping()
    const { processor, os, policy } = this.#machine
    this.os = new OperatingSystem(this.kernel, processor.cores, os, policy, mapping, this.#random('os'))
    mapping.os = this.os
    const recorders = recorder === null ? [] : [recorder]
    mapping.observer = observingOs([this.#accounts, ...recorders])
    this.os.observer = mapping
    this.#waits = new WaitAccounts((operation) => this.#waitedFor(operation))
    this.program.observer = observingProgram([this.#waits, ...recorders])
    this.trace = recorder === null ? null : new Trace(this.#header(), recorder)
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

  /** Every part draws on its own: what one of them draws changes nothing for the others. */
  #random(part: string): Random {
    return new Random(`${this.#options.seed ?? 1} ${part}`)
  }

  #devices(): Map<string, QueuedDevice> {
    return new Map(
      Object.entries(this.#machine.devices).map(([name, config]) => [
        name,
        new QueuedDevice(this.kernel, config, this.#random(`device ${name}`)),
      ]),
    )
  }

  #interpreter(): PythonInterpreter | null {
    const { gil } = this.#machine
    if (gil === null) return null
    const { kernel, session } = this
    return new PythonInterpreter({ kernel, session, gil: gil.config, random: this.#random('interpreter') })
  }

  #recorder(): TraceRecorder | null {
    if (this.#options.trace !== true) return null
    const { threads } = this.session
    return new TraceRecorder(
      (thread) => threads.all[thread]!.name,
      (operation) => this.#waitedFor(operation).what,
    )
  }

  #header(): TraceHeader {
    return { event: 'run', schema: 1, ...this.#heading(), cores: this.os.cores }
  }

  #mapping(): ThreadMapping {
    const { mapping, processor } = this.#machine
    const config = userThreadsOf(mapping, processor.cores)
    if (config === null) return new OneToOne(this.program, () => ({}))
    return new UserThreads(this.program, this.kernel, config, this.#random('mapping'))
  }

  #bound(isTimeOver: boolean, isTooLong: boolean): Stopped {
    const { maxEvents = MOST_EVENTS, maxTime = MOST_TIME } = this.#options
    if (this.#isAborted) return { reason: 'aborted', message: 'stopped on request' }
    if (isTimeOver)
      return { reason: 'time', message: `${maxTime / 1e9} s of simulated time are over; ${this.#doing()}` }
    if (!isTooLong) return null
    return { reason: 'events', message: `the bound of ${maxEvents} events was reached; ${this.#doing()}` }
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
  #waitedFor({ object, name }: Operation): Awaited {
    if (object === null) return { what: name, kind: null }
    // A part of a twin is called after it.
    const whole = this.session.objects.find((declared) => object.name.startsWith(`${declared.name}.`)) ?? object
    return { what: whole.name, kind: whole.kind }
  }

  /** Which run this is. */
  #heading() {
    const { session } = this
    return {
      program: session.program.name,
      params: session.params,
      machine: this.#machine.name,
      mapping: this.#machine.mapping,
      policy: this.os.policy.name,
      interpreter: this.#machine.gil?.version ?? null,
      twins: session.program.twins,
      seed: String(this.#options.seed ?? 1),
    }
  }

  #report(stopped: Stopped): SimulateReport {
    const { kernel, session } = this
    const { now } = kernel
    this.#accounts.end(now)
    this.#waits.end(now)
    this.#gil?.end(now)
    const isDeadlocked = stopped === null && !session.hasEnded
    const facts = describeOutcome(session, isDeadlocked)
    const violations = [...this.#failing].map((message): SimulatedFailure => ({ kind: 'property', message }))
    if (stopped === null) violations.push(...failuresOf(facts))
    return {
      schema: 1,
      ...this.#heading(),
      verdict: violations.length > 0 ? 'violated' : stopped === null ? 'holds' : 'unknown',
      stopped,
      makespan: nanoseconds(now),
      operations: this.program.operations,
      final: facts.final,
      ...(Object.keys(facts.results).length > 0 ? { results: facts.results } : {}),
      violations,
      ...describeTimes(
        {
          session,
          run: this.#accounts,
          waits: this.#waits,
          memory: this.memory,
          stalled: this.#costs.stalled,
          gil: this.#gil,
        },
        this.os.cores,
        now,
      ),
    }
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
