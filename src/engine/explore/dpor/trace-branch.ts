import type { ThreadRegistry } from '../../thread-registry.js'
import type { Branches } from './branches.js'
import { packStep, threadOf, wayOf } from './packed-step.js'
import { EVENT_SHIFT, FREE_FIELDS } from './event-fields.js'
import type { Execution } from './execution.js'
import {
  BROUGHT,
  FLAGS,
  GUARD,
  OTHER_WAY,
  PUT_OFF,
  REVERSED,
  ROLE,
  ROOT,
  SEARCH_FIELDS,
  WAITING,
  WAYS,
} from './search-fields.js'

/** A branch has eight integers an event: the fields that the search keeps, and in the place of `WAITING` its step. */
export const BRANCH_SHIFT = 3

/** How an execution goes on: the thread that must step next and its guard, −1 if any may; or it has ended. */
export interface Rest {
  readonly forced: number
  readonly forcedGuard: number
  readonly hasEnded: boolean
}

/**
 * A branch complete in itself: all its steps from the initial state, what each is to the search, and the position from
 * which on it is the branch's own to explore.
 */
export interface TraceBranch {
  readonly events: Int32Array
  readonly position: number
  /** How it goes on if it is an execution that was left; null for one that begins with its last event. */
  readonly rest: Rest | null
  /**
   * Threads are told by their indices among those that setup declares; beyond them by their places in this list of
   * identities. Null: all by the session's own indices.
   */
  readonly spawned: readonly string[] | null
}

/** The branch that is everything. */
export const WHOLE: TraceBranch = {
  events: new Int32Array(0),
  position: 0,
  rest: { forced: -1, forcedGuard: 0, hasEnded: false },
  spawned: null,
}

/** How many events a branch has. */
export function lengthOf(branch: TraceBranch): number {
  return branch.events.length >> BRANCH_SHIFT
}

/** The step of an event of a branch. */
export function stepOf(branch: TraceBranch, event: number): number {
  return branch.events[(event << BRANCH_SHIFT) + WAITING - FREE_FIELDS]!
}

/** One of the search's fields of an event of a branch. */
export function fieldOf(branch: TraceBranch, event: number, field: number): number {
  return branch.events[(event << BRANCH_SHIFT) + field - FREE_FIELDS]!
}

/** Events of an execution from a position on, which are not on its stack now. */
export interface ParkedEvents {
  readonly position: number
  readonly steps: Int32Array
  readonly fields: Int32Array
}

/** All events of the present execution as those of a branch; or of one that was left, whose prefix is still there. */
export function eventsOf(execution: Execution, parked?: ParkedEvents): Int32Array {
  const present = parked?.position ?? execution.length
  const events = new Int32Array((present + (parked?.steps.length ?? 0)) << BRANCH_SHIFT)
  for (let event = 0; event < present; event++)
    copyEvent(events, event, execution.events, event, execution.packedStep(event))
  parked?.steps.forEach((step, i) => copyEvent(events, present + i, parked.fields, i, step))
  return events
}

function copyEvent(to: Int32Array, event: number, from: Int32Array, index: number, step: number): void {
  const target = event << BRANCH_SHIFT
  const own = (index << EVENT_SHIFT) + FREE_FIELDS
  for (let i = 0; i < SEARCH_FIELDS; i++) to[target + i] = from[own + i]!
  to[target + WAITING - FREE_FIELDS] = step
}

/** A branch that waits at a position of an execution. */
export function cutOff(whole: Int32Array, branches: Branches, branch: number, position: number): TraceBranch {
  const steps: number[] = []
  for (let at = branches.firstStep(branch); at !== 0; at = branches.stepAfter(at)) steps.push(branches.stepAt(at))
  const events = new Int32Array((position + steps.length) << BRANCH_SHIFT)
  events.set(whole.subarray(0, position << BRANCH_SHIFT))
  steps.forEach((step, i) => {
    const isLast = i === steps.length - 1
    const set = (field: number, value: number) =>
      (events[((position + i) << BRANCH_SHIFT) + field - FREE_FIELDS] = value)
    set(WAITING, step)
    set(ROLE, isLast ? REVERSED : BROUGHT)
    // The reversed event's ways are counted when it is reached.
    set(WAYS, isLast ? 0 : 1)
    set(ROOT, position)
    if (!isLast) return
    set(PUT_OFF, branches.thread(branch))
    set(GUARD, branches.guard(branch))
    set(FLAGS, branches.flags(branch))
  })
  return { events, position, rest: null, spawned: null }
}

/** The branch in which an event of an execution takes another way, and that one only. */
export function cutAside(whole: Int32Array, event: number, way: number): TraceBranch {
  const events = whole.slice(0, (event + 1) << BRANCH_SHIFT)
  const record = event << BRANCH_SHIFT
  if (events[record + ROLE - FREE_FIELDS] !== REVERSED) events[record + ROLE - FREE_FIELDS] = OTHER_WAY
  events[record + WAYS - FREE_FIELDS] = way + 1
  events[record + WAITING - FREE_FIELDS] = packStep(threadOf(events[record + WAITING - FREE_FIELDS]!), way)
  return { events, position: event, rest: null, spawned: null }
}

/** The same branch with threads told so that any session of the program knows them. */
export function portable(branch: TraceBranch, threads: ThreadRegistry): TraceBranch {
  if (branch.spawned !== null) return branch
  const spawned: string[] = []
  const code = (thread: number): number => {
    if (thread < threads.declared) return thread
    const identity = threads.all[thread]!.identity
    const known = spawned.indexOf(identity)
    return threads.declared + (known >= 0 ? known : spawned.push(identity) - 1)
  }
  return { ...withThreads(branch, code), spawned }
}

function withThreads(branch: TraceBranch, rename: (thread: number) => number): TraceBranch {
  const events = branch.events.slice()
  for (let at = 0; at < events.length; at += 1 << BRANCH_SHIFT) {
    const step = events[at + WAITING - FREE_FIELDS]!
    events[at + WAITING - FREE_FIELDS] = packStep(rename(threadOf(step)), wayOf(step))
    if (events[at + ROLE - FREE_FIELDS] === REVERSED)
      events[at + PUT_OFF - FREE_FIELDS] = rename(events[at + PUT_OFF - FREE_FIELDS]!)
  }
  const { rest } = branch
  return {
    ...branch,
    events,
    rest: rest === null || rest.forced < 0 ? rest : { ...rest, forced: rename(rest.forced) },
  }
}
