const PAGE_BITS = 16
const PAGE_SIZE = 1 << PAGE_BITS
const PAGE_MASK = PAGE_SIZE - 1

/** A sequence of 32-bit integers that grows by pages: growing never copies, so no push is slow. */
export class IntPages {
  readonly pages: Int32Array<ArrayBuffer>[] = []
  length = 0
  #last = new Int32Array(0)

  constructor() {
    this.#addPage()
  }

  push(value: number): void {
    const at = this.length++ & PAGE_MASK
    if (at === 0 && this.length > 1) this.#addPage()
    this.#last[at] = value
  }

  get(index: number): number {
    return this.pages[index >>> PAGE_BITS]![index & PAGE_MASK]!
  }

  /** Makes this the sequence of the first `length` integers of these pages. */
  restore(pages: readonly Int32Array<ArrayBuffer>[], length: number): void {
    this.pages.splice(0, this.pages.length, ...pages)
    this.length = length
    this.pages.length = Math.max(1, Math.ceil(length / PAGE_SIZE))
    this.#last = this.pages.at(-1)!
  }

  get bytes(): number {
    return this.pages.length * PAGE_SIZE * 4
  }

  #addPage(): void {
    this.#last = new Int32Array(PAGE_SIZE)
    this.pages.push(this.#last)
  }
}
