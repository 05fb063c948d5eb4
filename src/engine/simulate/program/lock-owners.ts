import { WordKind } from '../../layout.js'
import type { Session } from '../../session.js'
import { PriorityInheritance, type Prioritized } from '../os/priority-inheritance.js'

const NOBODY = -1
const NO_LOCK = -1

/**
 * Who owns which lock and who waits for it, as far as an operating system can see it: in the words that steps write and that
 * threads wait for. So it works for locks that are one operation and for their twins alike; futexes of real systems name
 * the owner in the word.
 */
export class LockOwners {
  readonly #session: Session
  readonly #inheritance: PriorityInheritance
  /** By word: the lock whose it is. */
  readonly #lockOf = new Map<number, number>()
  /** Locks that are free, but nobody has been woken yet. */
  readonly #isLeft = new Set<number>()
  readonly #lockByName = new Map<string, number>()

  constructor(session: Session, system: Prioritized) {
    this.#session = session
    this.#inheritance = new PriorityInheritance(system)
  }

  /** A thread has written a word that had another content before. */
  written(word: number, before: number, thread: number): void {
    const lock = this.#lock(word)
    if (lock === NO_LOCK || thread === NOBODY) return
    const { layout, world } = this.#session
    const kind = layout.kinds[word]
    // A lock that is one operation names its holder; a twin's word says whether it is free. Its other words are of those who sleep.
    if (kind !== WordKind.Thread && kind !== WordKind.Int) return
    const content = world.read(word)
    if (before !== 0 && content === 0) this.#release(lock, kind === WordKind.Int)
    else if (before === 0 && content !== 0) {
      if (this.#isLeft.delete(lock)) this.#inheritance.release(lock)
      this.#inheritance.acquire(lock, kind === WordKind.Thread ? content - 1 : thread)
    }
  }

  /**
   * Who frees a twin wakes a sleeper in another step. Real systems do both in one call when priorities are inherited: until somebody
   * has been woken it stays as urgent as it was.
   */
  #release(lock: number, isTwin: boolean): void {
    if (isTwin && this.#inheritance.isAwaited(lock)) this.#isLeft.add(lock)
    else this.#inheritance.release(lock)
  }

  /** A thread waits until one of these words changes. */
  waits(thread: number, words: readonly number[]): void {
    for (const word of words) {
      const lock = this.#lock(word)
      if (lock === NO_LOCK) continue
      this.#inheritance.wait(lock, thread)
      return
    }
  }

  stopsWaiting(thread: number): void {
    const lock = this.#inheritance.awaitedBy(thread)
    this.#inheritance.stopWaiting(thread)
    if (this.#isLeft.delete(lock)) this.#inheritance.release(lock)
  }

  #lock(word: number): number {
    const known = this.#lockOf.get(word)
    if (known !== undefined) return known
    const object = this.#session.objectOf(word)
    const lock = object?.kind === 'lock' ? this.#numberOf(object.name) : NO_LOCK
    this.#lockOf.set(word, lock)
    return lock
  }

  #numberOf(name: string): number {
    let lock = this.#lockByName.get(name)
    if (lock === undefined) {
      lock = this.#inheritance.createLock()
      this.#lockByName.set(name, lock)
    }
    return lock
  }
}
