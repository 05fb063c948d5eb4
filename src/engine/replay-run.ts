import { chain } from './content-hash.js'
import { blockedThreads, type BlockedThread } from './detect/blocked-threads.js'
import { threadStates, type ThreadState } from './detect/thread-states.js'
import { MethodCall, MethodReturn } from './detect/call-history.js'
import type { CallFacts, HistoryFacts } from './detect/history-facts.js'
import { possibleResults } from './detect/linearization.js'
import type { RaceFacts, StepFacts, SyncFacts } from './detect/race-facts.js'
import { RaceMonitor } from './detect/race-monitor.js'
import type { UnorderedPair } from './detect/sync-clocks.js'
import { describeOutcome, type OutcomeFacts } from './outcome.js'
import { FLAG_PLAIN } from './node-head.js'
import { NODE_CODE } from './node-fields.js'
import { formatData, type Operation } from './operation.js'
import type { Place } from './place.js'
import type { Parameters, Program } from './program.js'
import type { Choice } from './schedule.js'
import { Session, type SessionOptions } from './session.js'

/** One step of a trace. Numbered from 1. */
export interface TraceStep {
  readonly step: number
  /** The thread's name. */
  readonly thread: string
  /** Its code in tokens. */
  readonly code: string
  readonly way: number
  /** `read`, `acquire`, …. */
  readonly operation: string
  /** The object it acted on, if any. */
  readonly object: string | null
  /** How the step reads: `read → 0`. */
  readonly label: string
  readonly result: unknown
  /** Whether the access is plain, that is unsynchronised. */
  readonly plain: boolean
  /** Where the operation stands in the user's file. */
  readonly place: Place | undefined
  /** What every object shows after the step; objects with nothing to show are left out. */
  readonly shows: Readonly<Record<string, unknown>>
  /** Lines printed before the step's thread performed its next operation. */
  readonly printed: readonly string[]
  /** Properties of kind `always` that fail in the state after the step. */
  readonly failing: readonly string[]
  /** The misuse that the step is, if it is one. */
  readonly misuse: string | null
  /** Where every thread is in its life after the step, by name, if that was asked for. */
  readonly threadStates?: Readonly<Record<string, ThreadState>>
}

/** Why a choice could not be followed. */
export type Obstacle = 'unknown-thread' | 'ended' | 'blocked' | 'no-such-way'

/**
 * One run of a program on a fresh session with places recorded, step by step along given choices. Everything that is
 * shown of a failure comes from such a run, so that nothing is reported that was not seen to happen.
 */
export class ReplayRun {
  readonly session: Session
  readonly steps: TraceStep[] = []
  /** Objects before the first step. */
  readonly initially: Readonly<Record<string, unknown>>
  /** `always` properties that fail before the first step. */
  readonly failingInitially: readonly string[]
  /** Lines printed before the first step. */
  readonly printedInitially: readonly string[]
  /** Running hash of the operations performed. */
  hash = 0
  /** Hash of the latest step alone. */
  latestHash = 0
  readonly #showsThreads: boolean
  readonly #monitor: RaceMonitor
  readonly #races: UnorderedPair[] = []
  // By history: its calls in the order in which they were made.
  readonly #calls = new Map<string, CallFacts[]>()
  // By property.
  readonly #histories = new Map<string, HistoryFacts>()
  #printed: string[] = []
  #last = -1
  /** Switches away from a thread that could go on. */
  preemptions = 0

