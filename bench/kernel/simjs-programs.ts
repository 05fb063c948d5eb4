import { Random } from '../../src/engine/random.js'
import type { PingResult, QueueResult } from './kernel-programs.js'
import { loadSimjs } from './simjs-engine.js'

const { Entity, Facility, Sim } = await loadSimjs()

/** M/M/c by callbacks, which is what `simjs` offers instead of processes. */
export function queueOfServers(customers: number, lambda: number, mu: number, servers: number): QueueResult {
  const sim = new Sim()
  const facility = new Facility('servers', Facility.FCFS, servers)
  const random = new Random('simjs')
  const exponential = (mean: number) => -Math.log(1 - random.unit()) * mean
  let arrivals = 0
  let waited = 0

  class Source extends Entity {
    start(): void {
      this.setTimer(exponential(1 / lambda)).done(this.arrive)
    }

    arrive(): void {
      const service = exponential(1 / mu)
      this.useFacility(facility, service).done(this.leave, this, this.time() + service)
      if (++arrivals < customers) this.setTimer(exponential(1 / lambda)).done(this.arrive)
    }

    leave(expected: number): void {
      waited += this.time() - expected
    }
  }

  sim.addEntity(Source)
  sim.simulate(Infinity, Infinity)
  return { meanWait: waited / customers }
}

export function ping(processes: number, timeouts: number, isRandom: boolean): PingResult {
  const sim = new Sim()
  const random = new Random('ping')
  let done = 0

  class Pinging extends Entity {
    left = timeouts

    start(): void {
      this.next()
    }

    next(): void {
      if (this.left-- === 0) return
      this.setTimer(isRandom ? random.unit() : 1).done(this.arrived)
    }

    arrived(): void {
      done++
      this.next()
    }
  }

  for (let i = 0; i < processes; i++) sim.addEntity(Pinging)
  sim.simulate(Infinity, Infinity)
  return { timeouts: done }
}
