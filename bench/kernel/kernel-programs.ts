import { Random } from '../../src/engine/random.js'
import { Environment } from '../../src/engine/simulate/kernel/environment.js'
import { EventQueue } from '../../src/engine/simulate/kernel/event-queue.js'
import type { Steps } from '../../src/engine/simulate/kernel/process.js'
import { Resource } from '../../src/engine/simulate/kernel/resource.js'
import { MICROSECOND } from '../../src/engine/simulate/kernel/time.js'

export interface QueueResult {
  /** In units of time; what the theory says is known (Erlang C). */
  readonly meanWait: number
}

export interface PingResult {
  readonly timeouts: number
}

/** Times are whole picoseconds: what the other engines draw in units is drawn in steps of a millionth. */
const UNIT = MICROSECOND

/** M/M/c: customers come at the rate `lambda` a unit and are served at the rate `mu` by each server. A process each. */
export function queueOfServers(customers: number, lambda: number, mu: number, servers: number): QueueResult {
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
  return { meanWait: waited / customers / UNIT }
}

/** Processes that do nothing but wait, all for the same time or each for another. */
export function ping(processes: number, timeouts: number, isRandom: boolean): PingResult {
  const env = new Environment()
  const random = new Random('ping')
  let done = 0

  function* pinging(): Steps {
    for (let i = 0; i < timeouts; i++) {
      yield isRandom ? Math.floor(random.unit() * UNIT) : UNIT
      done++
    }
  }

  for (let i = 0; i < processes; i++) env.start(pinging())
  env.run()
  return { timeouts: done }
}

/** The hold model: every event that comes up schedules another, so that as many are always pending. Delays are exponential. */
export function hold(pending: number, events: number): PingResult {
  const queue = new EventQueue()
  const random = new Random('hold')
  const delays = Float64Array.from({ length: 2 ** 16 }, () => Math.floor(-Math.log(1 - random.unit()) * UNIT))
  for (let i = 0; i < pending; i++) queue.add(delays[i & 0xffff], 0)
  let done = 0
  for (; done < events; done++) queue.add(queue.timeOf(queue.take()) + delays[done & 0xffff], 0)
  return { timeouts: done }
}
