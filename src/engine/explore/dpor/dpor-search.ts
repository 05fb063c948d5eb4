import type { Session } from '../../session.js'
import { OutcomeRegistry } from '../outcome-registry.js'
import { BranchTraffic } from './branch-traffic.js'
import type { Branches } from './branches.js'
import { Course } from './course.js'
import { EVENT_SHIFT } from './event-fields.js'
import type { Execution, ExecutionEnd, ExecutionStep } from './execution.js'
import { FinalStates } from './final-states.js'
import { Reversals } from './reversals.js'
import { BROUGHT, OTHER_WAY, REVERSED, ROLE, ROOT, WAITING, WAYS } from './search-fields.js'
import { type TraceBranch, WHOLE } from './trace-branch.js'
import type { TraceRules } from './trace-rules.js'

/** What a search is told, and whom it tells. */
export interface DporOptions {
  /** Every execution as it ends, in the session's present state. */
  readonly onEnd?: (end: ExecutionEnd, outcome: number) => void
  /** Every step, in the state after it. */
  readonly onStep?: () => void
  /** A step that misused its object, in the state after it. */
  readonly onMisuse?: () => void
  /** Two plain accesses that nothing orders: events of the present execution, the later of which is the latest. */
  readonly onDataRace?: (earlier: number, later: number) => void
  /** Branches that may wait before they are explored out of turn, at the price of more steps. @default 65,536 */
  readonly maxWaiting?: number
  /** What is explored. @default everything */
  readonly branches?: readonly TraceBranch[]
}

const STEPS_PER_SLICE = 4096
const MAX_WAITING = 1 << 16
const SCOUTED_STEPS = 10_000

/**
 * Optimal dynamic partial-order reduction: exactly one execution for each Mazurkiewicz trace, and none that is given up.
 *
 * From every prefix one execution is run by default. Where an event `e` that was chosen by default races with a later
 * event `r`, there are traces in which `r` comes before `e`; they are explored from the prefix before `e`, continued by
 * what happens before `r`, by `r`, and by `e` again. Every such branch is made in exactly one execution, and the traces
 * of two branches never meet, by three conditions that look at this execution alone:
 *
 * 1. only events that were chosen by default are reversed;
 * 2. all events that an earlier reversal put after `e` happen before `r`: what the branch drops has to be there by
 *    default, or the same branch is made in the execution in which it is;
 * 3. where `e` was put off several times by events that are not ordered among themselves, they come in order of their
 *    threads; an event that would block `e` comes after all of them.
 *
 * Where time passes (the clock's step, which depends on everything), all that is before it is one maximal execution of what
 * happens at that time, and what keeps threads waiting there is reversed as at the end: it may not do so later on. Since
 * nothing races across a step of the clock, the conditions concern what happens at one time.
 *
 * So a branch is complete in itself: it needs no sleep sets, sends nothing back, and can be explored anywhere. Memory is
 * linear in the length of an execution, but for the branches that wait, of which there is a bound.
 */
export class DporSearch {
  readonly session: Session
  readonly outcomes: OutcomeRegistry
  readonly rules: TraceRules
  /** Executions by outcome. */
  readonly executionsOf: number[] = []
  complete = 0
  deadlocked = 0
  assumeFailed = 0
  /** Lengths of all executions together. */
  totalLength = 0
  /** The length of the longest execution. */
  depth = 0
  isDone = true
  readonly execution: Execution
  readonly #options: DporOptions
  readonly #maxWaiting: number
  readonly #finals = new FinalStates()
  readonly #course: Course
  readonly #reversals: Reversals
  readonly #traffic: BranchTraffic

  constructor(session: Session, rules: TraceRules, options: DporOptions = {}) {
    this.session = session
    this.rules = rules
    this.#options = options
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING
    this.outcomes = new OutcomeRegistry(session)
    const watches = options.onStep !== undefined || options.onMisuse !== undefined
    this.#course = new Course(session, rules, watches ? () => this.#tell() : null)
    this.execution = this.#course.execution
    this.#reversals = new Reversals(this.#course, options.onDataRace)
    this.#traffic = new BranchTraffic(this.#course, this.#reversals)
    this.execution.scout(SCOUTED_STEPS)
    this.handIn(options.branches ?? [WHOLE])
  }

