import { HistoryLimit } from '../../errors.js'
import type { Session } from '../../session.js'
import { StateSights } from '../compact/state-sights.js'
import { grownTo } from '../dpor/grown-array.js'
import { type Finding, sighted } from '../finding.js'
import type { SearchBounds, StopReason } from '../graph-search.js'
import type { GraphStep } from '../least-schedule.js'
import { AmpleThreads } from '../reduction/ample-threads.js'
import { BloomFilter } from './bloom-filter.js'
import { VisitedSample } from './visited-sample.js'

const STEPS_PER_SLICE = 512
// Fields of a state on the path: where its threads begin and end in the list of all, the thread and the way that come
// next, in how many ways that thread steps, the way that was taken, the log before that step, and flags.
const FRAME_SHIFT = 3
const FIRST = 0
const END = 1
const NEXT = 2
const WAY = 3
const WAYS = 4
const MARK = 5
const FLAGS = 6
const LEADS_ON = 1
const IS_WHOLE = 2

/** What a search in a filter may do. */
export interface BitstateOptions extends SearchBounds {
  /** Bytes of the filter. */
  readonly filter: number
  readonly seed: number | string
  /** Only the steps of an ample set of threads in each state. */
  readonly reduction: boolean
}

/**
 * Walks the graph of all states, depth first, and remembers of the states it has visited some bits in a filter: what
 * it holds besides is the path to the state at hand. A state that the filter takes for known is not looked at.
 *
 * Depth first, because the rows of a layer of a large graph take more memory than its bits.
 */
export class BitstateSearch {
  readonly filter: BloomFilter
  readonly sights: StateSights
  readonly findings: Finding[] = []
  /** Of a few states, whether they were visited. */
  sample = new VisitedSample()
  transitionCount = 0
  /** How often it has begun again. */
  restarts = 0
  stopped: StopReason | null = null
  /** What could not be followed, if that stopped the search. */
  exceeded: HistoryLimit | null = null
  /** Some execution was dropped by `assume`. */
  hasDropped = false
  readonly #session: Session
  readonly #options: BitstateOptions
  readonly #ample: AmpleThreads
  #frames = new Int32Array(256 << FRAME_SHIFT)
  #depth = -1
  // The threads that step in the states on the path, one state after the other.
  #threads = new Int32Array(1024)
  readonly #load = (): void => {}

