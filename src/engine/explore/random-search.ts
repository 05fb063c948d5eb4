import { Random } from '../random.js'
import type { Session } from '../session.js'
import { type Finding, sighted } from './finding.js'
import type { SamplingStrategy, ViolationKind } from './explore-report.js'
import type { GraphStep } from './least-schedule.js'
import type { OutcomeRegistry } from './outcome-registry.js'
import { DEFAULT_DEPTH } from './sampling/pct.js'
import type { Sampler } from './sampling/sampler.js'
import { SAMPLERS } from './sampling/samplers.js'
import type { RaceWatch } from './races/race-watch.js'
import { type Sight, StateInspector } from './state-inspector.js'

/** An execution longer than this is cut off and counted apart. */
export const EXECUTION_LIMIT = 100_000

interface Sighting {
  readonly kind: ViolationKind
  readonly subject: string
  readonly path: readonly GraphStep[]
  readonly preemptions: number
}

/** How threads are drawn. */
export interface Sampling {
  /** @default 'random' */
  readonly strategy?: SamplingStrategy
  /** Bug depth (`pct`). @default 3 */
  readonly depth?: number
  /** Is shown every step. */
  readonly races?: RaceWatch | undefined
}

/**
 * Runs executions whose threads are drawn by a sampling strategy and whose ways are drawn uniformly; the same seed gives
 * the same executions. Keeps the least failing schedule of each kind that it sees.
 */
export class RandomSearch {
  readonly session: Session
  /** How often each outcome was seen. */
  readonly counts: number[] = []
  executions = 0
  deadlocked = 0
  assumeFailed = 0
  /** Executions cut off at the limit. */
  cut = 0
  steps = 0
  readonly #random: Random
  readonly #sampler: Sampler
  readonly #inspector: StateInspector
  readonly #races: RaceWatch | undefined
  readonly #sightings = new Map<string, Sighting>()
  readonly #path: GraphStep[] = []
  #preemptions = 0

  constructor(
    session: Session,
    seed: string | number,
    { strategy = 'random', depth = DEFAULT_DEPTH, races }: Sampling = {},
  ) {
    this.session = session
    this.#races = races
    this.#inspector = new StateInspector(session)
    this.#random = new Random(seed)
    this.#sampler = SAMPLERS[strategy](session, this.#random, depth)
  }

  get outcomes(): OutcomeRegistry {
    return this.#inspector.outcomes
  }

  /** An estimate of the memory that it holds itself, all of it in the JavaScript heap, in bytes. */
  get bytes(): number {
    return this.#inspector.bytes
  }

  /** Runs one execution of at most `limit` steps; yields now and then if it is long. */
  *runOne(limit = EXECUTION_LIMIT): Generator<void> {
    const { session } = this
    session.rewind()
    this.#sampler.begin()
    this.#path.length = 0
    this.#preemptions = 0
    let last = -1
    this.#inspector.inspect(this.#sight)
    while (!session.hasEnded) {
      const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
      if (able.length === 0) {
        this.deadlocked++
        return this.#end(true)
      }
      if (this.#path.length >= limit) {
        this.cut++
        return
      }
      const thread = this.#sampler.choose(able)
      if (last !== -1 && last !== thread && able.includes(last)) this.#preemptions++
      last = thread
      if (session.assumesFalsehood(thread)) {
        this.assumeFailed++
        return
      }
      this.#step(thread)
      if (this.#path.length % 32 === 0) yield
    }
    this.#end(false)
  }

  /** What went wrong in any execution so far, the least schedule seen of each. */
  get findings(): Finding[] {
    const seen = [...this.#sightings.values()].map(({ kind, subject, path }) => sighted(kind, subject, path))
    return [...seen, ...(this.#races?.findingsBesides(seen) ?? [])]
  }

  /** The schedule of the latest execution. */
  get latestPath(): readonly GraphStep[] {
    return [...this.#path]
  }

  #step(thread: number): void {
    const { session } = this
    const ways = session.ways(thread)
    const way = ways === 1 ? 0 : this.#random.below(ways)
    const node = session.node(thread)
    this.#races?.before(this.#path.length, thread)
    const result = session.step(thread, way)
    this.#path.push({ thread, way })
    this.#races?.after(() => [...this.#path])
    this.steps++
    if (session.image.isMisuse(node, result)) this.#sight('misuse', session.image.misuseText(node, result))
    this.#inspector.inspect(this.#sight)
  }

  #end(deadlocked: boolean): void {
    this.executions++
    this.#sampler.ended()
    const outcome = this.#inspector.inspectEnd(deadlocked, this.#sight)
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1
  }

  readonly #sight: Sight = (kind, subject) => {
    const key = `${kind} ${subject}`
    const known = this.#sightings.get(key)
    if (known !== undefined) {
      const fewer = this.#preemptions - known.preemptions
      if (fewer > 0 || (fewer === 0 && this.#path.length >= known.path.length)) return
    }
    this.#sightings.set(key, { kind, subject, path: [...this.#path], preemptions: this.#preemptions })
  }
}
