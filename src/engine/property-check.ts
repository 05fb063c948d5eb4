import { ProgramFault } from './errors.js'
import type { ThreadHandle } from './marks.js'
import type { SharedObject, WorldView } from './operation.js'
import type { Session } from './session.js'
import type { Property, StateView } from './setup.js'
import { type CodeMonitor, describeThrown } from './thread-runner.js'

/**
 * Whether a property holds in a session's present state.
 *
 * @param observed receives every word that the property reads.
 * @throws ProgramFault `program/property-throws`, `program/property-not-boolean`.
 */
export function propertyHolds(
  session: Session,
  property: Property,
  monitor: CodeMonitor | undefined,
  observed?: (word: number) => void,
): boolean {
  const world = observed === undefined ? session.world : observedView(session, observed)
  const view = ((object: SharedObject) => object.show(world)) as StateView
  view.result = <R>(thread: ThreadHandle<R>): R | undefined => {
    return world.resultOf(thread.index) as R | undefined
  }
  monitor?.enter(`property ${property.name}`, property.place)
  try {
    return requireBoolean(property, property.holds(view))
  } catch (error) {
    if (error instanceof ProgramFault) throw error
    throw new ProgramFault('program/property-throws', `property “${property.name}” throws: ${describeThrown(error)}`, {
      place: property.place,
    })
  } finally {
    monitor?.leave()
  }
}

function requireBoolean(property: Property, answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  throw new ProgramFault(
    'program/property-not-boolean',
    `property “${property.name}” answers ${formatAnswer(answer)}`,
    {
      place: property.place,
      hint: 'let it return true or false; it cannot be asynchronous',
    },
  )
}

function formatAnswer(answer: unknown): string {
  return typeof answer === 'object' && answer !== null ? `a ${answer.constructor?.name ?? 'value'}` : String(answer)
}

function observedView({ world, threads }: Session, observed: (word: number) => void): WorldView {
  const wordOf = (thread: number): number => threads.all[thread]!.word
  return {
    time: world.time,
    read: (word) => (observed(word), world.read(word)),
    value: (word) => (observed(word), world.value(word)),
    equals: (word, value) => (observed(word), world.equals(word, value)),
    hasEnded: (thread) => (observed(wordOf(thread)), world.hasEnded(thread)),
    resultOf: (thread) => (observed(wordOf(thread)), world.resultOf(thread)),
    threadName: (thread) => world.threadName(thread),
    givenName: (thread) => world.givenName(thread),
    identityOf: (thread) => world.identityOf(thread),
    threadWith: (identity) => world.threadWith(identity),
    deadlineWord: (thread) => world.deadlineWord(thread),
    threadWords: (asking) => world.threadWords(asking),
    wordIdentity: (word) => world.wordIdentity(word),
    wordWith: (identity) => world.wordWith(identity),
  }
}
