import { type Machine, PICOSECONDS } from '../../../src/engine/simulate/machine/machine.js'
import { ROUND_ROBIN } from '../../../src/engine/simulate/os/policies/round-robin.js'

const { ns, us, ms } = PICOSECONDS

/** A small computer whose time slices are short enough to interrupt short programs. */
export function smallMachine(cores: number, quantum = 40 * ns): Machine {
  return {
    name: `${cores} cores`,
    processor: { cores, clock: 1e9, cyclesPerOperation: 2, cyclesPerWork: 1 },
    pipeline: null,
    simt: null,
    systemCall: 200 * ns,
    os: {
      switchCost: 20 * ns,
      wakeLatency: 50 * ns,
      idleWakeLatency: 0,
      migrationCost: 10 * ns,
      balanceInterval: 0,
      threadCreation: 1 * us,
      processCreation: { fork: 2 * us, spawn: 20 * us, forkserver: 4 * us },
      processBoot: { fork: 0, spawn: 0, forkserver: 0 },
    },
    memory: {
      cores,
      clock: 1,
      lineSize: 64,
      privateLevels: [{ size: 4096, ways: 8, latency: 4 }],
      sharedLevel: { size: 65_536, ways: 16, latency: 20, per: 'machine', inclusive: false },
      memory: { latency: 80, bandwidth: Infinity, controllers: 1 },
      interconnect: { kind: 'bus', bandwidth: Infinity, messageBytes: 8 },
      transfer: { within: 25, across: 60, hold: 0 },
      atomicCycles: 10,
      store: { cycles: 1, outstanding: 0 },
      prefetch: null,
    },
    policy: ROUND_ROBIN.make({ quantum }),
    mapping: '1:1',
    gil: null,
    cluster: null,
    pickling: { message: 1 * us, bandwidth: 1e9 },
    devices: { network: { latency: 1 * ms, spread: 0.3, bandwidth: 1e8, depth: 8, bytes: 10_000 } },
  }
}
