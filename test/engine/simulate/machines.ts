import { type Machine, PICOSECONDS } from '../../../src/engine/simulate/machine/machine.js'
import { roundRobin } from '../../../src/engine/simulate/os/policies/round-robin.js'

const { ns, us, ms } = PICOSECONDS

/** A small computer whose time slices are short enough to interrupt short programs. */
export function smallMachine(cores: number, quantum = 40 * ns): Machine {
  return {
    name: `${cores} cores`,
    processor: { cores, clock: 1e9, cyclesPerOperation: 2, cyclesPerWork: 1000 },
    systemCall: 200 * ns,
    os: {
      switchCost: 20 * ns,
      wakeLatency: 50 * ns,
      idleWakeLatency: 0,
      migrationCost: 10 * ns,
      balanceInterval: 0,
      threadCreation: 5 * us,
      processCreation: { fork: 100 * us, spawn: 1 * ms, forkserver: 200 * us },
    },
    policy: roundRobin({ quantum }),
    mapping: '1:1',
    devices: { network: { latency: 1 * ms, spread: 0.3, bandwidth: 1e8, depth: 8, bytes: 10_000 } },
  }
}
