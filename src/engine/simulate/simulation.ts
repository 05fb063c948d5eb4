import { CallTracer } from '../call-tracer.js'
import { inModes } from '../modes.js'
import type { Operation } from '../operation.js'
import { describeOutcome, type OutcomeFacts } from '../outcome.js'
import type { Program } from '../program.js'
import { Random } from '../random.js'
import { Session } from '../session.js'
import type { CodeMonitor, PrintedLine } from '../thread-runner.js'
import { ClusterHost, nodeOf } from './cluster/cluster-host.js'
import { ClusterNetwork } from './cluster/cluster-network.js'
import { isDelivered } from './cluster/delivery.js'
import { NodeOfCluster } from './cluster/node-of-cluster.js'
import { QueuedDevice } from './devices/queued-device.js'
import { GilAccounts } from './gil/gil-accounts.js'
import { PythonInterpreter } from './gil/python-interpreter.js'
import { Kernel } from './kernel/kernel.js'
import { adapted, type Adaptation } from './machine/adapted-machine.js'
import type { Machine } from './machine/machine.js'
import { MachineCosts } from './machine/machine-costs.js'
import { userThreadsOf } from './mapping/mapping-config.js'
import type { MappedProgram } from './mapping/mapped-program.js'
import { OneToOne } from './mapping/one-to-one.js'
import type { ThreadMapping } from './mapping/thread-mapping.js'
import { UserThreads } from './mapping/user-threads.js'
import { MemorySystem } from './memory/memory-system.js'
import type { OsObserver } from './os/os-observer.js'
import type { Prioritized } from './os/priority-inheritance.js'
import { LockOwners } from './program/lock-owners.js'
import { SimulatedProgram } from './program/simulated-program.js'
import { describeProfile } from './results/describe-profile.js'
import { describeTimes, nanoseconds } from './results/describe-run.js'
import { observingGil, observingOs, observingProgram } from './results/observers.js'
import { Profile } from './results/profile.js'
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
  /** Where several things can come of an operation, one is drawn as the explorer's random scheduler draws it; otherwise waiters are served in turn. @default false */
  readonly drawsWays?: boolean
  /** Events at most: operations, and whatever else happens. @default 100,000,000, a minute or two */
  readonly maxEvents?: number
  /** Nanoseconds of simulated time at most. @default 1,000 seconds */
  readonly maxTime?: number
  /** Keeps everything that happens, for `Simulation.trace`: memory then grows with the length of the run. @default false */
  readonly trace?: boolean | undefined
  /** Adds up times by function, for the report's `profile`; this takes several times as long. @default false */
  readonly profile?: boolean | undefined
  readonly monitor?: CodeMonitor | undefined
  readonly onPrint?: (line: PrintedLine) => void
}

const MOST_EVENTS = 100_000_000
const MOST_TIME = 1_000_000_000_000
const NANOSECOND = 1000
const EVENTS_AT_ONCE = 2000

type Stopped = SimulateReport['stopped']

/** One run of a program on a modelled computer, from one seed: the same every time, everywhere. */
export class Simulation {
  readonly session: Session
  readonly kernel = new Kernel()
  readonly program: SimulatedProgram
  /** The computers: several in a cluster. */
  readonly nodes: readonly NodeOfCluster[]
  /** What has happened up to now; null if it is not kept. */
  readonly trace: Trace | null
  readonly #machine: Machine
  readonly #options: SimulationOptions
  readonly #costs: MachineCosts
  readonly #accounts = new RunAccounts()
  readonly #waits: WaitAccounts
  readonly #gil: GilAccounts | null
  readonly #network: ClusterNetwork | null
  readonly #tracer: CallTracer | null
  readonly #profile: Profile | null
  readonly #failing = new Set<string>()
  #isAborted = false

