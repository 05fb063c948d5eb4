import { type Footprint, independent, MisuseError, type Operation, type WorldAccess } from 'entrelacs'
import { expect } from 'vitest'
import { WordKind } from '../../src/engine/layout.js'
import { Session } from '../../src/engine/session.js'

/** The operation a thread is about to perform. */
export function pending(session: Session, thread: number): Operation | null {
  const node = session.node(thread)
  return node === 0 || session.world.hasEnded(thread) ? null : session.image.operationAt(node)
}

function pendingThreads(session: Session): { readonly thread: number; readonly operation: Operation }[] {
  return session.threads.all.flatMap(({ index }) => {
    const operation = pending(session, index)
    return operation === null ? [] : [{ thread: index, operation }]
  })
}

/** Takes steps, observes, and takes them back. */
function tentatively<R>(session: Session, action: () => R): R {
  const { mark } = session.world
  try {
    return action()
  } finally {
    session.world.undo(mark)
  }
}

/** Results and the state afterwards of steps in a given order; null if one of them is blocked. */
function outcomeOf(session: Session, order: readonly (readonly [thread: number, way: number])[]) {
  return tentatively(session, () => {
    const results: Record<number, unknown> = {}
    for (const [thread, way] of order) {
      if (session.ways(thread) <= way) return null
      const node = session.node(thread)
      const result = session.step(thread, way)
      results[thread] = [session.image.decode(node, result), session.image.isMisuse(node, result)]
    }
    return { results, hash: [session.world.hash1, session.world.hash2], shows: session.show() }
  })
}

/** Operations with disjoint footprints commute, and neither changes the ways of the other. Returns how many pairs it saw. */
export function expectIndependentOperationsToCommute(session: Session): number {
  let pairs = 0
  for (const a of pendingThreads(session))
    for (const b of pendingThreads(session)) {
      if (a.thread >= b.thread) continue
      // An agent's step depends on everything, whatever it touches.
      if (session.threads.all[a.thread]!.agent || session.threads.all[b.thread]!.agent) continue
      if (!independent(touchedBy(session, a), touchedBy(session, b))) continue
      pairs++
      expectNotToChangeWays(session, a.thread, b.thread)
      expectNotToChangeWays(session, b.thread, a.thread)
      for (let i = 0; i < session.ways(a.thread); i++)
        for (let j = 0; j < session.ways(b.thread); j++)
          expect(
            outcomeOf(session, [
              [a.thread, i],
              [b.thread, j],
            ]),
          ).toEqual(
            outcomeOf(session, [
              [b.thread, j],
              [a.thread, i],
            ]),
          )
    }
  return pairs
}

/** What a step touches: its operation's footprint, and the words of threads that it starts or, being its thread's last, ends. */
function touchedBy(session: Session, { thread, operation }: ReturnType<typeof pendingThreads>[number]): Footprint {
  const { world, threads } = session
  const { reads, writes } = operation.footprint(world, thread)
  const lives = new Set<number>()
  const life = () => threads.all.map(({ index }) => session.node(index) !== 0 && !world.hasEnded(index))
  const before = life()
  for (let way = 0; way < session.ways(thread); way++)
    tentatively(session, () => {
      session.step(thread, way)
      life().forEach((isAlive, index) => {
        if (isAlive !== (before[index] ?? false)) lives.add(threads.all[index]!.word)
      })
    })
  // Whoever is killed takes no step any more.
  return { reads: [...reads, threads.all[thread]!.word], writes: [...writes, ...lives] }
}

function expectNotToChangeWays(session: Session, stepping: number, waiting: number): void {
  const before = session.ways(waiting)
  for (let way = 0; way < session.ways(stepping); way++)
    tentatively(session, () => {
      session.step(stepping, way)
      expect(session.ways(waiting)).toBe(before)
    })
}

/** What the contract says of an operation is what the engine does when the thread steps. */
export function expectContractToAgreeWithStep(session: Session): void {
  for (const { thread, operation } of pendingThreads(session)) {
    expect(operation.ways(session.world, thread)).toBe(session.ways(thread))
    for (let way = 0; way < session.ways(thread); way++) {
      const byContract = tentatively(session, () => appliedByContract(session, operation, way, thread))
      const byStep = tentatively(session, () => appliedByStep(session, way, thread))
      expect(byContract, operation.label(undefined)).toEqual(byStep)
    }
  }
}

function appliedByContract(session: Session, operation: Operation, way: number, thread: number) {
  try {
    const result = session.interner.intern(operation.apply(session.world, way, thread), 'a result')
    return { result: session.interner.valueOf(result), misuse: false, ...sharedState(session) }
  } catch (error) {
    if (!(error instanceof MisuseError)) throw error
    return { result: undefined, misuse: true, ...sharedState(session) }
  }
}

/** A step with the thread put back to where it stood, which leaves the step's effect on shared objects. */
function appliedByStep(session: Session, way: number, thread: number) {
  const node = session.node(thread)
  const result = session.step(thread, way)
  session.world.write(session.threads.all[thread]!.word, node)
  return {
    result: session.image.isMisuse(node, result) ? undefined : session.image.decode(node, result),
    misuse: session.image.isMisuse(node, result),
    ...sharedState(session),
  }
}

