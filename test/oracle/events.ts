import { afterStep, canStep, hasEnded, waitsFor, waysOf, type State, type Thread } from './machine.js'
import {
  evaluate,
  holds,
  lockName,
  ownBodies,
  remainder,
  type Body,
  type ProgramTree,
  type Statement,
  type ThreadTree,
} from './program-tree.js'

/**
 * A step as an element of a trace: who takes it, what it is, and the words it touches in the state in which it is
 * taken. A word is whatever steps can meet on: a cell, an item, a lock, the status of a thread, a property.
 */
export interface Event {
  /** The identity of the thread, in words. */
  readonly thread: string
  /** Which way it goes; null where there is only one. */
  readonly way: number | null
  readonly operation: string
  readonly reads: readonly string[]
  /** A step that reads what it writes is a writer and nothing else. */
  readonly writes: readonly string[]
  /** The state after it. */
  readonly next: State
}

/** Whether neither can be told from the other's having happened before: the steps commute. */
export function areIndependent(a: Event, b: Event): boolean {
  return a.thread !== b.thread && !clash(a.writes, b) && !clash(b.writes, a)
}

function clash(writes: readonly string[], { reads, writes: others }: Event): boolean {
  return writes.some((word) => others.includes(word) || reads.includes(word))
}

/** Every way of every thread that can step. A thread before a false assumption waits for ever; the others go on. */
export function ableEvents(state: State, tree: ProgramTree): Event[] {
  return state.threads.flatMap((thread, index) =>
    canStep(thread, state) && !isRejected(thread)
      ? Array.from({ length: waysOf(thread) }, (_, way) => eventOf(state, index, way, tree))
      : [],
  )
}

export function eventOf(state: State, threadIndex: number, way: number, tree: ProgramTree): Event {
  const thread = state.threads[threadIndex]
  const next = afterStep(state, threadIndex, way)
  const { operation, reads = [], writes = [] } = touch(thread, state)
  const ended = next.threads.find(({ name }) => name === thread.name)?.ended === true
  const allWrites = [...writes, ...(ended ? endsOf(thread) : [])]
  return {
    thread: identityText(thread.identity),
    way: waysOf(thread) === 1 ? null : way,
    operation,
    reads: thread.daemon ? [...reads, ...livesIn(tree)] : reads,
    writes: [...allWrites, ...propertiesOver(allWrites, tree)],
    next,
  }
}

/** Whether a thread stands before an assumption that is false. */
export function isRejected(thread: Thread): boolean {
  const next = thread.todo?.first
  return next?.kind === 'assume' && !holds(next.condition, thread.locals)
}

/** How a maximal trace ends. Where an assumption was false, nothing counts what else happened. */
export type EndKind = 'complete' | 'deadlocked' | 'assumeFailed'

export function endKind(state: State): EndKind {
  if (hasEnded(state)) return 'complete'
  if (state.threads.some((thread) => !thread.ended && isRejected(thread))) return 'assumeFailed'
  const isStuck = state.threads.some((thread) => !thread.ended && waitsFor(thread, state) !== null)
  if (!isStuck) throw new Error('The threads have neither ended nor do they wait for anything.')
  return 'deadlocked'
}

export function identityText(identity: readonly number[]): string {
  return identity.join('.')
}

function endsOf({ identity, daemon }: Thread): string[] {
  return [status(identity), ...(daemon ? [] : [life(identity)])]
}

/**
 * A word of its own for each thread that the program waits for: its end writes it, and every step of every daemon reads
 * it, because a daemon can step only while one of them lives. Ends of two threads do not meet.
 */
function life(identity: readonly number[]): string {
  return `life ${identityText(identity)}`
}

/** Of all threads that there can be: what a step reads must not depend on who has been spawned by then. */
function livesIn({ threads }: ProgramTree): string[] {
  return [...new Set(threads.flatMap((thread, i) => identitiesBelow(thread, [i])).map(life))]
}

function identitiesBelow(thread: ThreadTree, identity: readonly number[]): (readonly number[])[] {
  const spawns = ownStatements(thread.body).filter((statement) => statement.kind === 'spawn')
  // Which of them comes first depends on the branches taken.
  const children = spawns.flatMap(({ child }) => spawns.flatMap((_, i) => identitiesBelow(child, [...identity, i])))
  return [identity, ...children]
}

function ownStatements(body: Body): Statement[] {
  return body.flatMap((statement) => [statement, ...ownBodies(statement).flatMap(ownStatements)])
}

function status(identity: readonly number[]): string {
  return `status ${identityText(identity)}`
}

/** A property of every state sees the order of all writes to the words it is about. */
function propertiesOver(written: readonly string[], { always = [] }: ProgramTree): string[] {
  return always.flatMap(({ sumOf }, i) => (sumOf.some((cell) => written.includes(cell)) ? [`always ${i}`] : []))
}

interface Touch {
  readonly operation: string
  readonly reads?: readonly string[]
  readonly writes?: readonly string[]
}

/** What the next operation of a thread does to the state it is performed in, apart from ending its thread. */
function touch(thread: Thread, state: State): Touch {
  const next = thread.todo?.first
  const { locals } = thread
  switch (next?.kind) {
    case 'yieldNow':
    case 'choose':
    case 'assume':
      return { operation: next.kind }
    case 'read':
      return { operation: `read ${next.cell}`, reads: [next.cell] }
    case 'write':
    case 'add':
    case 'exchange':
    case 'update':
      return { operation: `${next.kind} ${next.cell}`, writes: [next.cell] }
    case 'compareExchange': {
      const succeeds = state.cells[next.cell] === evaluate(next.expected, locals)
      return {
        operation: `compareExchange ${next.cell}`,
        ...(succeeds ? { writes: [next.cell] } : { reads: [next.cell] }),
      }
    }
    case 'readItem':
    case 'writeItem': {
      const word = `item ${remainder(evaluate(next.index, locals), state.items.length)}`
      return {
        operation: `${next.kind} ${word}`,
        ...(next.kind === 'readItem' ? { reads: [word] } : { writes: [word] }),
      }
    }
    case 'acquire':
      return { operation: `acquire ${next.lock}`, writes: [next.lock] }
    case 'tryLocked': {
      const lock = lockName(next.lock)
      return { operation: `tryAcquire ${lock}`, ...(lock in state.holders ? { reads: [lock] } : { writes: [lock] }) }
    }
    case 'release':
      return released(next.lock, state)
    case 'unlock':
      return released(lockName(next.lock), state)
    case 'join': {
      const joined = state.threads.find(({ name }) => name === next.thread)
      if (joined === undefined) throw new Error(`There is no thread ${next.thread}.`)
      return { operation: `join ${next.thread}`, reads: [status(joined.identity)] }
    }
    case 'spawn': {
      const child = [...thread.identity, thread.children]
      return { operation: `spawn ${identityText(child)}`, writes: [status(child)] }
    }
    default:
      throw new Error(`${thread.name} is not about to step.`)
  }
}

/** Releasing what nobody holds changes nothing. */
function released(lock: string, { holders }: State): Touch {
  return { operation: `release ${lock}`, ...(lock in holders ? { writes: [lock] } : { reads: [lock] }) }
}
