import { Random } from '../../src/engine/random.js'
import { Environment } from '../../src/engine/simulate/kernel/environment.js'
import { EventQueue } from '../../src/engine/simulate/kernel/event-queue.js'
import type { Steps } from '../../src/engine/simulate/kernel/process.js'
import { Resource } from '../../src/engine/simulate/kernel/resource.js'
import { MICROSECOND } from '../../src/engine/simulate/kernel/time.js'

/** What every engine is given to do. */
export interface Programs {
  /**
   * M/M/c: customers come at the rate `lambda` a unit of time and are served at the rate `mu` by each server. Comes to their mean
   * wait in units, which theory knows (Erlang C).
   */
  queue(customers: number, lambda: number, mu: number, servers: number): number
  /** Processes that do nothing but wait, all for one unit or each for a random part of it. Comes to the number of waits. */
  ping(processes: number, waits: number, isRandom: boolean): number
}

/** Times are whole picoseconds: what the other engines draw in units of time is drawn in steps of a millionth. */
const UNIT = MICROSECOND

export const ourPrograms: Programs = {
  queue(customers, lambda, mu, servers) {
    const env = new Environment()
    const resource = new Resource(env, servers)
    const random = new Random('customers')
    const exponential = (mean: number) => Math.round(-Math.log(1 - random.unit()) * mean * UNIT)
    let waited = 0

    function* customer(): Steps {
      const arrived = env.now
      const request = resource.request()
      yield request
      waited += env.now - arrived
      yield exponential(1 / mu)
      resource.release(request)
    }

    function* source(): Steps {
      for (let i = 0; i < customers; i++) {
        yield exponential(1 / lambda)
        env.start(customer())
      }
    }

    env.start(source())
    env.run()
    return waited / customers / UNIT
  },

  ping(processes, waits, isRandom) {
    const env = new Environment()
    const random = new Random('ping')
    let done = 0

    function* pinging(): Steps {
      for (let i = 0; i < waits; i++) {
        yield isRandom ? Math.floor(random.unit() * UNIT) : UNIT
        done++
      }
    }

    for (let i = 0; i < processes; i++) env.start(pinging())
    env.run()
    return done
  },
}

/** The hold model: every event that comes up adds another, so that as many are always pending. Delays are exponential. */
export function hold(pending: number, events: number): number {
  const queue = new EventQueue()
  const random = new Random('hold')
  const delays = Float64Array.from({ length: 2 ** 16 }, () => Math.floor(-Math.log(1 - random.unit()) * UNIT))
  for (let i = 0; i < pending; i++) queue.add(delays[i & 0xffff], 0)
  let done = 0
  for (; done < events; done++) queue.add(queue.timeOf(queue.take()) + delays[done & 0xffff], 0)
  return done
}