  /**
   * @throws UsageError for parameters that the program does not have, and for what the machine cannot be like.
   * @throws ProgramFault for what setup does wrong.
   */
  constructor(program: Program, machine: Machine, options: SimulationOptions = {}) {
    this.#machine = adapted(machine, options)
    this.#options = options
    const { twins = true, drawsWays = false, monitor, onPrint } = options
    this.#tracer = options.profile === true ? new CallTracer() : null
    this.#profile = this.#tracer === null ? null : new Profile(this.#tracer)
    this.session = this.#traced(
      () =>
        new Session(inModes(program, { time: 'virtual', twins }), options.params, {
          isPassing: true,
          monitor,
          ...(onPrint === undefined ? {} : { onPrint }),
          ...(this.#tracer === null ? {} : { calls: this.#tracer }),
        }),
    )
    this.#gil = this.#machine.gil === null ? null : new GilAccounts()
    const recorder = this.#recorder()
    const recorders = [recorder, this.#profile].filter((each) => each !== null)
    const interpreter = this.#interpreter()
    const count = this.#machine.cluster?.nodes ?? 1
    const memories = Array.from({ length: count }, () => new MemorySystem(this.#machine.memory))
    this.#costs = new MachineCosts(this.#machine, memories)
    const devices = memories.map((_, node) => this.#devices(node))
    this.program = new SimulatedProgram({
      kernel: this.kernel,
      session: this.session,
      costs: this.#costs,
      devicesOf: (thread) => devices[nodeOf(this.session, thread, count)]!,
      random: this.#random('program'),
      drawsWays,
      ...(this.#machine.os.inheritance === true
        ? { lockOwners: new LockOwners(this.session, this.#priorities()) }
        : {}),
      ...(interpreter === null ? {} : { interpreter }),
    })
    if (interpreter !== null) {
      interpreter.program = this.program
      interpreter.observer = observingGil([this.#gil!, ...(recorder === null ? [] : [recorder.gil])])
    }
    this.#waits = new WaitAccounts((operation) => this.#waitedFor(operation))
    this.program.observer = observingProgram([this.#waits, ...recorders])
    const observer = observingOs([this.#accounts, ...recorders])
    this.nodes = memories.map((memory, node) => this.#node(node, memory, observer))
    this.program.host =
      count === 1
        ? this.nodes[0]!.mapping
        : new ClusterHost(
            this.session,
            this.nodes.map(({ mapping }) => mapping),
          )
    this.#network = this.#connect(count)
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
      const end = this.#traced(() => this.kernel.run(maxTime * NANOSECOND, atOnce))
      events += atOnce
      for (const property of always) if (!this.session.holds(property)) this.#failing.add(property.name)
      if (this.program.hasEnded || end === 'empty') break
      stopped = this.#bound(end === 'until', events >= maxEvents)
      if (stopped !== null) break
      yield
    }
    return this.#report(stopped)
  }

  /** With the calls of threads watched, if that is wanted: no longer than they run, since others may run in between. */
  #traced<R>(action: () => R): R {
    return this.#tracer === null ? action() : this.#tracer.installed(action)
  }

  /** Every part draws on its own: what one of them draws changes nothing for the others. */
  #random(part: string): Random {
    return new Random(`${this.#options.seed ?? 1} ${part}`)
  }

  /** What is drawn on the first node is the same whether or not there are others. */
  #part(name: string, node: number): Random {
    return this.#random(node === 0 ? name : `${name} of node ${node}`)
  }

  /** How urgent the threads of the program are to the systems they run on; threads in user space are none of a system's. */
  #priorities(): Prioritized {
    const place = (thread: number) => {
      const { os, mapping } = this.nodes[nodeOf(this.session, thread, this.nodes.length)]!
      return { os, thread: mapping instanceof OneToOne ? mapping.kernelThread(thread) : null }
    }
    return {
      priority: (of) => {
        const { os, thread } = place(of)
        return thread === null ? 0 : os.priority(thread)
      },
      setPriority: (of, priority) => {
        const { os, thread } = place(of)
        if (thread !== null) os.setPriority(thread, priority)
      },
    }
  }

  #devices(node: number): Map<string, QueuedDevice> {
    return new Map(
      Object.entries(this.#machine.devices).map(([name, config]) => [
        name,
        new QueuedDevice(this.kernel, config, this.#part(`device ${name}`, node)),
      ]),
    )
  }

  #node(node: number, memory: MemorySystem, observer: OsObserver): NodeOfCluster {
    return new NodeOfCluster(node, {
      kernel: this.kernel,
      machine: this.#machine,
      program: this.program,
      memory,
      observer,
      mapping: (program) => this.#mapping(program, node),
      random: this.#part('os', node),
    })
  }

  /** Mailboxes get their messages over the links of the cluster. */
  #connect(nodes: number): ClusterNetwork | null {
    const { cluster } = this.#machine
    if (cluster === null) return null
    const network = new ClusterNetwork(cluster, this.#random('network'))
    const { session, kernel } = this
    const senders = new Map<string, number>()
    const nodeOfSender = (identity: string): number => {
      const known = senders.get(identity)
      if (known !== undefined) return known
      const sender = session.threads.all.find((thread) => thread.identity === identity)!
      const node = nodeOf(session, sender.index, nodes)
      senders.set(identity, node)
      return node
    }
    for (const object of session.objects)
      if (isDelivered(object))
        object.delivery = (from, to, message, mayLose) =>
          network.send(nodeOfSender(from), to % nodes, message, mayLose, kernel.now)
    return network
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
    return { event: 'run', schema: 1, ...this.#heading(), cores: this.#cores }
  }

  #mapping(program: MappedProgram, node: number): ThreadMapping {
    const { mapping, processor } = this.#machine
    const config = userThreadsOf(mapping, processor.cores)
    if (config === null) return new OneToOne(program, (thread) => this.session.threads.scheduling.get(thread) ?? {})
    return new UserThreads(program, this.kernel, config, this.#part('mapping', node))
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
    const isPartOf = (whole: string) => object.name.startsWith(`${whole}.`) || object.name.startsWith(`${whole} (`)
    const whole = this.session.objects.find((declared) => isPartOf(declared.name)) ?? object
    return { what: whole.name, kind: whole.kind }
  }

  /** What a thread that is stuck waits for, by its name. */
  #awaitedBy(name: string): string {
    const { threads, image } = this.session
    const thread = threads.all.find((each) => each.name === name)!
    const operation = image.operations.get(this.session.node(thread.index))
    if (operation === undefined) return 'waits'
    const { what, kind } = this.#waitedFor(operation)
    return kind === null ? `waits (${what})` : `waits for ${what}`
  }

  /** Of all nodes. */
  get #cores(): number {
    return this.nodes.length * this.#machine.processor.cores
  }

  /** Which run this is. */
  #heading() {
    const { session } = this
    return {
      program: session.program.name,
      params: session.params,
      machine: this.#machine.name,
      nodes: this.nodes.length,
      mapping: this.#machine.mapping,
      policy: this.nodes[0]!.os.policy.name,
      interpreter: this.#machine.gil?.version ?? null,
      twins: session.program.twins,
      seed: String(this.#options.seed ?? 1),
    }
  }

  #report(stopped: Stopped): SimulateReport {
    const { kernel, session } = this
    const isDeadlocked = stopped === null && !session.hasEnded
    // Once nobody can go on, only the system's periodic work is left.
    const now = isDeadlocked ? this.#accounts.last : kernel.now
    this.#accounts.end(now)
    this.#waits.end(now)
    this.#gil?.end(now)
    this.#profile?.end(now)
    const facts = describeOutcome(session, isDeadlocked)
    const violations = [...this.#failing].map((message): SimulatedFailure => ({ kind: 'property', message }))
    if (stopped === null) violations.push(...failuresOf(facts, (thread) => this.#awaitedBy(thread)))
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
      ...(this.#profile === null ? {} : { profile: describeProfile(session, this.#profile) }),
      ...describeTimes(
        {
          session,
          run: this.#accounts,
          waits: this.#waits,
          memories: this.nodes.map(({ memory }) => memory),
          network: this.#network,
          stalled: this.#costs.stalled,
          gil: this.#gil,
        },
        this.#cores,
        now,
      ),
    }
  }
}

function failuresOf(
  { failed, waiting, errors, misuses }: OutcomeFacts,
  awaitedBy: (thread: string) => string,
): SimulatedFailure[] {
  const found = failed.map((message): SimulatedFailure => ({ kind: 'property', message }))
  if (waiting !== null) {
    const each = Object.keys(waiting).map((thread) => `${thread} ${awaitedBy(thread)}`)
    found.push({ kind: 'deadlock', message: `deadlock: ${each.join(', ')}` })
  }
  for (const [thread, message] of Object.entries(errors))
    found.push({ kind: Object.hasOwn(misuses, thread) ? 'misuse' : 'error', message: `${thread}: ${message}` })
  return found
}
