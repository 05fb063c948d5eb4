import { LocalTraces } from '../engine/explore/dpor/local-traces.js'
import { portable, type TraceBranch } from '../engine/explore/dpor/trace-branch.js'
import { type ExecutedOutcome, NO_RESULTS } from '../engine/explore/dpor/trace-snapshot.js'
import { UsageError } from '../engine/errors.js'
import { Investigation } from '../engine/explore/investigation.js'
import { inModes } from '../engine/modes.js'
import type { Program } from '../engine/program.js'
import { PulseMonitor } from '../watchdog/pulse-monitor.js'
import { portableError } from './portable-error.js'
import { FigureCell, SharingCell, type TraceMessage, type TraceOrder, type TraceWorkerInput } from './trace-protocol.js'

// Orders are looked for after this much work.
const SLICE_MS = 5
// A batch of branches should keep another worker busy for a while, and not for ever.
const FEW_STEPS = 50_000
const MANY_STEPS = 2_000_000
const MOST_BRANCHES = 1024
// Outcomes and branches that are told at once: what takes a few milliseconds to receive.
const PART = 500

/** One worker's part of a search for traces: explores what it is given, and gives away what others have time for. */
export class TraceShare {
  readonly #tell: (message: TraceMessage) => void
  readonly #investigation: Investigation
  readonly #sharing: Int32Array
  readonly #figures: Float64Array
  readonly #steps: number | undefined
  #traces: LocalTraces | null = null
  #age = 0
  #orders = 0
  #isWorking = false
  // Steps when the latest branches came.
  #stepsBefore = 0