  /** Executions that came to an end of the program or to a deadlock. */
  get executions(): number {
    return this.complete + this.deadlocked
  }

  /** Steps taken, also again and again. */
  get steps(): number {
    return this.#course.steps
  }

  /** The branches that wait in the present execution. */
  get branches(): Branches {
    return this.#course.branches
  }

  /** Memory held, without what was learnt, in bytes. */
  get bytes(): number {
    return this.execution.bytes + this.branches.bytes + this.#finals.bytes + this.#traffic.bytes
  }

  /** Takes so many steps, a millisecond's work if not told otherwise; nothing is left to do once `isDone`. */
  slice(steps = STEPS_PER_SLICE): void {
    const course = this.#course
    const until = course.steps + steps
    const { branches } = course
    while (course.steps < until && !this.isDone && !this.rules.isChanged) {
      if (branches.count > this.#maxWaiting && this.#traffic.park()) continue
      if (course.hasEnded) {
        course.hasEnded = false
        if (!this.#backtrack() && !this.#traffic.unpark()) this.#takeHandedIn()
        continue
      }
      this.#advance()
    }
  }

  /** Takes the next step of the present execution, or ends it. */
  #advance(): void {
    const course = this.#course
    const { execution } = course
    const thread = course.forced >= 0 ? course.forced : execution.next()
    if (thread < 0) return this.#end()
    if (execution.isClock(thread)) this.#reversals.reverseWaiting()
    course.goOn(thread)
    if (execution.races.count > 0) this.#reversals.reverseRaces(thread, execution.length - 1)
  }

  /** Tells of the latest step. */
  #tell(): void {
    this.#options.onStep?.()
    if (this.execution.misused) this.#options.onMisuse?.()
  }

  /** The steps of the present execution. */
  get schedule(): ExecutionStep[] {
    return Array.from({ length: this.execution.length }, (_, event) => this.execution.stepAt(event))
  }

  /** How many steps lead to where two racing events are both about to happen. */
  lengthToRace(earlier: number, later: number): number {
    let length = earlier
    for (let event = earlier + 1; event < later; event++) if (this.execution.races.happensBefore(event, later)) length++
    return length
  }

  /** The steps that lead to where two racing events are both about to happen. */
  scheduleToRace(earlier: number, later: number): ExecutionStep[] {
    const { execution } = this
    return this.schedule.filter(
      (_step, event) =>
        event < earlier || (event > earlier && event < later && execution.races.happensBefore(event, later)),
    )
  }

