/** How many steps threads take, by the threads' paths (`0.2` is the third child of the first thread). */
interface Entry {
  /** Executions in which the thread stepped. */
  executions: number
  /** In all of them together: its own steps, and those of the threads that it spawned, and of theirs. */
  steps: number
  descendants: number
}

/** The mean numbers of steps that threads took in the executions so far; 0 for what nobody has met. */
export class StepProfile {
  readonly #entries = new Map<string, Entry>()

  /** Adds one execution: every thread that stepped in it. */
  add(threads: readonly { readonly key: string; readonly steps: number }[]): void {
    for (const { key, steps } of threads) {
      const entry = this.#entry(key)
      entry.executions++
      entry.steps += steps
      for (let parent = parentOf(key); parent !== ''; parent = parentOf(parent))
        this.#entry(parent).descendants += steps
    }
  }

  /** Steps of a thread, in executions in which it stepped at all. */
  steps(key: string): number {
    const entry = this.#entries.get(key)
    return entry === undefined ? 0 : entry.steps / entry.executions
  }

  /** Steps of all threads that a thread spawns, directly or not. */
  descendants(key: string): number {
    const entry = this.#entries.get(key)
    return entry === undefined ? 0 : entry.descendants / entry.executions
  }

  /** What a child contributes to the descendants of its parent. */
  share(child: string, parent: string): number {
    const entry = this.#entries.get(child)
    return entry === undefined ? 0 : (entry.steps + entry.descendants) / this.#entries.get(parent)!.executions
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { executions: 0, steps: 0, descendants: 0 }
      this.#entries.set(key, entry)
    }
    return entry
  }
}

/** The path of the thread that spawns a thread; empty for declared threads. */
export function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('.')))
}
