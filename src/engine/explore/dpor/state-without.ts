import { WordKind } from '../../layout.js'
import type { WorldView } from '../../operation.js'
import type { Session } from '../../session.js'

/** A session's state as it would be if some event, and all that follows from it, had not happened. */
export class StateWithout implements WorldView {
  readonly #session: Session
  readonly #contentOf: (word: number) => number
  readonly #isEndUndone: (thread: number) => boolean

  constructor(session: Session, contentOf: (word: number) => number, isEndUndone: (thread: number) => boolean) {
    this.#session = session
    this.#contentOf = contentOf
    this.#isEndUndone = isEndUndone
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
    return this.#session.world.hasEnded(thread) && !this.#isEndUndone(thread)
  }

  resultOf(thread: number): unknown {
    return this.hasEnded(thread) ? this.#session.world.resultOf(thread) : undefined
  }

  threadName(thread: number): string {
    return this.#session.world.threadName(thread)
  }
}
