import { MILLISECOND } from '../../kernel/time.js'
import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import type { QueuePlacement } from '../run-queues.js'

/** What a lottery can be told. */
export interface LotteryOptions {
  /** How long a winner runs before the next draw, in picoseconds. @default 10 ms: Waldspurger and Weihl 1994 speak of 100 a second; lottery.py: 1 unit */
  readonly quantum: number
  /** Whether who gives up the core after a fraction of the quantum has its tickets multiplied by the inverse until it wins. @default false: lottery.py; the paper: true */
  readonly compensation: boolean
  /** One lottery for all cores, or one for each. @default 'global': lottery.py knows one core */
  readonly queues: QueuePlacement
}

/** Each quantum goes to a thread drawn by lot, in proportion to tickets (`ThreadOptions.tickets`). The draws come from the seed. */
export const LOTTERY = definePolicy<LotteryOptions>({
  name: 'lottery',
  summary: 'each quantum is drawn by lot, in proportion to tickets',
  parameters: {
    quantum: {
      kind: 'time',
      minimum: 1,
      default: 10 * MILLISECOND,
      meaning: 'how long a winner runs before the next draw',
      source: 'Waldspurger and Weihl 1994: 100 lotteries a second; ostep-homework lottery.py: 1 unit',
    },
    compensation: {
      kind: 'flag',
      default: false,
      meaning: 'whether who gives up the core after a fraction of the quantum has tickets multiplied by the inverse',
      source: 'lottery.py; Waldspurger and Weihl 1994, section 3.4: true',
    },
    queues: {
      kind: 'queues',
      default: 'global',
      meaning: 'one lottery for all cores, or one for each',
      source: 'lottery.py knows one core',
    },
  },
  create: (options) => (view) => new Lottery(view, options),
})

/** @see LOTTERY */
export function lottery(options: Partial<LotteryOptions> = {}): MakePolicy {
  return LOTTERY.make(options)
}

class Lottery extends QueuedPolicy {
  readonly name = 'lottery'
  readonly #options: LotteryOptions
  /** What a thread has used since it last won. */
  readonly #used: number[] = []
  readonly #tickets: number[] = []

  constructor(view: SchedulingView, options: LotteryOptions) {
    super(view, options.queues)
    this.#options = options
  }

  override created(thread: number): void {
    super.created(thread)
    this.#used.push(0)
    this.#tickets.push(this.view.tickets(thread))
  }

  override pick(core: number): number {
    let tickets = 0
    const length = this.queues.length(core)
    for (let i = 0; i < length; i++) tickets += this.#ticketsOn(core, this.queues.at(core, i))
    if (tickets === 0) return -1
    let winning = this.view.random.unit() * tickets
    let winner = -1
    for (let i = 0; i < length && winning >= 0; i++) {
      const thread = this.queues.at(core, i)
      const own = this.#ticketsOn(core, thread)
      // The last one with tickets, should rounding leave a rest.
      if (own > 0) winner = thread
      winning -= own
    }
    this.queues.remove(winner)
    this.#used[winner] = 0
    this.#tickets[winner] = this.view.tickets(winner)
    return winner
  }

  override slice(thread: number): number {
    return this.#options.quantum - this.#used[thread]!
  }

  override ran(thread: number, _core: number, duration: number): void {
    this.#used[thread]! += duration
  }

  override expires(thread: number, core: number): boolean {
    this.#used[thread] = 0
    return this.hasWaiting(core)
  }

  override leaves(thread: number): void {
    const used = this.#used[thread]!
    if (this.#options.compensation && used > 0 && used < this.#options.quantum)
      this.#tickets[thread] = (this.view.tickets(thread) * this.#options.quantum) / used
  }

  #ticketsOn(core: number, thread: number): number {
    return this.view.mayRunOn(thread, core) ? this.#tickets[thread]! : 0
  }
}
