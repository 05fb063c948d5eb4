import { Checkpoints } from './checkpoints.js'
import type {
  ProcessorFault,
  ProcessorStatus,
  ProcessorView,
  SteppedProcessor,
  UnitActivity,
} from './stepped-processor.js'

/** Going forward and back for processors that can save their state: what is left is to take one cycle. */
export abstract class Stepwise<State> implements SteppedProcessor {
  readonly #checkpoints = new Checkpoints<State>()

  abstract readonly cycle: number
  abstract readonly status: ProcessorStatus
  abstract readonly fault: ProcessorFault | null
  abstract look(): ProcessorView
  abstract activity(unit: number): UnitActivity

  /** How many numbers a state is made of, near enough. */
  protected abstract readonly stateWords: number
  /** A copy of everything that a cycle may change. */
  protected abstract save(): State
  /** @param state stays as it is: it may be restored again. */
  protected abstract restore(state: State): void
  /** One cycle of a processor that runs. */
  protected abstract advance(): void

  step(): boolean {
    if (this.status !== 'running') return false
    if (this.cycle === this.#checkpoints.next) this.#checkpoints.keep(this.cycle, this.save(), this.stateWords)
    this.advance()
    return true
  }

  back(): boolean {
    return this.cycle > 0 && this.goTo(this.cycle - 1)
  }

  goTo(cycle: number): boolean {
    if (!Number.isInteger(cycle) || cycle < 0)
      throw new RangeError(`${cycle} is no cycle: give a whole number from 0 on`)
    if (cycle < this.cycle) this.restore(this.#checkpoints.latest(cycle).state)
    else {
      // Where it has been before, it need not go again.
      const ahead = this.#checkpoints.latestBetween(this.cycle, cycle)
      if (ahead !== undefined) this.restore(ahead)
    }
    while (this.cycle < cycle && this.step());
    return this.cycle === cycle
  }

  run(cycles = Infinity): ProcessorStatus {
    for (let left = cycles; left > 0 && this.step(); left--);
    return this.status
  }

  /** Cycles that may pass before the next state must be kept; for processors that take many at once. */
  protected get cyclesToCheckpoint(): number {
    return Math.max(1, this.#checkpoints.next - this.cycle)
  }
}
