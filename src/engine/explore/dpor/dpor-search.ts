import type { Session } from '../../session.js'
import { OutcomeRegistry } from '../outcome-registry.js'
import { Branches } from './branches.js'
import { packStep, threadOf, wayOf } from './packed-step.js'
import { EVENT_SHIFT, FREE_FIELDS } from './event-fields.js'
import { Execution, type ExecutionEnd, type ExecutionStep } from './execution.js'
import { NOTHING, OWN } from './race-clock.js'
import { FinalStates } from './final-states.js'
import { grownTo } from './grown-array.js'
import {
  BROUGHT,
  DEFAULT,
  ENDS,
  FLAGS,
  GUARD,
  ONLY_BY_END,
  OTHER_WAY,
  PUT_OFF,
  REVERSED,
  ROLE,
  ROOT,
  SEARCH_FIELDS,
  WAITING,
  WAYS,
} from './search-fields.js'
import {
  cutAside,
  cutOff,
  eventsOf,
  fieldOf,
  lengthOf,
  BRANCH_SHIFT,
  type ParkedEvents,
  type Rest,
  stepOf,
  type TraceBranch,
  WHOLE,
} from './trace-branch.js'
import { TraceRules } from './trace-rules.js'

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
// Branches that are copied between two pauses.
const COPIED_PER_SLICE = 256
const SCOUTED_STEPS = 10_000

