import { Branches } from './branches.js'
import type { Course } from './course.js'
import { EVENT_SHIFT, FREE_FIELDS } from './event-fields.js'
import { threadOf, wayOf } from './packed-step.js'
import type { Reversals } from './reversals.js'
import { PUT_OFF, REVERSED, ROLE, SEARCH_FIELDS, WAITING, WAYS } from './search-fields.js'
import {
  BRANCH_SHIFT,
  cutAside,
  cutOff,
  eventsOf,
  fieldOf,
  lengthOf,
  type ParkedEvents,
  type Rest,
  stepOf,
  type TraceBranch,
  WHOLE,
} from './trace-branch.js'

// Branches that are copied between two pauses.
const COPIED_PER_SLICE = 256

/** An execution that was left for a branch out of turn: its events from a position on, and how it goes on. */
interface Parked extends ParkedEvents {
  readonly rest: Rest
  readonly floor: number
}

/**
 * What a search takes over and gives away: branches that are complete in themselves, and executions that it leaves for
 * others and takes up again.
 */
export class BranchTraffic {
  readonly #course: Course
  readonly #reversals: Reversals
  readonly #parked: Parked[] = []
  // Branches that were handed in, in turn.
  #handedIn: TraceBranch[] = []
  #next = 0

  constructor(course: Course, reversals: Reversals) {
    this.#course = course
    this.#reversals = reversals
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    let bytes = 0
    for (const { steps, fields } of this.#parked) bytes += 4 * (steps.length + fields.length)
    for (let i = this.#next; i < this.#handedIn.length; i++) bytes += 4 * this.#handedIn[i]!.events.length
    return bytes
  }

  /** How many branches that were handed in have not been begun. */
  get unbegun(): number {
    return this.#handedIn.length - this.#next
  }

  /** These are to be explored as well. */
  handIn(branches: readonly TraceBranch[]): void {
    this.#handedIn = [...this.#handedIn.slice(this.#next), ...branches]
    this.#next = 0
  }

  /** Takes branches out that were handed in and have not been begun, at most `count`. */
  takeBack(count: number): TraceBranch[] {
    return this.#handedIn.splice(this.#next, Math.min(count, this.unbegun))
  }

  /** Cuts branches off that wait in the present execution, and other ways, the earliest first, until there are `count`. */
  cut(count: number, taken: TraceBranch[]): void {
    const { execution, branches } = this.#course
    const whole = eventsOf(execution)
    for (let event = 0; event < execution.length && taken.length < count; event++) {
      const record = event << EVENT_SHIFT
      while (taken.length < count && execution.events[record + WAITING] !== 0) {
        const branch = execution.events[record + WAITING]!
        taken.push(cutOff(whole, branches, branch, event))
        execution.events[record + WAITING] = branches.next(branch)
        branches.remove(branch)
      }
      while (taken.length < count && execution.wayOf(event) + 1 < execution.events[record + WAYS]!)
        taken.push(cutAside(whole, event, --execution.events[record + WAYS]!))
    }
  }

  /** Copies all that is left to do, and has nothing to do any more. Pauses now and then. */
  *takeAll(): Generator<void, TraceBranch[]> {
    const course = this.#course
    const { execution } = course
    const left = this.#handedIn.slice(this.#next)
    if (execution.length > 0 || !course.hasEnded)
      yield* this.#copyLeft(eventsOf(execution), execution.events, 0, course.floor, course.rest, left)
    for (const parked of this.#parked) {
      const { fields, position, floor, rest } = parked
      yield* this.#copyLeft(eventsOf(execution, parked), fields, position, floor, rest, left)
    }
    course.branches = new Branches()
    course.floor = 0
    this.#parked.length = 0
    this.#handedIn = []
    this.#next = 0
    return left
  }

  /** What is left of one execution, whose fields from position `base` on are given, and the branches that wait in it. */
  *#copyLeft(
    whole: Int32Array,
    fields: Int32Array,
    base: number,
    floor: number,
    rest: Rest,
    left: TraceBranch[],
  ): Generator<void> {
    const { branches } = this.#course
    left.push({ events: whole, position: floor, rest, spawned: null })
    for (let event = base; event < whole.length >> BRANCH_SHIFT; event++)
      for (let at = fields[((event - base) << EVENT_SHIFT) + WAITING]!; at !== 0; at = branches.next(at)) {
        left.push(cutOff(whole, branches, at, event))
        if (left.length % COPIED_PER_SLICE === 0) yield
      }
  }

  /** Begins with the next branch that was handed in; returns false if there is none. */
  begin(): boolean {
    const branch = this.#handedIn[this.#next]
    if (branch === undefined) {
      this.#handedIn = []
      this.#next = 0
      return false
    }
    // The list would keep its events in memory.
    this.#handedIn[this.#next++] = WHOLE
    this.#course.hasEnded = !this.enter(branch) || this.#course.hasEnded
    return true
  }

  /** Takes the steps of a branch that was cut off; returns false if its traces belong to another one. */
  enter(branch: TraceBranch): boolean {
    const course = this.#course
    const { execution } = course
    const length = lengthOf(branch)
    course.returnTo(this.#sharedWith(branch))
    course.headCount = 0
    for (let event = 0; event < length; event++) this.#enterEvent(branch, event)
    course.floor = branch.position
    course.forced = -1
    course.hasEnded = false
    if (branch.rest !== null) {
      const { rest } = branch
      this.#resume(rest.forced < 0 ? rest : { ...rest, forced: this.#threadOf(branch, rest.forced) })
      return true
    }
    const last = length - 1
    if (execution.events[(last << EVENT_SHIFT) + ROLE] !== REVERSED) return true
    if (!this.#reversals.goOnAfter(last)) return false
    if (execution.wayOf(last) === 0 && execution.races.count > 0)
      this.#reversals.reverseRaces(execution.threadOf(last), last)
    return true
  }

  #enterEvent(branch: TraceBranch, event: number): void {
    const { execution } = this.#course
    const record = event << EVENT_SHIFT
    const step = stepOf(branch, event)
    const role = fieldOf(branch, event, ROLE)
    const thread = this.#threadOf(branch, threadOf(step))
    // The other ways of what comes before the branch are not its own.
    let ways = event < branch.position ? wayOf(step) + 1 : fieldOf(branch, event, WAYS)
    if (event === execution.length) {
      if (ways === 0) ways = execution.ways(thread)
      this.#course.push(thread, wayOf(step), role, ways)
    } else if (role >= REVERSED) this.#course.addHead(event)
    const first = event << BRANCH_SHIFT
    execution.events.set(branch.events.subarray(first, first + SEARCH_FIELDS), record + FREE_FIELDS)
    execution.events[record + WAYS] = ways
    execution.events[record + WAITING] = 0
    if (role === REVERSED) execution.events[record + PUT_OFF] = this.#threadOf(branch, fieldOf(branch, event, PUT_OFF))
  }

  /** The session's index of a thread of a branch. */
  #threadOf(branch: TraceBranch, thread: number): number {
    const { threads } = this.#course.execution.session
    if (branch.spawned === null || thread < threads.declared) return thread
    return threads.withIdentity(branch.spawned[thread - threads.declared]!).index
  }

  /** How many first steps of a branch are those of the present execution. */
  #sharedWith(branch: TraceBranch): number {
    const { execution } = this.#course
    const most = Math.min(execution.length, lengthOf(branch) - 1)
    let shared = 0
    while (shared < most) {
      const step = stepOf(branch, shared)
      if (execution.wayOf(shared) !== wayOf(step)) break
      // A thread that this session does not know has not stepped in it.
      if (execution.threadOf(shared) !== this.#threadOf(branch, threadOf(step))) break
      shared++
    }
    return shared
  }

  /** Goes on as an execution did that was left. */
  #resume({ forced, forcedGuard, hasEnded }: Rest): void {
    const course = this.#course
    course.hasEnded = hasEnded
    course.forced = forced
    course.forcedGuard = forcedGuard
    if (forced >= 0) course.execution.waysOfNext = course.execution.ways(forced)
  }