  /**
   * Runs the one execution of a branch, or the first one of all, and returns the branches made by it that are no other's:
   * the executions that follow from it alone. Null if the branch's traces belong to another one, or if the execution takes
   * more than `limit` steps. Only for a search that explores nothing else; begins and ends in the initial state.
   */
  runOne(branch: TraceBranch | null, limit: number): TraceBranch[] | null {
    const course = this.#course
    course.hasEnded = false
    if (branch === null || this.#traffic.enter(branch))
      while (!course.hasEnded && this.execution.length <= limit && !this.rules.isChanged) this.#advance()
    const isWhole = course.hasEnded
    const following: TraceBranch[] = []
    if (isWhole) this.#traffic.cut(Infinity, following)
    course.hasEnded = false
    course.forced = -1
    course.returnTo(0)
    return isWhole ? following : null
  }

  /** Explores these as well. */
  handIn(branches: readonly TraceBranch[]): void {
    this.#traffic.handIn(branches)
    if (!this.isDone || branches.length === 0) return
    // Nothing is on the stack: the next slice takes the first of them.
    this.isDone = false
    this.#course.hasEnded = true
  }

  /** How many branches could be given away now, other ways left out. */
  get waiting(): number {
    return this.branches.count + this.#traffic.unbegun
  }

  /**
   * Gives away branches that begin early, which are the largest as a rule: at most `count`. What the present execution
   * goes on with stays.
   */
  giveAway(count: number): TraceBranch[] {
    const given = this.#traffic.takeBack(count)
    if (given.length < count && !this.isDone) this.#traffic.cut(count, given)
    return given
  }

  /** Gives all away that is left to do; the session is in its initial state then, and free. Pauses now and then. */
  *suspend(): Generator<void, TraceBranch[]> {
    if (this.isDone) return this.#traffic.takeBack(Infinity)
    const left = yield* this.#traffic.takeAll()
    this.#takeHandedIn()
    return left
  }

  /** Goes back to where something is left to explore and takes the first steps there; returns false if nothing is. */
  #backtrack(): boolean {
    const course = this.#course
    const { execution, branches } = course
    while (execution.length > course.floor) {
      const fields = execution.events
      const event = execution.length - 1
      const record = event << EVENT_SHIFT
      const way = execution.wayOf(event)
      const ways = fields[record + WAYS]!
      if (way + 1 < ways) {
        if (this.#takeNextWay(event, way + 1, ways)) return true
        continue
      }
      course.pop()
      // The branches of this event's position; or, inside a branch, those of the position at which it begins.
      const role = fields[record + ROLE]!
      const root = role === BROUGHT || role === REVERSED ? fields[record + ROOT]! : event
      const branch = fields[(root << EVENT_SHIFT) + WAITING]!
      if (branch === 0) continue
      let at = branches.firstStep(branch)
      let shared = root
      while (shared < event && branches.stepAfter(at) !== 0 && execution.packedStep(shared) === branches.stepAt(at)) {
        at = branches.stepAfter(at)
        shared++
      }
      course.returnTo(shared)
      const isOpen = this.#reversals.enter(branches, branch, at, root)
      execution.events[(root << EVENT_SHIFT) + WAITING] = branches.next(branch)
      branches.remove(branch)
      if (isOpen) return true
    }
    return false
  }

  #takeNextWay(event: number, way: number, ways: number): boolean {
    const course = this.#course
    const { execution } = course
    const record = event << EVENT_SHIFT
    const role = execution.events[record + ROLE] === REVERSED ? REVERSED : OTHER_WAY
    const waiting = execution.events[record + WAITING]!
    const thread = execution.threadOf(event)
    course.pop()
    course.push(thread, way, role, ways)
    execution.events[record + WAITING] = waiting
    return role === OTHER_WAY || this.#reversals.goOnAfter(event)
  }

  /** The execution can go no further. */
  #end(): void {
    const { execution } = this
    const end = execution.ending
    this.#course.hasEnded = true
    if (end === 'complete') this.complete++
    else if (end === 'deadlocked') this.deadlocked++
    else this.assumeFailed++
    this.totalLength += execution.length
    if (execution.length > this.depth) this.depth = execution.length
    let outcome = -1
    if (end !== 'assumeFailed') {
      outcome = this.#outcomeOf(end)
      this.executionsOf[outcome] = (this.executionsOf[outcome] ?? 0) + 1
    }
    if (this.#options.onEnd !== undefined) this.#options.onEnd(end, outcome)
    const { rules } = this
    if (end === 'complete' && !this.execution.isSomeoneLeft && !rules.hasDaemons && !rules.hasKills) return
    this.#reversals.reverseWaiting()
  }

  #outcomeOf(end: ExecutionEnd): number {
    const { execution, session, outcomes } = this
    const width = session.layout.count
    const remembered = this.#finals.find(execution.words, width)
    if (remembered >= 0) return remembered
    const known = outcomes.count
    const outcome = outcomes.classify(end === 'deadlocked', false)
    this.#finals.remember(execution.words, width, outcome)
    // What can be wrong is found out now, while the state is at hand; the rest is described when it is reported.
    const canFail = end === 'deadlocked' || session.properties.length > 0 || execution.hasFailure
    if (outcomes.count > known && canFail) outcomes.describe(outcome)
    return outcome
  }

  /** Begins with the next branch that was handed in, once all that the one before has made is done; without one, all is. */
  #takeHandedIn(): void {
    const course = this.#course
    if (course.floor > 0 && this.branches.count > 0) {
      course.floor = 0
      course.hasEnded = true
      return
    }
    if (this.execution.length === 0) this.execution.adapt()
    if (this.#traffic.begin()) return
    course.returnTo(0)
    this.isDone = true
  }
}