  /** @param session whose threads nobody has let go on yet. */
  constructor(session: Session, options: BitstateOptions) {
    this.#session = session
    this.#options = options
    this.filter = new BloomFilter(options.filter, options.seed)
    this.sights = new StateSights(session, (kind, subject) => {
      this.findings.push(sighted(kind, subject, this.#path()))
    })
    this.#ample = new AmpleThreads(session, this.sights.always, options.reduction)
  }

  get stateCount(): number {
    return this.filter.states
  }

  /** Steps to the state at hand. */
  get depth(): number {
    return Math.max(0, this.#depth)
  }

  /** Memory held by the search and what was learnt, in bytes. */
  get bytes(): number {
    const path = (this.#frames.length + this.#threads.length) * 4
    return this.filter.bytes + path + this.sample.bytes + this.#ample.bytes + this.#session.bytes + this.sights.bytes
  }

  /** An estimate of what lives in the JavaScript heap, in bytes. */
  get heapBytes(): number {
    return this.#session.heapBytes + this.sights.heapBytes
  }

  /** Runs to the end or to a bound, yielding every millisecond or so. */
  *run(): Generator<void> {
    try {
      this.#begin()
      for (;;) {
        yield
        if (this.stopped !== null) return
        const { maxMemory, maxHeap, maxStates } = this.#options
        if (this.bytes > maxMemory || this.heapBytes > maxHeap) return this.abort('memory')
        if (this.stateCount > maxStates) return this.abort('states')
        yield* this.#session.image.learnWideChoices()
        for (let left = STEPS_PER_SLICE; left > 0 && this.#depth >= 0 && !this.#ample.isContradicted; left--)
          this.#advance()
        if (this.#ample.isContradicted) {
          this.restarts++
          this.#begin()
        } else if (this.#depth < 0) return
      }
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.exceeded = error
      this.abort('history')
    }
  }

  /** Ends the search, between two slices. */
  abort(reason: StopReason): void {
    this.stopped ??= reason
  }

  #begin(): void {
    const { world } = this.#session
    this.#session.rewind()
    this.#ample.restart()
    this.filter.clear()
    this.sample = new VisitedSample()
    this.transitionCount = 0
    this.hasDropped = false
    this.#depth = -1
    this.filter.add(world.hash1, world.hash2)
    this.#enter()
  }

  /** The session's present state is new: looks at it and puts it on the path. */
  #enter(): void {
    const { world, layout } = this.#session
    this.sample.add(world.hash1, world.hash2)
    // A word that has just been added is read for the first time.
    world.read(layout.count - 1)
    const at = ++this.#depth << FRAME_SHIFT
    if (at === this.#frames.length) this.#frames = grownTo(this.#frames, at * 2)
    const first = this.#depth === 0 ? 0 : this.#frames[at - (1 << FRAME_SHIFT) + END]!
    this.#frames[at + FIRST] = this.#frames[at + END] = this.#frames[at + NEXT] = first
    this.#frames[at + WAY] = this.#frames[at + WAYS] = 0
    this.#frames[at + FLAGS] = IS_WHOLE
    this.sights.look(world.words, this.#load)
    if (!this.sights.isAwaited(world.words, this.#load)) return this.sights.lookAtEnd(false)
    this.#ample.choose(world.words, this.#load)
    if (this.#ample.ableCount === 0) {
      if (this.#ample.hasFalseAssumption) this.hasDropped = true
      else this.sights.lookAtEnd(true)
      return
    }
    if (this.#ample.count < this.#ample.ableCount) this.#frames[at + FLAGS] = 0
    for (let i = 0; i < this.#ample.count; i++) this.#addThread(at, this.#ample.threads[i]!)
  }

  #addThread(at: number, thread: number): void {
    const end = this.#frames[at + END]!
    if (end === this.#threads.length) this.#threads = grownTo(this.#threads, end * 2)
    this.#threads[end] = thread
    this.#frames[at + END] = end + 1
  }

  /** Takes the next step from the state at hand, or back to the one before it. */
  #advance(): void {
    const frames = this.#frames
    const at = this.#depth << FRAME_SHIFT
    if (frames[at + WAY] === frames[at + WAYS]) {
      if (frames[at + WAYS] !== 0) frames[at + NEXT]!++
      if (frames[at + NEXT] === frames[at + END]) {
        if (this.#isEnough(frames[at + FLAGS]!)) this.#goBack()
        else this.#addOthers(at)
        return
      }
      frames[at + WAY] = 0
      frames[at + WAYS] = this.#session.ways(this.#threads[frames[at + NEXT]!]!)
    }
    const way = frames[at + WAY]!++
    this.#step(at, this.#threads[frames[at + NEXT]!]!, way)
  }

  #step(at: number, thread: number, way: number): void {
    const session = this.#session
    const { world } = session
    const node = session.node(thread)
    this.#frames[at + MARK] = world.mark
    const result = session.step(thread, way)
    this.transitionCount++
    if (session.image.isMisuse(node, result)) this.sights.see('misuse', session.image.misuseText(node, result))
    if (!this.filter.add(world.hash1, world.hash2)) return world.undo(this.#frames[at + MARK]!)
    this.#frames[at + FLAGS]! |= LEADS_ON
    this.#enter()
  }

  #goBack(): void {
    this.#depth--
    if (this.#depth >= 0) this.#session.world.undo(this.#frames[(this.#depth << FRAME_SHIFT) + MARK]!)
  }

  /** Whether nobody else need step: where histories are merged, the steps of others might be put off for ever. */
  #isEnough(flags: number): boolean {
    return flags !== 0 || !this.#session.image.hasMerged
  }

  /** The threads that were not chosen step as well. */
  #addOthers(at: number): void {
    const { world } = this.#session
    const chosen = this.#threads.subarray(this.#frames[at + FIRST]!, this.#frames[at + END]!).slice()
    this.#frames[at + FLAGS] = IS_WHOLE
    this.#frames[at + WAY] = this.#frames[at + WAYS] = 0
    this.#ample.chooseAllIn(world.words, this.#load)
    for (let i = 0; i < this.#ample.count; i++) {
      const thread = this.#ample.threads[i]!
      if (!chosen.includes(thread)) this.#addThread(at, thread)
    }
  }

  /** The steps that were taken to the state at hand, or beyond it if one is just being looked at. */
  #path(): GraphStep[] {
    const path: GraphStep[] = []
    for (let depth = 0; depth <= this.#depth; depth++) {
      const at = depth << FRAME_SHIFT
      if (this.#frames[at + WAYS] === 0) break
      path.push({ thread: this.#threads[this.#frames[at + NEXT]!]!, way: this.#frames[at + WAY]! - 1 })
    }
    return path
  }
}
