import { modesOf } from '../engine/modes.js'
import { heapLimit } from '../available-memory.js'
import { HistoryLimit } from '../engine/errors.js'
import { DporFindings } from '../engine/explore/dpor/dpor-findings.js'
import { mergeSpawned, type SpawnedThread, spawnedThreads } from '../engine/detect/spawned-threads.js'
import type { TraceStart } from '../engine/explore/dpor/local-traces.js'
import { type TraceBranch, WHOLE } from '../engine/explore/dpor/trace-branch.js'
import { TraceRules } from '../engine/explore/dpor/trace-rules.js'
import {
  addCounts,
  addOutcomes,
  type ExecutedOutcome,
  NO_COUNTS,
  NO_RESULTS,
  type TraceCounts,
  type TraceResults,
  type TraceSnapshot,
} from '../engine/explore/dpor/trace-snapshot.js'
import type { TraceSource } from '../engine/explore/dpor/trace-source.js'
import type { Outcome } from '../engine/explore/explore-report.js'
import type { Finding } from '../engine/explore/finding.js'
import type { Investigation } from '../engine/explore/investigation.js'
import { reportFacts } from '../engine/explore/outcome-report.js'
import type { Pause } from '../engine/explore/strategy-run.js'
import { PulseCell } from '../watchdog/pulse.js'
import { neverYields, type PulseSubject, stuckness } from '../watchdog/stuckness.js'
import { errorOf } from './portable-error.js'
import {
  FigureCell,
  SharingCell,
  TRACE_WORKER,
  type TraceMessage,
  type TraceOrder,
  type TraceWorkerInput,
} from './trace-protocol.js'
import { type OpenTraceWorker, openTraceThread, type TraceWorker } from './trace-thread.js'

/** Who shares the work, and how long the program's own code may take between two operations. */
export interface ParallelOptions {
  readonly workers: number
  /** The module that exports the program. */
  readonly module: string
  /** In seconds. @default for ever */
  readonly patience?: number | undefined
  /** How a worker is made. @default a thread of its own */
  readonly open?: OpenTraceWorker
}

const FIRST_BATCH = 8
const TICK_MS = 50

/** One worker as whoever shares the work sees it. */
interface Partner {
  readonly worker: TraceWorker
  readonly figures: Float64Array
  readonly isStuck: (() => number) | null
  readonly subjects: Map<number, PulseSubject>
  /** Orders sent: a worker that says it is idle may not have received the latest yet. */
  orders: number
  isIdle: boolean
  answer: TraceSnapshot | TraceResults | null
  outcomes: ExecutedOutcome[]
  branches: TraceBranch[]
}

/**
 * Traces that are run by several worker threads: branches are complete in themselves, so that whoever has nothing to do
 * takes some over from whoever has many. This thread explores nothing; it hands on.
 */
export class ParallelTraces implements TraceSource {
  readonly #investigation: Investigation
  readonly #options: ParallelOptions
  readonly #start: TraceStart | undefined
  readonly #findings: DporFindings
  readonly #rules: TraceRules
  readonly #partners: Partner[] = []
  readonly #sharing = new SharedArrayBuffer(4 * SharingCell.Length)
  readonly #cells = new Int32Array(this.#sharing)
  #queue: (readonly TraceBranch[])[] = []
  #age = 0
  #hasBegun = false
  #error: Error | null = null
  #counts: TraceCounts | null = null
  #outcomes: readonly ExecutedOutcome[] = []
  #spawned: readonly SpawnedThread[] = []
  // What a snapshot that is being taken has to contain besides the workers' own.
  #handedOn: TraceBranch[] | null = null
  #wake: () => void = () => {}

  constructor(investigation: Investigation, options: ParallelOptions, start?: TraceStart) {
    this.#investigation = investigation
    this.#options = options
    this.#start = start
    this.#findings = new DporFindings(investigation.session)
    this.#rules = new TraceRules(investigation.session)
    if (start !== undefined) this.#rules.adopt(start.rules)
  }

