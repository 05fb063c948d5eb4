/* Accesses to a modelled memory, a workload a process: node memory-child.mjs WORKLOAD ROUNDS, ms of each round as JSON. */
import { Random } from '../src/engine/random.js'
import { AccessKind } from '../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig } from '../src/engine/simulate/memory/memory-config.js'
import { MemorySystem } from '../src/engine/simulate/memory/memory-system.js'
import { ACCESSES, type MemoryWorkload } from './memory-workloads.js'

const KIB = 1024
const MIB = KIB * KIB
const CORES = 4
const WARM_UPS = 2

const CONFIG: MemoryConfig = {
  cores: CORES,
  clock: 3.3,
  lineSize: 64,
  privateLevels: [
    { size: 32 * KIB, ways: 8, latency: 4 },
    { size: MIB, ways: 8, latency: 14 },
  ],
  sharedLevel: { size: 32 * MIB, ways: 16, latency: 46, per: 'machine', inclusive: false },
  memory: { latency: 110, bandwidth: 40, controllers: 1 },
  interconnect: { kind: 'bus', bandwidth: 40, messageBytes: 8 },
  transfer: { within: 16.8, across: 16.8, hold: 23.75 },
  atomicCycles: 23.5,
  store: { cycles: 1, outstanding: 10 },
  prefetch: { lines: 12, cyclesPerElement: 1 },
}

/** Accesses in turn from a table of so many, so that drawing them is not measured. */
const TABLE = 1 << 16

class Load {
  readonly #memory = new MemorySystem(CONFIG)
  readonly #addresses = new Float64Array(TABLE)
  readonly #kinds: AccessKind[] = []
  readonly #cores = new Uint8Array(TABLE)
  readonly #times = new Float64Array(CORES)

  constructor(draw: (random: Random) => { core: number; address: number; kind: AccessKind }) {
    const random = new Random('memory')
    for (let at = 0; at < TABLE; at++) {
      const { core, address, kind } = draw(random)
      this.#cores[at] = core
      this.#addresses[at] = address
      this.#kinds.push(kind)
    }
  }

  run(accesses: number): void {
    for (let count = 0; count < accesses; count++) {
      const at = count & (TABLE - 1)
      const core = this.#cores[at]
      this.#times[core] += this.#memory.access(core, this.#addresses[at], this.#kinds[at], this.#times[core])
    }
  }
}

const oneCore = (kind: AccessKind) => (random: Random) => ({ core: 0, address: random.below(4 * KIB) * 4, kind })

/** A third of the accesses writes, some of them atomically. */
function drawKind(random: Random): AccessKind {
  const share = random.below(16)
  return share === 0 ? AccessKind.Atomic : share < 5 ? AccessKind.Store : AccessKind.Load
}

/** Mostly each core's own 128 KiB, and 64 KiB of all. */
function mixed(random: Random) {
  const core = random.below(CORES)
  const isShared = random.below(8) === 0
  const address = isShared ? random.below(16 * KIB) * 4 : (core + 1) * MIB + random.below(32 * KIB) * 4
  return { core, address, kind: drawKind(random) }
}

function anywhere(random: Random) {
  return { core: random.below(CORES), address: random.below(4 * MIB) * 4, kind: drawKind(random) }
}

function streams(accesses: number): void {
  const memory = new MemorySystem(CONFIG)
  const bytes = 64 * KIB
  const times = new Float64Array(CORES)
  for (let done = 0, piece = 0; done < accesses; done += bytes / 8, piece++) {
    const core = piece % CORES
    times[core] += memory.stream(core, piece * bytes, bytes, 8, AccessKind.Load, times[core])
  }
}

function prepare(workload: MemoryWorkload): () => void {
  const accesses = ACCESSES[workload]
  if (workload === 'streams') return () => streams(accesses)
  const draws = { loads: oneCore(AccessKind.Load), stores: oneCore(AccessKind.Store), mixed, anywhere }
  const load = new Load(draws[workload])
  return () => load.run(accesses)
}

const run = prepare(process.argv[2] as MemoryWorkload)
const times = Array.from({ length: Number(process.argv[3]) + WARM_UPS }, () => {
  const start = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
})
console.log(JSON.stringify(times.slice(WARM_UPS)))
