import { WordKind } from '../../layout.js'
import type { WorldView } from '../../operation.js'
import type { Session } from '../../session.js'
import type { TimeMode } from '../../time/time-mode.js'

/** A session's state as it would be if only some of the events had happened. */
export class StateWithin implements WorldView {
  readonly #session: Session
  readonly #contentOf: (word: number) => number
  readonly #hasEnded: (thread: number) => boolean

  constructor(session: Session, contentOf: (word: number) => number, hasEnded: (thread: number) => boolean) {
    this.#session = session
    this.#contentOf = contentOf
    this.#hasEnded = hasEnded
  }

  get time(): TimeMode {
    return this.#session.world.time
  }

  read(word: number): number {
    return this.#contentOf(word)
  }

  value(word: number): unknown {
    return this.#session.codec.decode(this.#session.layout.kinds[word]!, this.read(word))
  }

  equals(word: number, value: unknown): boolean {
    if (this.#session.layout.kinds[word] !== WordKind.Value) return this.read(word) === value
    return this.read(word) === this.#session.interner.intern(value, 'the value compared with')
  }

  hasEnded(thread: number): boolean {
    return this.#hasEnded(thread)
  }

  resultOf(thread: number): unknown {
    return this.hasEnded(thread) ? this.#session.world.resultOf(thread) : undefined
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

  deadlineWord(thread: number): number {
    return this.#session.world.deadlineWord(thread)
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
}
