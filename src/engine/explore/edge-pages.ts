const PAGE_BITS = 16
const PAGE_SIZE = 1 << PAGE_BITS
const PAGE_MASK = PAGE_SIZE - 1

/** Edges as pairs (target, thread), by number; grows by pages, so that no push copies. */
export class EdgePages {
  readonly targetPages: Int32Array<ArrayBuffer>[] = []
  readonly threadPages: Uint16Array<ArrayBuffer>[] = []
  length = 0
  #targets = new Int32Array(0)
  #threads = new Uint16Array(0)

  constructor() {
    this.#addPage()
  }

  push(target: number, thread: number): void {
    const at = this.length++ & PAGE_MASK
    if (at === 0 && this.length > 1) this.#addPage()
    this.#targets[at] = target
    this.#threads[at] = thread
  }

  target(edge: number): number {
    return this.targetPages[edge >>> PAGE_BITS]![edge & PAGE_MASK]!
  }

  thread(edge: number): number {
    return this.threadPages[edge >>> PAGE_BITS]![edge & PAGE_MASK]!
  }

  /** Makes these the first `length` edges of these pages. */
  restore(
    targets: readonly Int32Array<ArrayBuffer>[],
    threads: readonly Uint16Array<ArrayBuffer>[],
    length: number,
  ): void {
    this.targetPages.splice(0, this.targetPages.length, ...targets)
    this.threadPages.splice(0, this.threadPages.length, ...threads)
    this.length = length
    this.#targets = this.targetPages.at(-1)!
    this.#threads = this.threadPages.at(-1)!
  }

  get bytes(): number {
    return this.targetPages.length * PAGE_SIZE * 6
  }

  #addPage(): void {
    this.#targets = new Int32Array(PAGE_SIZE)
    this.#threads = new Uint16Array(PAGE_SIZE)
    this.targetPages.push(this.#targets)
    this.threadPages.push(this.#threads)
  }
}
