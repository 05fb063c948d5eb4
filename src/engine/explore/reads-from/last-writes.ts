/** Of some words, which write (an event, or `INITIAL`) has to be the last one in a schedule. */
export class LastWrites {
  readonly words: number[] = []
  readonly writes: number[] = []

  get count(): number {
    return this.words.length
  }

  push(word: number, write: number): void {
    this.words.push(word)
    this.writes.push(write)
  }

  pop(): void {
    this.words.pop()
    this.writes.pop()
  }
}

/** Nothing is said about the last write of any word. */
export const NO_LAST_WRITES = new LastWrites()
