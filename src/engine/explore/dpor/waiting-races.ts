import * as Code from '../../code.js'
import { NODE_WORD } from '../../node-fields.js'
import type { WorldView } from '../../operation.js'
import type { AccessLog, Touched } from './access-log.js'
import type { EventRaces } from './event-races.js'
import type { Execution } from './execution.js'
import { OWN } from './race-clock.js'
import { StateWithin } from './state-within.js'

/**
 * The races of operations that may have to wait, and of events that touch several keys: where what an event conflicts
 * with is not all that it has to come before. The slow path: it looks at states in which only some events have happened.
 */
export class WaitingRaces {
  readonly #execution: Execution
  readonly #races: EventRaces
  readonly #log: AccessLog

  constructor(execution: Execution) {
    this.#execution = execution
    this.#races = execution.races
    this.#log = execution.log
  }

  /**
   * The races of an operation that may have to wait: the latest events without which, and without all that follows from
   * them, it could proceed although it could not come before what follows. Each race counts once for every choice of the
   * events that it conflicts with, that do not follow from the earlier event, and before which it cannot proceed after
   * that event: it can come before or after each of them, but no other execution shows it in between.
   */
  find(thread: number, touched: readonly Touched[]): void {
    const execution = this.#execution
    const arrival = execution.arrivalOf(thread)
    // Everything before the clock's latest step happens before the arrival.
    const start = new Int32Array(this.#races.stride)
    if (arrival !== 0) this.#joinInto(start, arrival - 1)
    const covered = start.slice()
    const isBefore = (event: number) => start[execution.threadOf(event)]! > event
    const events = new Set<number>()
    for (const { key, writes } of touched)
      for (const access of this.#log.conflicting(key, writes, isBefore)) {
        const event = this.#log.eventOf(access)
        if (!isBefore(event)) events.add(event)
      }
    if (events.size === 0) return
    const latest = [...events].sort((a, b) => b - a)
    const without = (event: number) => latest.filter((other) => !this.#races.happensBefore(event, other))
    const reversible = new Map<number, boolean>()
    // Asked of few: a race covers whatever happens before its earlier event.
    const isReversible = (event: number) => {
      let known = reversible.get(event)
      if (known === undefined) {
        known = this.#couldStepWithin(event, this.#rowOf(start, without(event)), thread)
        reversible.set(event, known)
      }
      return known
    }
    for (const earlier of latest) {
      if (covered[execution.threadOf(earlier)]! > earlier || !isReversible(earlier)) continue
      this.#joinInto(covered, earlier)
      const others = without(earlier)
      const row = this.#rowOf(
        start,
        others.filter((other) => other < earlier || isReversible(other)),
      )
      const free = others.filter((other) => row[execution.threadOf(other)]! <= other).reverse()
      for (const chosen of this.#closedChoices(free)) {
        const kept = this.#rowOf(row, chosen)
        if (this.#couldStepWithin(earlier, kept, thread)) this.#add(earlier, kept)
      }
    }
  }

  /** The latest event touches one more key: what conflicts with that has to stay before it, too. */
  keepBefore(key: number): void {
    const execution = this.#execution
    for (let race = 0; race < this.#races.count; race++) {
      const row = this.#races.rows[this.#races.racingClock[race]!]
      if (row === undefined) continue
      const isKept = (event: number) => row[execution.threadOf(event)]! > event
      for (const access of this.#log.conflicting(key, true, isKept)) {
        const other = this.#log.eventOf(access)
        if (other === execution.length) continue
        if (!this.#races.happensBefore(this.#races.racing[race]!, other)) this.#joinInto(row, other)
      }
    }
  }

  /**
   * Keeps the latest races, once all that the event touches is known: without an earlier one, the event still comes after
   * what follows from it. An acquire of the lock in `word` does not race with what its release follows from.
   */
  dropCovered(word: number): void {
    const { racing, racingClock } = this.#races
    let kept = 0
    for (let i = 0; i < this.#races.count; i++) {
      if (
        word >= 0 &&
        racingClock[i] === OWN &&
        this.#contentWithin((other) => !this.#races.happensBefore(racing[i]!, other), word) !== 0
      )
        continue
      racing[kept] = racing[i]!
      racingClock[kept++] = racingClock[i]!
    }
    const latest: number[] = []
    for (let i = 0; i < kept; i++) {
      let isCovered = false
      for (let j = 0; j < kept; j++)
        if (racing[i] !== racing[j] && this.#races.happensBefore(racing[i]!, racing[j]!)) isCovered = true
      if (!isCovered && !latest.some((other) => racing[other] === racing[i])) latest.push(i)
    }
    latest.forEach((i, at) => {
      racing[at] = racing[i]!
      racingClock[at] = racingClock[i]!
    })
    this.#races.count = latest.length
  }

  /** All subsets of events, which are in order, that contain what happens before any of their members. */
  *#closedChoices(events: readonly number[]): Generator<readonly number[]> {
    if (events.length === 0) {
      yield []
      return
    }
    const [first, ...rest] = events as [number, ...number[]]
    for (const chosen of this.#closedChoices(rest)) yield [first, ...chosen]
    const independent = rest.filter((other) => !this.#races.happensBefore(first, other))
    yield* this.#closedChoices(independent)
  }

  #add(earlier: number, row: Int32Array): void {
    const { rows } = this.#races
    rows.push(row)
    this.#races.add(earlier, rows.length - 1)
  }

  /** A clock together with those of some events. */
  #rowOf(start: Int32Array, events: readonly number[]): Int32Array {
    const row = start.slice()
    for (const event of events) this.#joinInto(row, event)
    return row
  }

  #joinInto(row: Int32Array, event: number): void {
    const execution = this.#execution
    const { stride, clocks } = this.#races
    const from = this.#races.clockOf(event)
    for (let t = 0; t < stride; t++) if (clocks[from + t]! > row[t]!) row[t] = clocks[from + t]!
    const thread = execution.threadOf(event)
    if (row[thread]! <= event) row[thread] = event + 1
  }

  /** Whether a thread's pending operation could proceed where only the events before `end` and those in `row` have happened. */
  #couldStepWithin(end: number, row: Int32Array, thread: number): boolean {
    const execution = this.#execution
    const { session } = execution
    const node = execution.pendingAt(thread)
    const isWithin = (event: number) => event < end || row[execution.threadOf(event)]! > event
    const isKilled = (other: number) =>
      execution.rules.hasKills && execution.isKilled(this.#contentWithin(isWithin, session.threads.all[other]!.word))
    if (isKilled(thread)) return false
    const isEnded = (other: number) => {
      if (execution.isKilled(execution.nodeAt(other))) return isKilled(other)
      const latest = execution.arrivalOf(other)
      return session.world.hasEnded(other) && (latest === 0 || isWithin(latest - 1))
    }
    const view = new StateWithin(session, (word) => this.#contentWithin(isWithin, word), isEnded)
    if (
      session.threads.all[thread]!.daemon &&
      session.threads.all.every(({ index, daemon }) => daemon || isEnded(index))
    )
      return false
    const word = session.nodes.field(node, NODE_WORD)
    switch (session.nodes.code(node)) {
      case Code.Acquire:
        return view.read(word) === 0
      case Code.Join:
        return view.hasEnded(session.nodes.owners[execution.words[word]!]!)
      case Code.Contract:
        return session.image.operations.get(node)!.ways(view satisfies WorldView, thread) > 0
      default:
        return true
    }
  }

  /** The content that a word has where only some events have happened. */
  #contentWithin(isWithin: (event: number) => boolean, word: number): number {
    const { rules, words } = this.#execution
    return this.#log.contentWithin(isWithin, rules.wordKey(word), words[word]!)
  }
}
