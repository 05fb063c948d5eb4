/** What priority inheritance needs of an operating system. */
export interface Prioritized {
  priority(thread: number): number
  setPriority(thread: number, priority: number): void
}

const NOBODY = -1

/**
 * Priority inheritance: who owns a lock is as urgent as the most urgent thread that waits for it, and so on along the chain of owners who wait
 * themselves; once it has released the lock, no longer. It says nothing of who gets the lock next.
 *
 * Locks are numbers. Threads have their own priority back when they own nothing that a more urgent thread waits for.
 */
export class PriorityInheritance {
  readonly #system: Prioritized
  /** By lock. */
  readonly #owner: number[] = []
  readonly #waiters: number[][] = []
  /** By thread: their own priority, the locks they own, and the lock they wait for. */
  readonly #own = new Map<number, number>()
  readonly #owned = new Map<number, number[]>()
  readonly #awaited = new Map<number, number>()

  constructor(system: Prioritized) {
    this.#system = system
  }

  /** There is one more lock; returns its number. */
  createLock(): number {
    this.#owner.push(NOBODY)
    return this.#waiters.push([]) - 1
  }

  /** Who owns a lock, −1 if nobody does. */
  owner(lock: number): number {
    return this.#owner[lock]!
  }

  /** Whether anybody waits for a lock. */
  isAwaited(lock: number): boolean {
    return this.#waiters[lock]!.length > 0
  }

  /** The lock that a thread waits for, −1 if it waits for none. */
  awaitedBy(thread: number): number {
    return this.#awaited.get(thread) ?? NOBODY
  }

  /** The thread gets the lock, which nobody owns; if it has waited for it, it no longer does. */
  acquire(lock: number, thread: number): void {
    this.stopWaiting(thread)
    this.#owner[lock] = thread
    const owned = this.#owned.get(thread)
    if (owned === undefined) this.#owned.set(thread, [lock])
    else owned.push(lock)
    this.#update(thread)
  }

  /** The thread waits for a lock that somebody owns. */
  wait(lock: number, thread: number): void {
    this.#awaited.set(thread, lock)
    this.#waiters[lock]!.push(thread)
    this.#update(this.#owner[lock]!)
  }

  /** The thread no longer waits, because it has the lock or has given up. */
  stopWaiting(thread: number): void {
    const lock = this.#awaited.get(thread)
    if (lock === undefined) return
    this.#awaited.delete(thread)
    this.#waiters[lock]!.splice(this.#waiters[lock]!.indexOf(thread), 1)
    this.#update(this.#owner[lock]!)
  }

  /** Nobody owns the lock any longer; who waits for it still does. */
  release(lock: number): void {
    const thread = this.#owner[lock]!
    if (thread === NOBODY) return
    this.#owner[lock] = NOBODY
    const owned = this.#owned.get(thread)!
    owned.splice(owned.indexOf(lock), 1)
    this.#update(thread)
  }

  /** Gives a thread another priority of its own: it is as urgent as that, or as whoever waits for it. */
  setOwnPriority(thread: number, priority: number): void {
    this.#own.set(thread, priority)
    this.#update(thread)
  }

  /** Along the chain of owners, until nothing changes. */
  #update(first: number): void {
    for (let thread = first; thread !== NOBODY;) {
      const priority = this.#priorityDue(thread)
      if (priority === this.#system.priority(thread)) return
      this.#system.setPriority(thread, priority)
      const awaited = this.#awaited.get(thread)
      if (awaited === undefined) return
      thread = this.#owner[awaited]!
    }
  }

  #priorityDue(thread: number): number {
    let priority = this.#own.get(thread)
    if (priority === undefined) {
      priority = this.#system.priority(thread)
      this.#own.set(thread, priority)
    }
    for (const lock of this.#owned.get(thread) ?? [])
      for (const waiter of this.#waiters[lock]!) priority = Math.max(priority, this.#system.priority(waiter))
    return priority
  }
}
