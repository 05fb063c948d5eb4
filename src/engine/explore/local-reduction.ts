import type { Session } from '../session.js'
import type { Finding } from './finding.js'
import type { GraphStep } from './least-schedule.js'
import { StateInspector } from './state-inspector.js'

/** Steps that all attempts together may take. */
const MAX_STEPS = 1_000_000
const SLICE = 128

/** A schedule that shows the violation, no longer than it needs to. */
interface Shown {
  readonly path: readonly GraphStep[]
  readonly preemptions: number
}

/**
 * A schedule that shows the same violation as a finding with no more preemptions, and no more steps if it takes as many:
 * its own one with stretches left out or moved, first of all to other stretches of the same thread, as long as that helps.
 *
 * @param session its present state is lost.
 */
export function* reduceLocally(
  session: Session,
  finding: Finding,
  isStopped: () => boolean,
): Generator<void, readonly GraphStep[]> {
  const reduction = new LocalReduction(session, finding, isStopped)
  return yield* reduction.run()
}

class LocalReduction {
  readonly #session: Session
  readonly #finding: Finding
  readonly #isStopped: () => boolean
  readonly #inspector: StateInspector
  #steps = 0

  constructor(session: Session, finding: Finding, isStopped: () => boolean) {
    this.#session = session
    this.#finding = finding
    this.#isStopped = isStopped
    this.#inspector = new StateInspector(session)
  }

  *run(): Generator<void, readonly GraphStep[]> {
    const own: Shown | null = yield* this.#follow(this.#finding.path, Infinity)
    if (own === null) return this.#finding.path
    let best: Shown = own
    for (;;) {
      const better: Shown | null = yield* this.#improve(best)
      if (better === null) return best.path
      best = better
    }
  }

  /** The first of all small changes that makes a schedule better. */
  *#improve(best: Shown): Generator<void, Shown | null> {
    for (const candidate of changes(best.path)) {
      if (this.#steps > MAX_STEPS || this.#isStopped()) return null
      const shown = yield* this.#follow(candidate, best.path.length)
      if (shown !== null && isBetter(shown, best)) return shown
    }
    return null
  }

  /**
   * Runs a schedule, leaving out what cannot be done, and on from its end without a preemption, up to the first state
   * that shows the violation; null if none of the first `limit` steps does.
   */
  *#follow(steps: readonly GraphStep[], limit: number): Generator<void, Shown | null> {
    const session = this.#session
    session.rewind()
    const path: GraphStep[] = []
    let preemptions = 0
    let last = -1
    if (this.#isShown()) return { path, preemptions }
    for (let i = 0; path.length < limit && !session.hasEnded; i++) {
      const step = i < steps.length ? this.#asFarAsPossible(steps[i]!) : this.#next(last)
      if (step === null) {
        if (i < steps.length) continue
        return null
      }
      if (last !== -1 && last !== step.thread && session.ways(last) > 0) preemptions++
      last = step.thread
      const isMisuse = this.#step(step)
      path.push(step)
      if (isMisuse || this.#isShown()) return { path, preemptions }
      if (++this.#steps % SLICE === 0) yield
    }
    return null
  }

  #asFarAsPossible(step: GraphStep): GraphStep | null {
    const ways = this.#ways(step.thread)
    if (ways === 0) return null
    return step.way < ways ? step : { thread: step.thread, way: 0 }
  }

  #next(last: number): GraphStep | null {
    if (last !== -1 && this.#ways(last) > 0) return { thread: last, way: 0 }
    const thread = this.#session.threads.canonical.find((candidate) => this.#ways(candidate) > 0)
    return thread === undefined ? null : { thread, way: 0 }
  }

  /** A step of a false assumption leads nowhere. */
  #ways(thread: number): number {
    return this.#session.assumesFalsehood(thread) ? 0 : this.#session.ways(thread)
  }

  /** Takes a step; returns whether it is the misuse that is looked for. */
  #step({ thread, way }: GraphStep): boolean {
    const session = this.#session
    const { kind, subject } = this.#finding
    const node = session.node(thread)
    const result = session.step(thread, way)
    return (
      kind === 'misuse' && session.image.isMisuse(node, result) && session.image.misuseText(node, result) === subject
    )
  }

  #isShown(): boolean {
    const session = this.#session
    let isShown = false
    const sight = (kind: string, subject: string): void => {
      if (kind === this.#finding.kind && subject === this.#finding.subject) isShown = true
    }
    this.#inspector.inspect(sight)
    const { hasEnded } = session
    if (hasEnded || session.threads.all.every(({ index }) => session.ways(index) === 0))
      this.#inspector.inspectEnd(!hasEnded, sight)
    return isShown
  }
}

function isBetter(a: Shown, b: Shown): boolean {
  return a.preemptions < b.preemptions || (a.preemptions === b.preemptions && a.path.length < b.path.length)
}

/** Schedules made from one by a small change, the more drastic changes first. */
function* changes(path: readonly GraphStep[]): Generator<readonly GraphStep[]> {
  const stretches = stretchesOf(path)
  const without = (from: number, to: number) => [...stretches.slice(0, from), ...stretches.slice(to)].flat()
  for (let size = stretches.length >> 1; size > 0; size >>= 1)
    for (let from = 0; from < stretches.length; from += size) yield without(from, from + size)
  for (let i = 0; i < stretches.length; i++) {
    const stretch = stretches[i]!
    const isSame = (other: readonly GraphStep[]): boolean => other[0]!.thread === stretch[0]!.thread
    const earlier = stretches.slice(0, i).findLastIndex(isSame)
    if (earlier !== -1) yield moved(stretches, i, earlier + 1)
    const later = stretches.findIndex((other, at) => at > i && isSame(other))
    if (later !== -1) yield moved(stretches, i, later - 1)
  }
  for (let i = 0; i < path.length; i++) yield [...path.slice(0, i), ...path.slice(i + 1)]
  for (let size = 1; size < stretches.length; size++)
    for (let from = 0; from + size <= stretches.length; from++)
      for (let to = 0; to + size <= stretches.length; to++) if (to !== from) yield moved(stretches, from, to, size)
}

/** The schedule with `size` stretches from `from` on taken out and put in before number `to` of those that are left. */
function moved(stretches: readonly (readonly GraphStep[])[], from: number, to: number, size = 1): GraphStep[] {
  const others = [...stretches.slice(0, from), ...stretches.slice(from + size)]
  return [...others.slice(0, to), ...stretches.slice(from, from + size), ...others.slice(to)].flat()
}

/** A schedule cut where it switches threads. */
function stretchesOf(path: readonly GraphStep[]): GraphStep[][] {
  const stretches: GraphStep[][] = []
  for (const step of path) {
    const latest = stretches.at(-1)
    if (latest !== undefined && latest[0]!.thread === step.thread) latest.push(step)
    else stretches.push([step])
  }
  return stretches
}
