import type { Branches } from './branches.js'
import type { Course } from './course.js'
import { EVENT_SHIFT } from './event-fields.js'
import type { EventRaces } from './event-races.js'
import type { Execution } from './execution.js'
import { packStep, threadOf, wayOf } from './packed-step.js'
import { NOTHING, OWN } from './race-clock.js'
import {
  BROUGHT,
  DEFAULT,
  ENDS,
  FLAGS,
  GUARD,
  ONLY_BY_END,
  PUT_OFF,
  REVERSED,
  ROLE,
  ROOT,
  WAITING,
} from './search-fields.js'

/**
 * Makes branches of the races of a search's execution, and goes on by them. Which races: see the three conditions at
 * `DporSearch`.
 */
export class Reversals {
  readonly #course: Course
  readonly #execution: Execution
  readonly #races: EventRaces
  readonly #onDataRace: ((earlier: number, later: number) => void) | undefined

  /** @param onDataRace is told of two plain accesses that nothing orders. */
  constructor(course: Course, onDataRace: ((earlier: number, later: number) => void) | undefined) {
    this.#course = course
    this.#execution = course.execution
    this.#races = course.execution.races
    this.#onDataRace = onDataRace
  }

  /** Makes branches of the races of `event`, which is the latest one or, at the end, one that cannot happen. */
  reverseRaces(thread: number, event: number): void {
    const execution = this.#execution
    const races = this.#races
    if (this.#onDataRace !== undefined && event < execution.length && execution.isPlain(event))
      this.#tellDataRaces(event)
    const { events } = execution
    for (let i = 0; i < races.count; i++) {
      const earlier = races.racing[i]!
      if (events[(earlier << EVENT_SHIFT) + ROLE] === DEFAULT)
        this.#reverse(earlier, thread, event, races.racingClock[i]!)
    }
  }

  /** Makes branches of the races of operations that cannot happen now: at the end, and before time passes. */
  reverseWaiting(): void {
    const execution = this.#execution
    for (const thread of execution.session.threads.canonical) {
      if (execution.isClock(thread)) continue
      execution.raceWaiting(thread)
      if (this.#races.count > 0) this.reverseRaces(thread, execution.length)
    }
  }

  #tellDataRaces(event: number): void {
    const execution = this.#execution
    for (let i = 0; i < this.#races.count; i++) {
      const earlier = this.#races.racing[i]!
      if (execution.isDataRace(earlier, event)) this.#onDataRace?.(earlier, event)
    }
  }

  #reverse(earlier: number, thread: number, event: number, code: number): void {
    const { execution, branches } = this.#course
    const races = this.#races
    const clock = code >= 0 ? races.rows[code]! : races.clocks
    const base = code >= 0 ? 0 : code === NOTHING ? -1 : races.clockOf(code === OWN ? event : -2 - code)
    if (this.#dropsHead(earlier, thread, event, clock, base)) return
    const { events } = execution
    const record = earlier << EVENT_SHIFT
    const guard = events[record + GUARD]!
    if (guard !== 0 && code === OWN && !this.#mayPutOff(earlier, event)) return
    const flags = execution.rules.isSpecial ? this.#flagsOf(earlier, thread, event) : 0
    events[record + WAITING] = branches.add(events[record + WAITING]!, execution.threadOf(earlier), guard, flags)
    if (base >= 0)
      for (let kept = earlier + 1; kept < event; kept++) {
        const step = execution.packedStep(kept)
        const other = threadOf(step)
        if (other === thread || clock[base + other]! > kept) branches.addStep(step)
      }
    branches.addStep(packStep(thread, 0))
  }

  /** Condition 2: whether a head after `earlier` would be dropped, by the clock of what has to stay. */
  #dropsHead(earlier: number, thread: number, event: number, clock: Int32Array, base: number): boolean {
    const { execution, heads, headCount } = this.#course
    for (let h = headCount - 1; h >= 0; h--) {
      const head = heads[h]!
      if (head < earlier) return false
      if (head === event) continue
      const other = execution.threadOf(head)
      // A clock says nothing about its own thread, all of whose events so far come before.
      if (other !== thread && (base < 0 || clock[base + other]! <= head)) return true
    }
    return false
  }

  #flagsOf(earlier: number, thread: number, event: number): number {
    const execution = this.#execution
    const isEnd = execution.endsThread(earlier)
    return (isEnd ? ENDS : 0) | (isEnd && !execution.conflictWithoutEnd(earlier, thread, event) ? ONLY_BY_END : 0)
  }

  /**
   * Condition 3, as far as it can be told without taking the branch's steps: where both events are instructions on one
   * word and none can block, all that put the earlier one off accessed that word as well.
   */
  #mayPutOff(earlier: number, event: number): boolean {
    const execution = this.#execution
    if (!execution.isPlainPair(earlier, event) || execution.wouldWrite(event, earlier)) return true
    const { rank, events } = execution
    const word = execution.wordOf(earlier)
    for (
      let guard = events[(earlier << EVENT_SHIFT) + GUARD]!;
      guard !== 0;
      guard = events[((guard - 1) << EVENT_SHIFT) + GUARD]!
    ) {
      if (execution.wrote(guard - 1, word) || this.#races.arrivedAfter(event, guard - 1)) return true
      if (rank[execution.threadOf(event)]! < rank[execution.threadOf(guard - 1)]!) return false
    }
    return true
  }

  /** Takes the steps of a branch, from `at` on; returns false if its traces belong to another one. */
  enter(branches: Branches, branch: number, at: number, root: number): boolean {
    const execution = this.#execution
    for (;;) {
      const step = branches.stepAt(at)
      const event = execution.length
      at = branches.stepAfter(at)
      if (at !== 0) {
        this.#course.push(threadOf(step), wayOf(step), BROUGHT, 1)
        execution.events[(event << EVENT_SHIFT) + ROOT] = root
        continue
      }
      this.#course.push(threadOf(step), 0, REVERSED, execution.ways(threadOf(step)))
      const { events } = execution
      const record = event << EVENT_SHIFT
      events[record + ROOT] = root
      events[record + PUT_OFF] = branches.thread(branch)
      events[record + GUARD] = branches.guard(branch)
      events[record + FLAGS] = branches.flags(branch)
      if (!this.goOnAfter(event)) return false
      if (this.#races.count > 0) this.reverseRaces(threadOf(step), event)
      return true
    }
  }

  /** After a reversed event: the event it put off comes next, unless it is blocked now. Checks condition 3. */
  goOnAfter(event: number): boolean {
    const execution = this.#execution
    const { rank, events } = execution
    const record = event << EVENT_SHIFT
    const thread = events[record + PUT_OFF]!
    const ways = execution.ways(thread)
    const isOver = execution.isOver
    const isBlocked = ways === 0 && !isOver
    for (let guard = events[record + GUARD]!; guard !== 0; guard = events[((guard - 1) << EVENT_SHIFT) + GUARD]!) {
      if (isBlocked) {
        if (!this.#races.happensBefore(guard - 1, event)) return false
        continue
      }
      if (this.#races.happensBefore(guard - 1, event)) break
      // What was put off may have ended its thread only now, and conflict for that reason with what it did not before.
      if ((events[record + FLAGS]! & ONLY_BY_END) !== 0 && (events[((guard - 1) << EVENT_SHIFT) + FLAGS]! & ENDS) === 0)
        continue
      if (rank[execution.threadOf(event)]! < rank[execution.threadOf(guard - 1)]!) return false
    }
    if (isBlocked || isOver) return true
    execution.waysOfNext = ways
    this.#course.forced = thread
    this.#course.forcedGuard = event + 1
    return true
  }
}
