/**
 * In which order a session has learnt what it knows of its threads: whoever learns the same in the same order gets equal
 * indices of nodes, threads and words. Two integers for each thing learnt.
 */
export class LearningLog {
  count = 0
  #entries = new Int32Array(256)

  get bytes(): number {
    return this.#entries.length * 4
  }

  /** What follows a node by a result was learnt. */
  resumed(node: number, result: number): void {
    this.#add(node, result)
  }

  /** The first node of the thread that is spawned at a node was learnt. */
  spawned(node: number): void {
    this.#add(-node, 0)
  }

  /** The first node of a thread that is started at a node was learnt. */
  started(node: number, thread: number): void {
    this.#add(-node, thread + 1)
  }

  /**
   * All entries: a node and a result each; a negative node is one at which a thread is spawned (0), or started (1 + its
   * index).
   */
  get entries(): Int32Array<ArrayBuffer> {
    return this.#entries.slice(0, 2 * this.count)
  }

  #add(node: number, result: number): void {
    const at = 2 * this.count++
    if (at === this.#entries.length) {
      const larger = new Int32Array(at * 2)
      larger.set(this.#entries)
      this.#entries = larger
    }
    this.#entries[at] = node
    this.#entries[at + 1] = result
  }
}