/** An execution that was left for a branch out of turn: its events from a position on, and how it goes on. */
interface Parked extends ParkedEvents {
  readonly rest: Rest
  readonly floor: number
}

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
  /** Steps taken, also again and again. */
  steps = 0
  /** Lengths of all executions together. */
  totalLength = 0
  /** The length of the longest execution. */
  depth = 0
  isDone = true
  readonly execution: Execution
  branches = new Branches()
  readonly #options: DporOptions
  readonly #maxWaiting: number
  readonly #seeksRaces: boolean
  // Whether somebody is told of every step.
  readonly #watches: boolean
  readonly #finals = new FinalStates()
  // Positions of reversed events and of other ways, in order.
  #heads = new Int32Array(64)
  #headCount = 0
  // The thread that must step next, and its guard; −1 if there is none.
  #forced = -1
  #forcedGuard = 0
  #hasEnded = false
  readonly #parked: Parked[] = []
  // Events before this position belong to what was left.
  #floor = 0
  // Branches that were handed in, in turn.
  #handedIn: TraceBranch[] = []
  #handedInNext = 0

  constructor(session: Session, rules: TraceRules, options: DporOptions = {}) {
    this.session = session
    this.rules = rules
    this.#options = options
    this.#seeksRaces = options.onDataRace !== undefined
    this.#watches = options.onStep !== undefined || options.onMisuse !== undefined
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING
    this.outcomes = new OutcomeRegistry(session)
    this.execution = new Execution(session, rules)
    this.execution.scout(SCOUTED_STEPS)
    this.handIn(options.branches ?? [WHOLE])
  }

  /** Executions that came to an end of the program or to a deadlock. */
  get executions(): number {
    return this.complete + this.deadlocked
  }

  /** Memory held, without what was learnt, in bytes. */
  get bytes(): number {
    let apart = 0
    for (const { steps, fields } of this.#parked) apart += 4 * (steps.length + fields.length)
    for (let i = this.#handedInNext; i < this.#handedIn.length; i++) apart += 4 * this.#handedIn[i]!.events.length
    return this.execution.bytes + this.branches.bytes + this.#finals.bytes + apart
  }

  /** Takes so many steps, a millisecond's work if not told otherwise; nothing is left to do once `isDone`. */
  slice(steps = STEPS_PER_SLICE): void {
    const until = this.steps + steps
    const { branches } = this
    while (this.steps < until && !this.isDone && !this.rules.isChanged) {
      if (branches.count > this.#maxWaiting && this.#park()) continue
      if (this.#hasEnded) {
        this.#hasEnded = false
        if (!this.#backtrack() && !this.#unpark()) this.#takeHandedIn()
        continue
      }
      this.#advance()
    }
  }

  /** Takes the next step of the present execution, or ends it. */
  #advance(): void {
    const thread = this.#forced >= 0 ? this.#forced : this.execution.next()
    if (thread < 0) return this.#end()
    if (this.execution.isClock(thread)) this.#reverseWaiting()
    this.#goOn(thread)
  }

  /** The steps of the present execution. */
  get schedule(): ExecutionStep[] {
    return Array.from({ length: this.execution.length }, (_, event) => this.execution.stepAt(event))
  }

  /** How many steps lead to where two racing events are both about to happen. */
  lengthToRace(earlier: number, later: number): number {
    let length = earlier
    for (let event = earlier + 1; event < later; event++) if (this.execution.happensBefore(event, later)) length++
    return length
  }

  /** The steps that lead to where two racing events are both about to happen. */
  scheduleToRace(earlier: number, later: number): ExecutionStep[] {
    const { execution } = this
    return this.schedule.filter(
      (_step, event) => event < earlier || (event > earlier && event < later && execution.happensBefore(event, later)),
    )
  }

  /**
   * Runs the one execution of a branch, or the first one of all, and returns the branches made by it that are no other's:
   * the executions that follow from it alone. Null if the branch's traces belong to another one, or if the execution takes
   * more than `limit` steps. Only for a search that explores nothing else; begins and ends in the initial state.
   */
  runOne(branch: TraceBranch | null, limit: number): TraceBranch[] | null {
    const { execution } = this
    this.#hasEnded = false
    if (branch === null || this.#enter(branch))
      while (!this.#hasEnded && execution.length <= limit && !this.rules.isChanged) this.#advance()
    const isWhole = this.#hasEnded
    const following: TraceBranch[] = []
    if (isWhole) this.#cut(Infinity, following)
    this.#hasEnded = false
    this.#forced = -1
    this.#returnTo(0)
    return isWhole ? following : null
  }

  /** Explores these as well. */
  handIn(branches: readonly TraceBranch[]): void {
    this.#handedIn = [...this.#handedIn.slice(this.#handedInNext), ...branches]
    this.#handedInNext = 0
    if (!this.isDone || branches.length === 0) return
    // Nothing is on the stack: the next slice takes the first of them.
    this.isDone = false
    this.#hasEnded = true
  }

  /** How many branches could be given away now, other ways left out. */
  get waiting(): number {
    return this.branches.count + this.#handedIn.length - this.#handedInNext
  }

  /**
   * Gives away branches that begin early, which are the largest as a rule: at most `count`. What the present execution
   * goes on with stays.
   */
  giveAway(count: number): TraceBranch[] {
    const given = this.#handedIn.splice(this.#handedInNext, Math.min(count, this.#handedIn.length - this.#handedInNext))
    if (given.length < count && !this.isDone) this.#cut(count, given)
    return given
  }

  /** Gives all away that is left to do; the session is in its initial state then, and free. Pauses now and then. */
  *suspend(): Generator<void, TraceBranch[]> {
    const left = this.#handedIn.slice(this.#handedInNext)
    if (this.isDone) return left
    const rest = { forced: this.#forced, forcedGuard: this.#forcedGuard, hasEnded: this.#hasEnded }
    if (this.execution.length > 0 || !this.#hasEnded)
      yield* this.#copyLeft(eventsOf(this.execution), this.execution.events, 0, this.#floor, rest, left)
    for (const parked of this.#parked)
      yield* this.#copyLeft(
        eventsOf(this.execution, parked),
        parked.fields,
        parked.position,
        parked.floor,
        parked.rest,
        left,
      )
    this.branches = new Branches()
    this.#parked.length = 0
    this.#handedIn = []
    this.#handedInNext = 0
    this.#floor = 0
    this.#takeHandedIn()
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
    left.push({ events: whole, position: floor, rest, spawned: null })
    for (let event = base; event < whole.length >> BRANCH_SHIFT; event++)
      for (let at = fields[((event - base) << EVENT_SHIFT) + WAITING]!; at !== 0; at = this.branches.next(at)) {
        left.push(cutOff(whole, this.branches, at, event))
        if (left.length % COPIED_PER_SLICE === 0) yield
      }
  }

  /** Cuts branches off that wait in the present execution, and other ways, the earliest first, until there are `count`. */
  #cut(count: number, taken: TraceBranch[]): void {
    const { execution, branches } = this
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

  /** Takes the steps of a branch that was cut off; returns false if its traces belong to another one. */
  #enter(branch: TraceBranch): boolean {
    const { execution } = this
    const length = lengthOf(branch)
    this.#returnTo(this.#sharedWith(branch))
    this.#headCount = 0
    for (let event = 0; event < length; event++) this.#enterEvent(branch, event)
    this.#floor = branch.position
    this.#forced = -1
    this.#hasEnded = false
    if (branch.rest !== null) return this.#resume(branch, branch.rest)
    const last = length - 1
    if (execution.events[(last << EVENT_SHIFT) + ROLE] !== REVERSED) return true
    if (!this.#goOnAfter(last)) return false
    if (execution.wayOf(last) === 0 && execution.races > 0) this.#reverseRaces(execution.threadOf(last), last)
    return true
  }

  #enterEvent(branch: TraceBranch, event: number): void {
    const { execution } = this
    const record = event << EVENT_SHIFT
    const step = stepOf(branch, event)
    const role = fieldOf(branch, event, ROLE)
    const thread = this.#threadOf(branch, threadOf(step))
    // The other ways of what comes before the branch are not its own.
    let ways = event < branch.position ? wayOf(step) + 1 : fieldOf(branch, event, WAYS)
    if (event === execution.length) {
      if (ways === 0) ways = execution.ways(thread)
      this.#push(thread, wayOf(step), role, ways)
    } else if (role >= REVERSED) this.#addHead(event)
    const first = event << BRANCH_SHIFT
    execution.events.set(branch.events.subarray(first, first + SEARCH_FIELDS), record + FREE_FIELDS)
    execution.events[record + WAYS] = ways
    execution.events[record + WAITING] = 0
    if (role === REVERSED) execution.events[record + PUT_OFF] = this.#threadOf(branch, fieldOf(branch, event, PUT_OFF))
  }

  /** The session's index of a thread of a branch. */
  #threadOf(branch: TraceBranch, thread: number): number {
    const { threads } = this.session
    if (branch.spawned === null || thread < threads.declared) return thread
    return threads.withIdentity(branch.spawned[thread - threads.declared]!).index
  }

  /** How many first steps of a branch are those of the present execution. */
  #sharedWith(branch: TraceBranch): number {
    const { execution } = this
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
  #resume(branch: TraceBranch, rest: Rest): boolean {
    this.#hasEnded = rest.hasEnded
    if (rest.forced < 0) return true
    this.#forced = this.#threadOf(branch, rest.forced)
    this.#forcedGuard = rest.forcedGuard
    this.execution.waysOfNext = this.execution.ways(this.#forced)
    return true
  }

  #returnTo(length: number): void {
    while (this.execution.length > length) this.#pop()
  }

  #goOn(thread: number): void {
    const { execution } = this
    const guard = this.#forced >= 0 ? this.#forcedGuard : 0
    this.#forced = -1
    const event = execution.length
    const ways = execution.waysOfNext
    execution.push(thread, 0)
    this.steps++
    const { events } = execution
    const record = event << EVENT_SHIFT
    events[record + ROLE] = DEFAULT
    events[record + WAYS] = ways
    events[record + GUARD] = guard
    events[record + WAITING] = 0
    if (this.#watches) this.#tell()
    if (execution.races > 0) this.#reverseRaces(thread, event)
  }

  #push(thread: number, way: number, role: number, ways: number): void {
    const event = this.execution.length
    this.execution.push(thread, way)
    this.steps++
    const { events } = this.execution
    const record = event << EVENT_SHIFT
    events[record + ROLE] = role
    events[record + WAYS] = ways
    events[record + WAITING] = 0
    if (role >= REVERSED) this.#addHead(event)
    if (this.#watches) this.#tell()
  }

  /** Tells of the latest step. */
  #tell(): void {
    this.#options.onStep?.()
    if (this.execution.misused) this.#options.onMisuse?.()
  }

  #addHead(event: number): void {
    if (this.#headCount === this.#heads.length) this.#heads = grownTo(this.#heads, this.#headCount * 2)
    this.#heads[this.#headCount++] = event
  }

  #pop(): void {
    this.execution.pop()
    if (this.#headCount > 0 && this.#heads[this.#headCount - 1] === this.execution.length) this.#headCount--
  }

  /** Goes back to where something is left to explore and takes the first steps there; returns false if nothing is. */
  #backtrack(): boolean {
    const { execution, branches } = this
    while (execution.length > this.#floor) {
      const fields = execution.events
      const event = execution.length - 1
      const record = event << EVENT_SHIFT
      const way = execution.wayOf(event)
      const ways = fields[record + WAYS]!
      if (way + 1 < ways) {
        if (this.#takeNextWay(event, way + 1, ways)) return true
        continue
      }
      this.#pop()
      // The branches of this event's position; or, inside a branch, those of the position at which it begins.
      const role = fields[record + ROLE]!
      const root = role === BROUGHT || role === REVERSED ? fields[record + ROOT]! : event
      const branch = fields[(root << EVENT_SHIFT) + WAITING]!
      if (branch === 0) continue
      let at = branches.firstStep(branch)
      let shared = root
      while (shared < event && branches.stepAfter(at) !== 0 && this.#isStep(shared, branches.stepAt(at))) {
        at = branches.stepAfter(at)
        shared++
      }
      while (execution.length > shared) this.#pop()
      const isOpen = this.#enterBranch(branch, at, root)
      this.execution.events[(root << EVENT_SHIFT) + WAITING] = branches.next(branch)
      branches.remove(branch)
      if (isOpen) return true
    }
    return false
  }

  #isStep(event: number, step: number): boolean {
    return this.execution.packedStep(event) === step
  }

  #takeNextWay(event: number, way: number, ways: number): boolean {
    const record = event << EVENT_SHIFT
    const role = this.execution.events[record + ROLE] === REVERSED ? REVERSED : OTHER_WAY
    const waiting = this.execution.events[record + WAITING]!
    const thread = this.execution.threadOf(event)
    this.#pop()
    this.#push(thread, way, role, ways)
    this.execution.events[record + WAITING] = waiting
    return role === OTHER_WAY || this.#goOnAfter(event)
  }

  /** Takes the steps of a branch, from `at` on; returns false if its traces belong to another one. */
  #enterBranch(branch: number, at: number, root: number): boolean {
    const { branches, execution } = this
    for (;;) {
      const step = branches.stepAt(at)
      const event = execution.length
      at = branches.stepAfter(at)
      if (at !== 0) {
        this.#push(threadOf(step), wayOf(step), BROUGHT, 1)
        this.execution.events[(event << EVENT_SHIFT) + ROOT] = root
        continue
      }
      this.#push(threadOf(step), 0, REVERSED, execution.ways(threadOf(step)))
      const record = event << EVENT_SHIFT
      this.execution.events[record + ROOT] = root
      this.execution.events[record + PUT_OFF] = branches.thread(branch)
      this.execution.events[record + GUARD] = branches.guard(branch)
      this.execution.events[record + FLAGS] = branches.flags(branch)
      if (!this.#goOnAfter(event)) return false
      if (execution.races > 0) this.#reverseRaces(threadOf(step), event)
      return true
    }
  }

  /** After a reversed event: the event it put off comes next, unless it is blocked now. Checks condition 3. */
  #goOnAfter(event: number): boolean {
    const { execution } = this
    const { rank } = execution
    const fields = this.execution.events
    const record = event << EVENT_SHIFT
    const thread = fields[record + PUT_OFF]!
    const ways = execution.ways(thread)
    const isOver = execution.isOver
    const isBlocked = ways === 0 && !isOver
    for (let guard = fields[record + GUARD]!; guard !== 0; guard = fields[((guard - 1) << EVENT_SHIFT) + GUARD]!) {
      if (isBlocked) {
        if (!execution.happensBefore(guard - 1, event)) return false
        continue
      }
      if (execution.happensBefore(guard - 1, event)) break
      // What was put off may have ended its thread only now, and conflict for that reason with what it did not before.
      if ((fields[record + FLAGS]! & ONLY_BY_END) !== 0 && (fields[((guard - 1) << EVENT_SHIFT) + FLAGS]! & ENDS) === 0)
        continue
      if (rank[execution.threadOf(event)]! < rank[execution.threadOf(guard - 1)]!) return false
    }
    if (isBlocked || isOver) return true
    execution.waysOfNext = ways
    this.#forced = thread
    this.#forcedGuard = event + 1
    return true
  }

  /** Makes branches of the races of `event`, which is the latest one or, at the end, one that cannot happen. */
  #reverseRaces(thread: number, event: number): void {
    const { execution } = this
    if (this.#seeksRaces && event < execution.length && execution.isPlain(event)) this.#tellDataRaces(event)
    for (let i = 0; i < execution.races; i++) {
      const earlier = execution.racing[i]!
      if (this.execution.events[(earlier << EVENT_SHIFT) + ROLE] === DEFAULT)
        this.#reverse(earlier, thread, event, execution.racingClock[i]!)
    }
  }

  #tellDataRaces(event: number): void {
    const { execution } = this
    for (let i = 0; i < execution.races; i++) {
      const earlier = execution.racing[i]!
      if (execution.isDataRace(earlier, event)) this.#options.onDataRace?.(earlier, event)
    }
  }

  #reverse(earlier: number, thread: number, event: number, code: number): void {
    const { execution, branches } = this
    const clock = code >= 0 ? execution.rows[code]! : execution.clocks
    const base = code >= 0 ? 0 : code === NOTHING ? -1 : execution.clockOf(code === OWN ? event : -2 - code)
    for (let h = this.#headCount - 1; h >= 0; h--) {
      const head = this.#heads[h]!
      if (head < earlier) break
      if (head === event) continue
      const other = execution.threadOf(head)
      // A clock says nothing about its own thread, all of whose events so far come before.
      if (other !== thread && (base < 0 || clock[base + other]! <= head)) return
    }
    const record = earlier << EVENT_SHIFT
    const guard = this.execution.events[record + GUARD]!
    if (guard !== 0 && code === OWN && !this.#mayPutOff(earlier, event)) return
    this.execution.events[record + WAITING] = branches.add(
      this.execution.events[record + WAITING]!,
      execution.threadOf(earlier),
      guard,
      this.rules.isSpecial ? this.#flagsOf(earlier, thread, event) : 0,
    )
    if (base >= 0)
      for (let kept = earlier + 1; kept < event; kept++) {
        const step = execution.packedStep(kept)
        const other = threadOf(step)
        if (other === thread || clock[base + other]! > kept) branches.addStep(step)
      }
    branches.addStep(packStep(thread, 0))
  }

  #flagsOf(earlier: number, thread: number, event: number): number {
    const { execution } = this
    const isEnd = execution.endsThread(earlier)
    return (isEnd ? ENDS : 0) | (isEnd && !execution.conflictWithoutEnd(earlier, thread, event) ? ONLY_BY_END : 0)
  }

  /**
   * Condition 3, as far as it can be told without taking the branch's steps: where both events are instructions on one
   * word and none can block, all that put the earlier one off accessed that word as well.
   */
  #mayPutOff(earlier: number, event: number): boolean {
    const { execution } = this
    if (!execution.isPlainPair(earlier, event) || execution.wouldWrite(event, earlier)) return true
    const { rank } = execution
    const fields = this.execution.events
    const word = execution.wordOf(earlier)
    for (
      let guard = fields[(earlier << EVENT_SHIFT) + GUARD]!;
      guard !== 0;
      guard = fields[((guard - 1) << EVENT_SHIFT) + GUARD]!
    ) {
      if (execution.wrote(guard - 1, word) || execution.arrivedAfter(event, guard - 1)) return true
      if (rank[execution.threadOf(event)]! < rank[execution.threadOf(guard - 1)]!) return false
    }
    return true
  }

  /** The execution can go no further. */
  #end(): void {
    const { execution } = this
    const end = execution.ending
    this.#hasEnded = true
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
    this.#reverseWaiting()
  }

  /** Makes branches of the races of operations that cannot happen now: at the end, and before time passes. */
  #reverseWaiting(): void {
    const { execution, session } = this
    for (const thread of session.threads.canonical) {
      if (execution.isClock(thread)) continue
      execution.raceWaiting(thread)
      if (execution.races > 0) this.#reverseRaces(thread, execution.length)
    }
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

  /** Leaves the present execution for the deepest branch that waits; returns false if none waits in it. */
  #park(): boolean {
    const { execution, branches } = this
    const floor = this.#floor
    let position = execution.length - 1
    while (position >= floor && this.execution.events[(position << EVENT_SHIFT) + WAITING] === 0) position--
    if (position < floor) return false
    const branch = this.execution.events[(position << EVENT_SHIFT) + WAITING]!
    this.execution.events[(position << EVENT_SHIFT) + WAITING] = branches.next(branch)
    const { length } = execution
    this.#parked.push({
      position,
      steps: Int32Array.from({ length: length - position }, (_, i) => execution.packedStep(position + i)),
      fields: this.execution.events.slice(position << EVENT_SHIFT, length << EVENT_SHIFT),
      rest: { forced: this.#forced, forcedGuard: this.#forcedGuard, hasEnded: this.#hasEnded },
      floor,
    })
    this.#returnTo(position)
    this.#floor = position
    this.#forced = -1
    this.#hasEnded = !this.#enterBranch(branch, branches.firstStep(branch), position)
    branches.remove(branch)
    return true
  }

  /** Goes on with the execution that was left latest, if one was. */
  #unpark(): boolean {
    const parked = this.#parked.pop()
    if (parked === undefined) return false
    this.#floor = parked.floor
    parked.steps.forEach((step, i) => {
      const fields = parked.fields.subarray(i << EVENT_SHIFT, (i + 1) << EVENT_SHIFT)
      this.#push(threadOf(step), wayOf(step), fields[ROLE]!, fields[WAYS]!)
      this.execution.events.set(fields.subarray(FREE_FIELDS), ((parked.position + i) << EVENT_SHIFT) + FREE_FIELDS)
    })
    const { rest } = parked
    this.#forced = rest.forced
    if (rest.forced >= 0) this.execution.waysOfNext = this.execution.ways(rest.forced)
    this.#forcedGuard = rest.forcedGuard
    this.#hasEnded = rest.hasEnded
    return true
  }

  /** Begins with the next branch that was handed in, once all that the one before has made is done; without one, all is. */
  #takeHandedIn(): void {
    if (this.#floor > 0 && this.branches.count > 0) {
      this.#floor = 0
      this.#hasEnded = true
      return
    }
    const branch = this.#handedIn[this.#handedInNext]
    if (this.execution.length === 0) this.execution.adapt()
    if (branch === undefined) {
      this.#returnTo(0)
      this.#handedIn = []
      this.#handedInNext = 0
      this.isDone = true
      return
    }
    // The list would keep its events in memory.
    this.#handedIn[this.#handedInNext++] = WHOLE
    this.#hasEnded = !this.#enter(branch) || this.#hasEnded
  }
}
