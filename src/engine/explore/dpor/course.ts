import type { Session } from '../../session.js'
import { Branches } from './branches.js'
import { EVENT_SHIFT } from './event-fields.js'
import { Execution } from './execution.js'
import { grownTo } from './grown-array.js'
import { DEFAULT, GUARD, REVERSED, ROLE, WAITING, WAYS } from './search-fields.js'
import type { Rest } from './trace-branch.js'
import type { TraceRules } from './trace-rules.js'

/** The execution that a search is in: what each of its events is to the search, which branches wait there, and how it goes on. */
export class Course {
  readonly execution: Execution
  branches = new Branches()
  /** Steps taken, also again and again. */
  steps = 0
  /** The thread that must step next, and its guard; −1 if there is none. */
  forced = -1
  forcedGuard = 0
  /** Whether it can go no further. */
  hasEnded = false
  /** Events before this position belong to what was left. */
  floor = 0
  /** Positions of reversed events and of other ways, in order. */
  heads = new Int32Array(64)
  headCount = 0
  readonly #onStep: (() => void) | null

  /** @param onStep is told of every step, in the state after it. */
  constructor(session: Session, rules: TraceRules, onStep: (() => void) | null) {
    this.execution = new Execution(session, rules)
    this.#onStep = onStep
  }

  /** How it goes on, for when it is taken up again. */
  get rest(): Rest {
    return { forced: this.forced, forcedGuard: this.forcedGuard, hasEnded: this.hasEnded }
  }

  /** Goes on by the step of a thread, which is what must step next or was chosen by default. */
  goOn(thread: number): void {
    const { execution } = this
    const guard = this.forced >= 0 ? this.forcedGuard : 0
    this.forced = -1
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
    if (this.#onStep !== null) this.#onStep()
  }

  /** Goes on by a step that something else than the default has led to. */
  push(thread: number, way: number, role: number, ways: number): void {
    const event = this.execution.length
    this.execution.push(thread, way)
    this.steps++
    const { events } = this.execution
    const record = event << EVENT_SHIFT
    events[record + ROLE] = role
    events[record + WAYS] = ways
    events[record + WAITING] = 0
    if (role >= REVERSED) this.addHead(event)
    if (this.#onStep !== null) this.#onStep()
  }

  /** An event is a head: it is reversed, or another way. */
  addHead(event: number): void {
    if (this.headCount === this.heads.length) this.heads = grownTo(this.heads, this.headCount * 2)
    this.heads[this.headCount++] = event
  }

  /** Takes the latest step back. */
  pop(): void {
    this.execution.pop()
    if (this.headCount > 0 && this.heads[this.headCount - 1] === this.execution.length) this.headCount--
  }

  /** Takes steps back until `length` of them are left. */
  returnTo(length: number): void {
    while (this.execution.length > length) this.pop()
  }
}