  /** Leaves the present execution for the deepest branch that waits; returns false if none waits in it. */
  park(): boolean {
    const course = this.#course
    const { execution, branches, floor, rest } = course
    let position = execution.length - 1
    while (position >= floor && execution.events[(position << EVENT_SHIFT) + WAITING] === 0) position--
    if (position < floor) return false
    const branch = execution.events[(position << EVENT_SHIFT) + WAITING]!
    execution.events[(position << EVENT_SHIFT) + WAITING] = branches.next(branch)
    const { length } = execution
    this.#parked.push({
      position,
      steps: Int32Array.from({ length: length - position }, (_, i) => execution.packedStep(position + i)),
      fields: execution.events.slice(position << EVENT_SHIFT, length << EVENT_SHIFT),
      rest,
      floor,
    })
    course.returnTo(position)
    course.floor = position
    course.forced = -1
    course.hasEnded = !this.#reversals.enter(branches, branch, branches.firstStep(branch), position)
    branches.remove(branch)
    return true
  }

  /** Goes on with the execution that was left latest, if one was. */
  unpark(): boolean {
    const parked = this.#parked.pop()
    if (parked === undefined) return false
    const course = this.#course
    course.floor = parked.floor
    parked.steps.forEach((step, i) => {
      const fields = parked.fields.subarray(i << EVENT_SHIFT, (i + 1) << EVENT_SHIFT)
      course.push(threadOf(step), wayOf(step), fields[ROLE]!, fields[WAYS]!)
      course.execution.events.set(fields.subarray(FREE_FIELDS), ((parked.position + i) << EVENT_SHIFT) + FREE_FIELDS)
    })
    this.#resume(parked.rest)
    return true
  }
}
