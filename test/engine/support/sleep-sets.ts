import { type Program } from 'entrelacs'
import * as Code from '../../../src/engine/code.js'
import { NODE_A, NODE_WORD } from '../../../src/engine/node-fields.js'
import { Session } from '../../../src/engine/session.js'

/** How many maximal traces a program has, by how they end. */
export interface TraceCounts {
  readonly complete: number
  readonly deadlocked: number
  readonly assumeFailed: number
}

interface Step {
  readonly thread: number
  readonly way: number
  readonly reads: readonly number[]
  readonly writes: readonly number[]
  readonly isOfDaemon: boolean
  /** Whether the program waits for its thread, which it ends. */
  readonly isAwaitedEnd: boolean
}

/** Instead of words: the properties of every state are numbered downwards from here. */
const FIRST_PROPERTY = -1

/**
 * Counts the traces of a program by sleep sets alone: the plainest method there is, on the engine's own session, for
 * programs that have few states. Properties must read the same words in every state.
 *
 * @param maxSteps the count is null if it takes more.
 */
export function countTraces(subject: Program, maxSteps = Infinity): TraceCounts | null {
  const session = new Session(subject)
  const properties = observedWords(session)
  const counts = { complete: 0, deadlocked: 0, assumeFailed: 0 }
  let steps = 0
  const visit = (asleep: readonly Step[]): void => {
    const able = ableSteps(session, properties)
    if (able.length === 0) counts[endOf(session)]++
    const sleeping = [...asleep]
    for (const step of able) {
      if (sleeping.some(({ thread, way }) => thread === step.thread && way === step.way)) continue
      if (++steps > maxSteps) return
      const { mark } = session.world
      session.step(step.thread, step.way)
      visit(sleeping.filter((other) => areIndependent(other, step)))
      session.world.undo(mark)
      sleeping.push(step)
    }
  }
  session.rewind()
  visit([])
  return steps > maxSteps ? null : counts
}

function areIndependent(a: Step, b: Step): boolean {
  // A daemon can step only while some thread lives that the program waits for.
  if ((a.isOfDaemon && b.isAwaitedEnd) || (b.isOfDaemon && a.isAwaitedEnd)) return false
  return a.thread !== b.thread && !clash(a.writes, b) && !clash(b.writes, a)
}

function clash(writes: readonly number[], { reads, writes: others }: Step): boolean {
  return writes.some((word) => others.includes(word) || reads.includes(word))
}

function endOf(session: Session): keyof TraceCounts {
  if (session.hasEnded) return 'complete'
  return session.threads.canonical.some((thread) => session.assumesFalsehood(thread)) ? 'assumeFailed' : 'deadlocked'
}

function observedWords(session: Session): ReadonlySet<number>[] {
  session.rewind()
  return session.properties
    .filter(({ when }) => when === 'always')
    .map((property) => {
      const words = new Set<number>()
      session.holds(property, (word) => words.add(word))
      return words
    })
}

function ableSteps(session: Session, properties: readonly ReadonlySet<number>[]): Step[] {
  if (session.hasEnded) return []
  // A copy: trying a step may be the first to meet a thread that it spawns.
  return [...session.threads.canonical].flatMap((thread) =>
    session.assumesFalsehood(thread)
      ? []
      : Array.from({ length: session.ways(thread) }, (_, way) => stepOf(session, thread, way, properties)),
  )
}

function stepOf(session: Session, thread: number, way: number, observed: readonly ReadonlySet<number>[]): Step {
  const { reads, writes } = touched(session, thread)
  const { daemon, word } = session.threads.all[thread]!
  const { mark } = session.world
  session.step(thread, way)
  const ends = session.world.hasEnded(thread)
  session.world.undo(mark)
  const words = ends ? [...writes, word] : writes
  const properties = observed.flatMap((seen, i) => (words.some((one) => seen.has(one)) ? FIRST_PROPERTY - i : []))
  return {
    thread,
    way,
    reads,
    writes: [...words, ...properties],
    isOfDaemon: daemon,
    isAwaitedEnd: ends && !daemon,
  }
}

interface Touched {
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

function touched(session: Session, thread: number): Touched {
  const { nodes, world } = session
  const node = session.node(thread)
  const word = nodes.field(node, NODE_WORD)
  const reading: Touched = { reads: [word], writes: [] }
  const writing: Touched = { reads: [], writes: [word] }
  switch (nodes.code(node)) {
    case Code.Load:
    case Code.Join:
      return reading
    case Code.Store:
    case Code.Add:
    case Code.Exchange:
    case Code.Acquire:
    case Code.Spawn:
      return writing
    case Code.CompareExchange:
      return world.read(word) === nodes.field(node, NODE_A) ? writing : reading
    case Code.TryAcquire:
      return world.read(word) === 0 ? writing : reading
    case Code.Release:
      return world.read(word) === 0 ? reading : writing
    case Code.Contract:
      return session.image.operations.get(node)!.footprint(world, thread)
    default:
      return { reads: [], writes: [] }
  }
}
