/* oxlint-disable typescript/unbound-method -- simjs calls its callbacks with the entity as `this`. */
import { Random } from '../../src/engine/random.js'
import type { Programs } from './kernel-programs.js'
import type { Simjs } from './simjs-engine.js'

/** The same by callbacks, which is what `simjs` offers in place of processes. */
export function simjsPrograms({ Sim, Entity, Facility }: Simjs): Programs {
  return {
    queue(customers, lambda, mu, servers) {
      const sim = new Sim()
      const facility = new Facility('servers', Facility.FCFS, servers)
      const random = new Random('customers')
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
      return waited / customers
    },

    ping(processes, waits, isRandom) {
      const sim = new Sim()
      const random = new Random('ping')
      let done = 0

      class Pinging extends Entity {
        left = waits

        start(): void {
          if (this.left-- > 0) this.setTimer(isRandom ? random.unit() : 1).done(this.arrive)
        }

        arrive(): void {
          done++
          this.start()
        }
      }

      for (let i = 0; i < processes; i++) sim.addEntity(Pinging)
      sim.simulate(Infinity, Infinity)
      return done
    },
  }
}
