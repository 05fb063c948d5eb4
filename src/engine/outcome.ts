import * as Code from './code.js'
import type { Leftover } from './detect/leftovers.js'
import { NODE_WORD } from './node-fields.js'
import type { Session } from './session.js'

/** A final state as the user sees it. */
export interface OutcomeFacts {
  /** Objects by name: cells and atomics as values, arrays as arrays, a lock only while held (its holder's name). */
  readonly final: Readonly<Record<string, unknown>>
  /** What threads returned, if not `undefined`. */
  readonly results: Readonly<Record<string, unknown>>
  /** How threads failed. */
  readonly errors: Readonly<Record<string, string>>
  /** Threads that failed by misuse of an object. */
  readonly misuses: Readonly<Record<string, string>>
  /** In a deadlock, what each blocked thread waits for; otherwise null. */
  readonly waiting: Readonly<Record<string, string>> | null
  /** Names of the `finally` properties that fail. */
  readonly failed: readonly string[]
  /** What is left undone; nothing in a deadlock, in which that is no wonder. */
  readonly leftovers: readonly Leftover[]
}

/** Everything a person sees of the session's present state, in which no thread steps any more. */
export function describeOutcome(session: Session, deadlocked: boolean): OutcomeFacts {
  const results = emptyRecord<unknown>()
  const errors = emptyRecord<string>()
  const misuses = emptyRecord<string>()
  const waiting = emptyRecord<string>()
  for (const index of session.threads.canonical) {
    const thread = session.threads.all[index]!
    const node = session.node(index)
    if (node === 0) continue
    if (!session.world.hasEnded(index)) {
      if (!thread.daemon && !session.isIdle(index)) waiting[thread.name] = pendingLabel(session, index)
      continue
    }
    const failure = session.failureOf(index)
    if (failure?.kind === 'misuse') misuses[thread.name] = failure.message
    if (failure !== undefined) errors[thread.name] = failure.message
    const result = session.resultOf(index)
    if (result !== undefined) results[thread.name] = result
  }
  const failed = deadlocked
    ? []
    : session.properties
        .filter((property) => property.when === 'finally' && !session.holds(property))
        .map((property) => property.name)
  const leftovers = deadlocked ? [] : session.objects.flatMap((object) => object.leftovers?.(session.world) ?? [])
  return { final: session.show(), results, errors, misuses, waiting: deadlocked ? waiting : null, failed, leftovers }
}

/** A record by names that the user chooses: `__proto__` and `toString` are names like any other. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>
}

/** What a thread is about to do, in words: `acquire fork 1`, `join B`. */
export function pendingLabel(session: Session, thread: number): string {
  const node = session.node(thread)
  const operation = session.image.operations.get(node)
  const word = session.nodes.field(node, NODE_WORD)
  const joined = session.threads.all.find((entry) => entry.word === word)
  switch (session.nodes.code(node)) {
    case Code.Acquire:
      return `acquire ${session.objectOf(word)?.name ?? 'a lock'}`
    case Code.Join:
      return `join ${joined?.name ?? 'a thread'}`
    case Code.Contract:
      return [operation!.label(undefined), operation!.object?.name].filter((part) => part !== undefined).join(' ')
    default:
      return session.objectOf(word)?.name ?? 'step'
  }
}
