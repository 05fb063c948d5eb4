/** Threads that cannot step, by the words whose change may let them. */
export class WaitingThreads {
  readonly #byWord: (number[] | undefined)[] = []
  readonly #words: (readonly number[] | undefined)[] = []
  #count = 0

  /** How many threads wait. */
  get count(): number {
    return this.#count
  }

  isWaiting(thread: number): boolean {
    return this.#words[thread] !== undefined
  }

  add(thread: number, words: readonly number[]): void {
    this.#words[thread] = words
    this.#count++
    for (const word of words) (this.#byWord[word] ??= []).push(thread)
  }

  remove(thread: number): void {
    const words = this.#words[thread]
    if (words === undefined) return
    this.#words[thread] = undefined
    this.#count--
    for (const word of words) {
      const threads = this.#byWord[word]!
      threads.splice(threads.indexOf(thread), 1)
    }
  }

  /** Those who wait for a word, in the order in which they came; copied, since waking them changes it. */
  of(word: number): readonly number[] {
    const threads = this.#byWord[word]
    return threads === undefined || threads.length === 0 ? NOBODY : [...threads]
  }
}

const NOBODY: readonly number[] = []