  get counts(): TraceCounts {
    if (this.#counts !== null) return this.#counts
    return this.#partners.map(({ figures }) => countsIn(figures)).reduce(addCounts, NO_COUNTS)
  }

  get bytes(): number {
    return this.#sum(FigureCell.Bytes)
  }

  /** What is in the workers' heaps is in none of this thread. */
  get heapBytes(): number {
    return 0
  }

  get hasFindings(): boolean {
    return !this.#findings.isEmpty || this.#sum(FigureCell.HasFindings) > 0
  }

  get isTooLong(): boolean {
    return this.#sum(FigureCell.IsTooLong) > 0
  }

  get spawned(): readonly SpawnedThread[] {
    return this.#spawned
  }

  get findings(): readonly Finding[] {
    return this.#findings.all
  }

  *run(): Generator<Pause> {
    for (let i = 0; i < this.#options.workers; i++) this.#partners.push(this.#open())
    // Orders wait for workers that still start: whoever is there first begins.
    this.#beginAgain(this.#start?.branches ?? [WHOLE], this.#start?.results)
    while (!this.#isDone) yield this.#wait()
  }

  *finish(): Generator<Pause> {
    const all = (yield* this.#ask('finish')) as TraceResults[]
    this.#counts = all.map(({ counts }) => counts).reduce(addCounts, NO_COUNTS)
    for (const { sightings } of all) this.#findings.adopt(sightings)
    this.#spawned = mergeSpawned(spawnedThreads(this.#investigation.session), ...all.map(({ spawned }) => spawned))
    this.#outcomes = yield* addOutcomes(...this.#partners.map(({ outcomes }) => outcomes))
    this.close()
  }

  *outcomes(): Generator<void, Outcome[]> {
    return yield* reportFacts(this.#outcomes)
  }

  *snapshot(): Generator<Pause, TraceSnapshot> {
    if (!this.#hasBegun) return this.#unbegun()
    // A worker answers after all that it was sent before, and after all that it has sent: nothing is lost, nothing twice.
    const handedOn = this.#queue.flat()
    this.#handedOn = handedOn
    const age = this.#age
    const all = (yield* this.#ask('snapshot')) as TraceSnapshot[]
    this.#handedOn = null
    if (age !== this.#age) return yield* this.snapshot()
    return {
      rules: this.#rules.portable,
      branches: [...handedOn, ...this.#partners.flatMap(({ branches }) => branches)],
      counts: all.map(({ counts }) => counts).reduce(addCounts, NO_COUNTS),
      outcomes: yield* addOutcomes(...this.#partners.map(({ outcomes }) => outcomes)),
      sightings: all.flatMap(({ sightings }) => sightings),
      spawned: mergeSpawned(...all.map(({ spawned }) => spawned)),
    }
  }

  #unbegun(): TraceSnapshot {
    return {
      ...(this.#start?.results ?? NO_RESULTS),
      rules: this.#rules.portable,
      branches: this.#start?.branches ?? [WHOLE],
    }
  }

  /** Ends all workers, whatever they do. */
  close(): void {
    for (const { worker } of this.#partners) worker.end()
    this.#partners.length = 0
  }

  get #isDone(): boolean {
    return this.#queue.length === 0 && this.#partners.every(({ isIdle }) => isIdle)
  }

  /** Waits for news from a worker, and for a while at most; throws what has gone wrong. */
  #wait(): Promise<void> {
    this.#throwError()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), TICK_MS)
      this.#wake = () => {
        clearTimeout(timer)
        this.#tick()
        resolve()
      }
    })
  }

  #throwError(): void {
    if (this.#error !== null) throw this.#error
  }

  #tick(): void {
    for (const { isStuck, subjects } of this.#partners) {
      const number = isStuck?.() ?? 0
      if (number !== 0) this.#error ??= neverYields(subjects.get(number), this.#options.patience ?? 0)
    }
    // A wish may have been answered by branches that were out of date.
    const idle = this.#partners.filter(({ isIdle }) => isIdle).length
    if (this.#queue.length === 0 && Atomics.load(this.#cells, SharingCell.Wanted) < idle && this.#mayShare)
      Atomics.store(this.#cells, SharingCell.Wanted, idle)
  }

  /**
   * With daemons, or where threads are counted, every step depends on all threads that are known where it is run: if some are spawned, not all searches
   * know the same, and only one may work.
   */
  get #mayShare(): boolean {
    const { threads } = this.#investigation.session
    return !this.#rules.dependsOnThreads || threads.all.length === threads.declared
  }

  #open(): Partner {
    const { session, program, maxHeap } = this.#investigation
    const pulse = new SharedArrayBuffer(4 * PulseCell.Length)
    const figures = new SharedArrayBuffer(8 * FigureCell.Length)
    const { workers, module, patience, open = openTraceThread } = this.#options
    const input: TraceWorkerInput = {
      role: TRACE_WORKER,
      module,
      program: program.name,
      params: session.params,
      modes: modesOf(program),
      setupHash: session.setupHash,
      maxHeap: maxHeap / workers,
      heapLimit: heapLimit(),
      pulse,
      sharing: this.#sharing,
      figures,
    }
    const partner: Partner = {
      worker: open(input, {
        onMessage: (message) => {
          this.#receive(partner, message)
          this.#wake()
        },
        onError: (error) => this.#fail(error),
      }),
      figures: new Float64Array(figures),
      isStuck: patience === undefined ? null : stuckness(pulse, patience),
      subjects: new Map(),
      orders: 0,
      isIdle: false,
      answer: null,
      outcomes: [],
      branches: [],
    }
    return partner
  }

  #fail(error: Error): void {
    const isMemory = (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'
    this.#error ??= isMemory
      ? new HistoryLimit('limit/heap', 'the values that the program keeps do not fit in the memory of a worker', {
          hint: 'explore a smaller instance, or keep smaller values in shared objects',
        })
      : error
    this.#wake()
  }

  #receive(partner: Partner, message: TraceMessage): void {
    switch (message.kind) {
      case 'idle':
        if (message.age !== this.#age || message.orders !== partner.orders) return
        partner.isIdle = true
        return this.#handOn()
      case 'branches':
        if (message.age !== this.#age) return
        // It may have been given away before the worker took its part of the snapshot, then this is not in there.
        if (partner.answer === null) this.#handedOn?.push(...message.branches)
        this.#queue.push(message.branches)
        return this.#handOn()
      case 'rules':
        if (message.age === this.#age) this.#meet(message.rules)
        return
      case 'parts':
        partner.outcomes.push(...message.outcomes)
        partner.branches.push(...message.branches)
        return
      case 'snapshot':
        partner.answer = message.snapshot
        return
      case 'results':
        partner.answer = message.results
        return
      case 'subject':
        partner.subjects.set(message.number, message)
        return
      case 'failed':
        this.#error ??= errorOf(message.error)
    }
  }

  /** Other rules were met: everything begins again. */
  #meet(rules: TraceSnapshot['rules']): void {
    this.#rules.adopt(rules)
    this.#age++
    this.#beginAgain([WHOLE])
  }

  #beginAgain(branches: readonly TraceBranch[], results?: TraceResults): void {
    this.#hasBegun = true
    this.#queue = []
    Atomics.store(this.#cells, SharingCell.Wanted, 0)
    Atomics.store(this.#cells, SharingCell.Batch, FIRST_BATCH)
    const { portable: rules } = this.#rules
    const parts = this.#mayShare ? this.#partners.length : 1
    this.#partners.forEach((partner, i) => {
      partner.isIdle = false
      this.#send(partner, {
        kind: 'begin',
        age: this.#age,
        rules,
        branches: branches.filter((_branch, index) => i < parts && index % parts === i),
        results: i === 0 ? results : undefined,
      })
    })
  }

  /** Gives what is there to whoever has nothing to do; wishes for more if there is nothing. */
  #handOn(): void {
    let wanting = 0
    for (const partner of this.#partners) {
      if (!partner.isIdle) continue
      const branches = this.#queue.shift()
      if (branches === undefined) {
        wanting++
        continue
      }
      partner.isIdle = false
      this.#send(partner, { kind: 'branches', age: this.#age, branches })
    }
    if (this.#mayShare) Atomics.store(this.#cells, SharingCell.Wanted, wanting)
  }

  #send(partner: Partner, order: TraceOrder): void {
    partner.orders++
    partner.worker.send(order)
  }

  *#ask(kind: 'snapshot' | 'finish'): Generator<Pause, readonly (TraceSnapshot | TraceResults)[]> {
    for (const partner of this.#partners) {
      partner.answer = null
      partner.outcomes = []
      partner.branches = []
      this.#send(partner, { kind })
    }
    while (this.#partners.some(({ answer }) => answer === null)) yield this.#wait()
    this.#throwError()
    return this.#partners.map((partner) => partner.answer!)
  }

  #sum(cell: number): number {
    return this.#partners.reduce((sum, { figures }) => sum + figures[cell]!, 0)
  }
}

function countsIn(figures: Float64Array): TraceCounts {
  return {
    complete: figures[FigureCell.Complete]!,
    deadlocked: figures[FigureCell.Deadlocked]!,
    assumeFailed: figures[FigureCell.AssumeFailed]!,
    steps: figures[FigureCell.Steps]!,
    depth: figures[FigureCell.Depth]!,
  }
}