function sharedState(session: Session) {
  return { shows: session.show(), hash: [session.world.hash1, session.world.hash2] }
}

/** After any steps, undoing restores the words and both lanes of the hash, which is always the hash computed afresh. */
export function expectUndoToRestore(session: Session): void {
  expectHashToBeFresh(session)
  const before = snapshot(session)
  const { mark } = session.world
  for (let steps = 0; steps < 6; steps++) {
    const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    if (able.length === 0) break
    session.step(able[steps % able.length]!, 0)
    expectHashToBeFresh(session)
  }
  session.world.undo(mark)
  expect(snapshot(session)).toEqual(before)
  expectHashToBeFresh(session)
}

function expectHashToBeFresh({ world }: Session): void {
  expect([world.hash1, world.hash2]).toEqual(world.hashAfresh())
}

function snapshot(session: Session) {
  const { world, layout } = session
  const words = Array.from({ length: layout.count }, (_, word) => world.read(word))
  // Words are added while threads run: what has its initial content may not have been there.
  while (words.length > 0 && words.at(-1) === layout.initial[words.length - 1]) words.pop()
  return { words, hash1: world.hash1, hash2: world.hash2 }
}

/** Everything an operation reads, also for its ways, and every content it changes lies in its footprint. */
export function expectAccessesInsideFootprint(session: Session): void {
  for (const { thread, operation } of pendingThreads(session)) {
    const { reads, writes } = operation.footprint(session.world, thread)
    const observed = new ObservedWorld(session)
    const ways = operation.ways(observed, thread)
    for (let way = 0; way < ways; way++)
      tentatively(session, () => {
        try {
          operation.apply(observed, way, thread)
        } catch (error) {
          if (!(error instanceof MisuseError)) throw error
        }
      })
    expect([...reads, ...writes], operation.name).toEqual(expect.arrayContaining([...observed.reads]))
    expect(writes, operation.name).toEqual(expect.arrayContaining([...observed.changes]))
    expect(writes, operation.name).toEqual(expect.arrayContaining(changedBySteps(session, thread)))
  }
}

/** Words, apart from those of threads themselves, that the engine changes when the thread steps. */
function changedBySteps(session: Session, thread: number): number[] {
  const changed = new Set<number>()
  const before = snapshot(session).words
  for (let way = 0; way < session.ways(thread); way++)
    tentatively(session, () => {
      session.step(thread, way)
      before.forEach((content, word) => {
        if (session.layout.kinds[word] !== WordKind.Node && session.world.read(word) !== content) changed.add(word)
      })
    })
  return [...changed]
}

/** Access to a session's world that takes down what is read and what is changed. */
class ObservedWorld implements WorldAccess {
  readonly reads = new Set<number>()
  readonly changes = new Set<number>()
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  get time() {
    return this.#session.world.time
  }

  deadlineWord(thread: number): number {
    return this.#session.world.deadlineWord(thread)
  }

  read(word: number): number {
    this.reads.add(word)
    return this.#session.world.read(word)
  }

  value(word: number): unknown {
    this.reads.add(word)
    return this.#session.world.value(word)
  }

  equals(word: number, value: unknown): boolean {
    this.reads.add(word)
    return this.#session.world.equals(word, value)
  }

  resultOf(thread: number): unknown {
    this.reads.add(this.#session.threads.all[thread]!.word)
    return this.#session.world.resultOf(thread)
  }

  hasEnded(thread: number): boolean {
    this.reads.add(this.#session.threads.all[thread]!.word)
    return this.#session.world.hasEnded(thread)
  }

  threadName(thread: number): string {
    return this.#session.world.threadName(thread)
  }

  givenName(thread: number): string {
    return this.#session.world.givenName(thread)
  }

  identityOf(thread: number): string {
    return this.#session.world.identityOf(thread)
  }

  threadWith(identity: string): number {
    return this.#session.world.threadWith(identity)
  }

  threadWords(asking: number): readonly number[] {
    return this.#session.world.threadWords(asking)
  }

  wordIdentity(word: number): string {
    return this.#session.world.wordIdentity(word)
  }

  wordWith(identity: string): number {
    return this.#session.world.wordWith(identity)
  }

  start(thread: number, starter: number): void {
    this.#changing(this.#session.threads.all[thread]!.word, () => this.#session.world.start(thread, starter))
  }

  pointOf(thread: number): string {
    return this.#session.world.pointOf(thread)
  }

  failureOf(thread: number): string | undefined {
    this.reads.add(this.#session.threads.all[thread]!.word)
    return this.#session.world.failureOf(thread)
  }

  aliveThreads(asking: number): readonly string[] {
    for (const word of this.#session.world.threadWords(asking)) this.reads.add(word)
    return this.#session.world.aliveThreads(asking)
  }

  write(word: number, content: number): void {
    this.#changing(word, () => this.#session.world.write(word, content))
  }

  setValue(word: number, value: unknown): void {
    this.#changing(word, () => this.#session.world.setValue(word, value))
  }

  #changing(word: number, change: () => void): void {
    const before = this.#session.world.read(word)
    change()
    if (this.#session.world.read(word) !== before) this.changes.add(word)
  }
}
