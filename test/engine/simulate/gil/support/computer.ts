import { inModes } from '../../../../../src/engine/modes.js'
import type { Program } from '../../../../../src/engine/program.js'
import { Random } from '../../../../../src/engine/random.js'
import { Session } from '../../../../../src/engine/session.js'
import { type GilAccount, GilAccounts } from '../../../../../src/engine/simulate/gil/gil-accounts.js'
import type { GilConfig } from '../../../../../src/engine/simulate/gil/gil-config.js'
import { PythonInterpreter } from '../../../../../src/engine/simulate/gil/python-interpreter.js'
import { Kernel } from '../../../../../src/engine/simulate/kernel/kernel.js'
import { OneToOne } from '../../../../../src/engine/simulate/mapping/one-to-one.js'
import type { UserThreadsConfig } from '../../../../../src/engine/simulate/mapping/mapping-config.js'
import { UserThreads } from '../../../../../src/engine/simulate/mapping/user-threads.js'
import { OperatingSystem } from '../../../../../src/engine/simulate/os/operating-system.js'
import { FREE_OS, type OsConfig } from '../../../../../src/engine/simulate/os/os-config.js'
import { roundRobin } from '../../../../../src/engine/simulate/os/policies/round-robin.js'
import type { MakePolicy } from '../../../../../src/engine/simulate/os/policy.js'
import type { Device } from '../../../../../src/engine/simulate/program/device.js'
import { SimulatedProgram } from '../../../../../src/engine/simulate/program/simulated-program.js'

/** Picoseconds. */
export const NANOSECOND = 1000
export const MICROSECOND = 1000 * NANOSECOND
export const MILLISECOND = 1000 * MICROSECOND
export const SECOND = 1000 * MILLISECOND

/** Latencies of a computer of our days, as a virtual machine has them. */
export const USUAL_OS: OsConfig = {
  ...FREE_OS,
  switchCost: 1.5 * MICROSECOND,
  wakeLatency: 5 * MICROSECOND,
  idleWakeLatency: 5 * MICROSECOND,
}

/** What a program is run on. */
export interface Computer {
  readonly cores: number
  /** None: compiled code. */
  readonly gil?: GilConfig
  readonly os?: OsConfig
  readonly policy?: MakePolicy
  readonly systemCall?: number
  /** Of one unit of `compute`. @default 1 µs */
  readonly work?: number
  readonly seed?: number
  readonly devices?: (kernel: Kernel) => Record<string, Device>
  readonly until?: number
  readonly subInterpreters?: boolean
  readonly twins?: boolean
  /** Threads in user space, if they are not threads of the system. */
  readonly userThreads?: UserThreadsConfig
}

/** What a run has come to. */
export interface Run {
  /** When it ended, in picoseconds. */
  readonly time: number
  readonly hasEnded: boolean
  readonly operations: number
  readonly final: Record<string, unknown>
  readonly total: GilAccount
  /** By the name of a thread. */
  readonly account: (thread: string) => GilAccount
}

/** Runs a program once on a computer. */
export function run(program: Program, params: Readonly<Record<string, unknown>>, computer: Computer): Run {
  const { cores, gil, os: config = USUAL_OS, policy = roundRobin({ quantum: 4 * MILLISECOND }), seed = 1 } = computer
  const { systemCall = 2 * MICROSECOND, work = MICROSECOND, devices, until = Infinity, twins = false } = computer
  const session = new Session(inModes(program, { time: 'virtual', twins }), params, { isPassing: true })
  const kernel = new Kernel()
  const accounts = new GilAccounts()
  const interpreter =
    gil === undefined
      ? undefined
      : new PythonInterpreter({
          kernel,
          session,
          gil,
          random: new Random(`${seed} interpreter`),
          subInterpreters: computer.subInterpreters ?? false,
        })
  const all = new Map(Object.entries(devices?.(kernel) ?? {}))
  const simulated = new SimulatedProgram({
    kernel,
    session,
    costs: {
      operation: 2 * NANOSECOND,
      work,
      systemCall,
      waiting: systemCall,
      access: () => NANOSECOND,
      creation: () => 0,
      pickling: () => 0,
      boot: () => 0,
    },
    devicesOf: () => all,
    random: new Random(`${seed} program`),
    ...(interpreter === undefined ? {} : { interpreter }),
  })
  if (interpreter !== undefined) {
    interpreter.program = simulated
    interpreter.observer = accounts
  }
  const { userThreads } = computer
  const mapping =
    userThreads === undefined
      ? new OneToOne(simulated, () => ({}))
      : new UserThreads(simulated, kernel, userThreads, new Random(`${seed} mapping`))
  simulated.host = mapping
  mapping.os = new OperatingSystem(kernel, cores, config, policy, mapping, new Random(`${seed} os`))
  mapping.os.observer = mapping
  simulated.begin0()
  kernel.run(until)
  accounts.end(kernel.now)
  const indexOf = (name: string) => session.threads.all.find((thread) => thread.name === name)!.index
  return {
    time: kernel.now,
    hasEnded: simulated.hasEnded,
    operations: simulated.operations,
    final: session.show(),
    total: accounts.total,
    account: (thread) => accounts.of(indexOf(thread)),
  }
}