  constructor(
    program: Program,
    params: Readonly<Record<string, unknown>>,
    { states = false, ...options }: Pick<SessionOptions, 'monitor' | 'maxValues'> & { readonly states?: boolean } = {},
  ) {
    this.#showsThreads = states
    this.session = new Session(program, params, {
      ...options,
      recordPlaces: true,
      onPrint: (line) =>
        this.#printed.push(
          line.values
            .map((value) => (typeof value === 'string' && !/\p{Control}/u.test(value) ? value : formatData(value)))
            .join(' '),
        ),
    })
    this.#monitor = new RaceMonitor(this.session)
    this.initially = this.session.show()
    this.failingInitially = this.#failing()
    this.printedInitially = this.#takePrinted()
  }

  /** Takes the step that `choice` names, or says why it cannot. */
  take(choice: Choice): TraceStep | Obstacle {
    const { session } = this
    const thread = session.threadByCode(choice.thread)
    if (thread === undefined || session.node(thread.index) === 0) return 'unknown-thread'
    if (session.world.hasEnded(thread.index)) return 'ended'
    const ways = session.ways(thread.index)
    if (ways === 0 || session.hasEnded) return 'blocked'
    if (choice.way >= ways) return 'no-such-way'
    return this.#step(thread.index, choice)
  }

  /** Whether no thread can step, or every thread the program waits for has ended. */
  get isOver(): boolean {
    return this.session.hasEnded || this.session.threads.all.every((thread) => this.session.ways(thread.index) === 0)
  }

  /** The choices that could be taken now, in canonical order. */
  possible(): Choice[] {
    const { session } = this
    if (session.hasEnded) return []
    return session.threads.canonical.flatMap((index) =>
      Array.from({ length: session.ways(index) }, (_, way) => ({ thread: session.threads.all[index]!.code, way })),
    )
  }

  /** The outcome, once the run is over. */
  outcome(): OutcomeFacts {
    return describeOutcome(this.session, !this.session.hasEnded)
  }

  blocked(): BlockedThread[] {
    return blockedThreads(this.session)
  }

  /** The data races of the run, each once, as it first shows. */
  races(): RaceFacts[] {
    const first = new Map<string, UnorderedPair>()
    for (const pair of this.#races) {
      const key = this.#monitor.keyOf(pair)
      if (!first.has(key)) first.set(key, pair)
    }
    return [...first.values()].map((pair) => this.#factsOf(pair))
  }

  /** The histories of calls that nothing explains, each as it is when that shows first. */
  get histories(): readonly HistoryFacts[] {
    return [...this.#histories.values()]
  }

  #noteHistories(failing: readonly string[]): void {
    for (const { name, history } of this.session.properties) {
      if (history === undefined || !failing.includes(name) || this.#histories.has(name)) continue
      const calls = this.#calls.get(history.calls.name) ?? []
      const unexplained = calls.findIndex(({ to }) => to === this.steps.length)
      const recorded = history.calls.callsIn(this.session.world)
      const { thread } = calls[unexplained]!
      const { identity } = this.session.threads.all.find((entry) => entry.name === thread)!
      const latest = recorded.findLastIndex((call) => call.thread === identity)
      const possible = possibleResults(recorded, latest, history.model)
      this.#histories.set(name, {
        property: name,
        object: history.calls.of,
        calls: [...calls],
        unexplained,
        possible,
      })
    }
  }

  #noteCall(operation: Operation | null, thread: string): void {
    const step = this.steps.length
    if (operation instanceof MethodCall) {
      const calls = this.#calls.get(operation.history.name) ?? []
      calls.push({ thread, method: operation.method, args: operation.given, from: step, to: null })
      this.#calls.set(operation.history.name, calls)
    }
    if (!(operation instanceof MethodReturn)) return
    const calls = this.#calls.get(operation.history.name)!
    const at = calls.findLastIndex((call) => call.thread === thread)
    calls[at] = { ...calls[at]!, result: operation.result, to: step }
  }

  /** The races of the latest step with earlier ones, by what tells them from all others. */
  racesOfLast(): ReadonlyMap<string, RaceFacts> {
    const last = this.#races.filter(({ second }) => second === this.steps.length - 1)
    return new Map(last.map((pair) => [this.#monitor.keyOf(pair), this.#factsOf(pair)]))
  }

  #factsOf({ first, second, sites }: UnorderedPair): RaceFacts {
    const { word } = this.#monitor.sites.all[sites[1]]!
    const object = this.session.objectOf(word)
    const element = object?.element?.(word)
    return {
      object: object?.name ?? '',
      kind: object?.kind ?? '',
      ...(element === undefined ? {} : { element }),
      first: this.#stepFacts(first),
      second: this.#stepFacts(second),
      lastSync: this.#syncBefore(first, second),
    }
  }

  #syncBefore(first: number, second: number): SyncFacts | null {
    const sync = this.#monitor.clocks.lastSync(first, second)
    if (sync === null) return null
    const { object } = this.steps[sync.to]!
    return {
      from: this.#stepFacts(sync.from),
      to: this.#stepFacts(sync.to),
      object: sync.isBorn ? null : object,
      isBorn: sync.isBorn,
    }
  }

  #stepFacts(event: number): StepFacts {
    const { thread, operation, place, step } = this.steps[event]!
    return { thread, operation, place, step }
  }

  #step(index: number, choice: Choice): TraceStep {
    const { session } = this
    const thread = session.threads.all[index]!
    const node = session.node(index)
    const operation = session.image.takeOperation(node)
    if (this.#last !== -1 && this.#last !== index && session.ways(this.#last) > 0) this.preemptions++
    this.#last = index
    this.#monitor.before(index)
    const result = session.step(index, choice.way)
    this.#races.push(...this.#monitor.after())
    this.latestHash = session.stepHash(index, choice.way, node, result)
    this.hash = chain(this.hash, this.latestHash)
    const received = session.image.decode(node, result)
    const step: TraceStep = {
      step: this.steps.length + 1,
      thread: thread.name,
      code: thread.code,
      way: choice.way,
      operation: operation?.name ?? '',
      object: operation?.object?.name ?? null,
      label: operation?.label(operation.name === 'spawn' ? undefined : received) ?? '',
      result: operation?.name === 'spawn' ? undefined : received,
      plain: (session.nodes.field(node, NODE_CODE) & FLAG_PLAIN) !== 0,
      place: operation?.place,
      shows: session.show(),
      printed: this.#takePrinted(),
      failing: this.#failing(),
      misuse: session.image.isMisuse(node, result) ? session.image.misuseText(node, result) : null,
      ...(this.#showsThreads ? { threadStates: threadStates(session, index) } : {}),
    }
    this.steps.push(step)
    this.#noteCall(operation, thread.name)
    if (step.failing.length > 0) this.#noteHistories(step.failing)
    return step
  }

  #failing(): string[] {
    return this.session.properties
      .filter((property) => property.when === 'always' && !this.session.holds(property))
      .map((property) => property.name)
  }

  #takePrinted(): string[] {
    const printed = this.#printed
    this.#printed = []
    return printed
  }
}

/** The parameters that differ from a program's defaults. */
export function changedParameters(program: Program, params: Parameters): Parameters {
  return Object.fromEntries(Object.entries(params).filter(([name, value]) => program.defaults[name] !== value))
}