  /** @throws UsageError if the program is another one here than where it was first set up. */
  constructor(program: Program, input: TraceWorkerInput, tell: (message: TraceMessage) => void) {
    this.#tell = tell
    this.#steps = input.steps
    this.#sharing = new Int32Array(input.sharing)
    this.#figures = new Float64Array(input.figures)
    const monitor = new PulseMonitor(input.pulse, (number, name, place) =>
      tell({ kind: 'subject', number, name, place }),
    )
    this.#investigation = new Investigation(inModes(program, input.modes), {
      params: input.params,
      maxHeap: input.maxHeap,
      monitor,
    })
    if (this.#investigation.session.setupHash !== input.setupHash)
      throw new UsageError(
        'usage/other-program',
        `the program “${program.name}” that its module exports declares something else than the one that is explored`,
        {
          hint: 'export the very program, made with the same parameters, from the module that its option `module` names',
        },
      )
  }

  /** Does what is asked for; errors are told. */
  receive(order: TraceOrder): void {
    this.#guarded(() => {
      this.#orders++
      switch (order.kind) {
        case 'begin':
          return this.#begin(order)
        case 'branches':
          return order.age === this.#age ? this.#handIn(order.branches) : undefined
        case 'snapshot':
          this.#tellSnapshot()
          // If there was nothing left to do, that is to be told again: this order may have crossed the message.
          return this.#work()
        case 'finish':
          return this.#finish()
      }
    })
  }

  #begin({ age, rules, branches, results }: Extract<TraceOrder, { kind: 'begin' }>): void {
    this.#age = age
    const start = { rules, branches, isPart: true, ...(results === undefined ? {} : { results }) }
    this.#traces = new LocalTraces(this.#investigation.session, start)
    this.#stepsBefore = 0
    // Looking around before the search begins may have met other rules.
    if (this.#traces.exploration.rules.size > rules.size) this.#tellRules()
    else this.#work()
  }

  #handIn(branches: readonly TraceBranch[]): void {
    this.#stepsBefore = this.#traces!.exploration.search.steps
    this.#traces!.exploration.search.handIn(branches)
    this.#work()
  }

  /** Goes on with the work, in stretches between which orders are heard. */
  #work(): void {
    if (this.#isWorking) return
    this.#isWorking = true
    setImmediate(() => this.#guarded(() => this.#stretch()))
  }

  #stretch(): void {
    this.#isWorking = false
    const traces = this.#traces
    if (traces === null) return
    const { exploration } = traces
    const until = performance.now() + SLICE_MS
    do {
      if (exploration.restart()) return this.#tellRules()
      if (exploration.search.isDone) return this.#rest()
      exploration.search.slice(this.#steps)
      if (Atomics.load(this.#sharing, SharingCell.Wanted) > 0) this.#giveAway()
    } while (this.#steps === undefined && performance.now() < until)
    this.#tellFigures()
    this.#work()
  }

  #rest(): void {
    this.#tellFigures()
    const steps = this.#traces!.exploration.search.steps - this.#stepsBefore
    const batch = Atomics.load(this.#sharing, SharingCell.Batch)
    if (steps < FEW_STEPS && batch < MOST_BRANCHES) Atomics.store(this.#sharing, SharingCell.Batch, batch * 2)
    if (steps > MANY_STEPS && batch > 1) Atomics.store(this.#sharing, SharingCell.Batch, batch >> 1)
    this.#tell({ kind: 'idle', age: this.#age, orders: this.#orders })
  }

  #giveAway(): void {
    const { search } = this.#traces!.exploration
    if (search.isDone) return
    const batch = Atomics.load(this.#sharing, SharingCell.Batch)
    const given = search.giveAway(Math.min(batch, Math.max(1, search.waiting >> 1)))
    if (given.length === 0) return
    // Two may answer the same wish: what is too much waits for the next one.
    Atomics.sub(this.#sharing, SharingCell.Wanted, 1)
    const branches = given.map((branch) => portable(branch, this.#investigation.session.threads))
    this.#tell({ kind: 'branches', age: this.#age, branches })
  }

  #tellRules(): void {
    this.#tell({ kind: 'rules', age: this.#age, rules: this.#traces!.exploration.rules.portable })
  }

  #tellFigures(): void {
    const figures = this.#figures
    const traces = this.#traces!
    const { counts } = traces
    figures[FigureCell.Complete] = counts.complete
    figures[FigureCell.Deadlocked] = counts.deadlocked
    figures[FigureCell.AssumeFailed] = counts.assumeFailed
    figures[FigureCell.Steps] = counts.steps
    figures[FigureCell.Depth] = counts.depth
    figures[FigureCell.Bytes] = this.#investigation.session.bytes + traces.bytes
    figures[FigureCell.HeapBytes] = this.#investigation.session.heapBytes + traces.heapBytes
    figures[FigureCell.HasFindings] = Number(traces.hasFindings)
    figures[FigureCell.IsTooLong] = Number(traces.isTooLong)
  }

  #finish(): void {
    const traces = this.#traces
    if (traces === null) return this.#tell({ kind: 'results', results: NO_RESULTS })
    finished(traces.exploration.search.suspend())
    const results = finished(traces.results())
    this.#traces = null
    finished(this.#investigation.verify([]))
    this.#tellParts(results.outcomes, [])
    this.#tell({ kind: 'results', results: { ...results, outcomes: [] } })
  }

  #tellSnapshot(): void {
    const snapshot = finished(this.#traces!.snapshot())
    this.#tellParts(snapshot.outcomes, snapshot.branches)
    this.#tell({ kind: 'snapshot', snapshot: { ...snapshot, outcomes: [], branches: [] } })
  }

  #tellParts(outcomes: readonly ExecutedOutcome[], branches: readonly TraceBranch[]): void {
    for (let at = 0; at < Math.max(outcomes.length, branches.length); at += PART)
      this.#tell({
        kind: 'parts',
        outcomes: outcomes.slice(at, at + PART),
        branches: branches.slice(at, at + PART),
      })
  }

  #guarded(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#tell({ kind: 'failed', error: portableError(error) })
    }
  }
}

function finished<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}
