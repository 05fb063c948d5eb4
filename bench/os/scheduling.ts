import { Random } from '../../src/engine/random.js'
import { Kernel } from '../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../src/engine/simulate/kernel/priority.js'
import { MICROSECOND, MILLISECOND } from '../../src/engine/simulate/kernel/time.js'
import { FREE_OS } from '../../src/engine/simulate/os/os-config.js'
import { OperatingSystem } from '../../src/engine/simulate/os/operating-system.js'
import { policyNamed } from '../../src/engine/simulate/os/policies.js'
import { BLOCKS, ENDS } from '../../src/engine/simulate/os/work.js'

export interface Scheduled {
  readonly wallMs: number
  /** Of the processor, whoever else has it meanwhile. */
  readonly cpuMs: number
}

const CORES = 4
const THREADS = 64
/** One of so many bursts is not run but waited for. */
const BURSTS_A_WAIT = 4
const LENGTHS = burstLengths(4096)

/** From 1 µs to 1 ms, each order of magnitude equally likely. */
function burstLengths(count: number): Float64Array {
  const random = new Random('bursts')
  return Float64Array.from({ length: count }, () => Math.round(MICROSECOND * 1000 ** random.unit()))
}

/** So many bursts of 64 threads on 4 cores under a policy. */
export function schedule(policy: string, options: Readonly<Record<string, unknown>>, bursts: number): Scheduled {
  const kernel = new Kernel()
  let begun = 0
  const wake = (thread: number): void => system.wake(thread)
  const system: OperatingSystem = new OperatingSystem(
    kernel,
    CORES,
    { ...FREE_OS, switchCost: MICROSECOND, balanceInterval: 4 * MILLISECOND },
    policyNamed(policy, options),
    {
      begin(thread) {
        if (begun === bursts) return ENDS
        const length = LENGTHS[begun++ % LENGTHS.length]
        if (begun % BURSTS_A_WAIT !== 0) return length
        kernel.schedule(kernel.now + length, Priority.Timer, wake, thread)
        return BLOCKS
      },
      finish() {},
    },
    new Random(1),
  )
  for (let i = 0; i < THREADS; i++) system.start(system.create())
  const cpu = process.cpuUsage()
  const start = performance.now()
  kernel.run()
  const wallMs = performance.now() - start
  const { user, system: inSystem } = process.cpuUsage(cpu)
  return { wallMs, cpuMs: (user + inSystem) / 1000 }
}
