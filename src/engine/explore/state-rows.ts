const ROW_BITS = 10
/** States a page. */
export const ROWS_PER_PAGE = 1 << ROW_BITS
/** Where a row's words begin, after the two lanes of its hash. */
export const ROW_WORDS = 2

/** Rows as plain data. */
export interface SavedRows {
  readonly pages: readonly Int32Array<ArrayBuffer>[]
  readonly count: number
  readonly stride: number
}

/** States stored one after the other, each as its hash and its words; grows by pages, so that growing never copies. */
export class StateRows {
  pages: Int32Array<ArrayBuffer>[] = []
  count = 0
  stride: number

  constructor(width: number) {
    this.stride = ROW_WORDS + width
  }

  get bytes(): number {
    return this.pages.length * ROWS_PER_PAGE * this.stride * 4
  }

  page(index: number): Int32Array<ArrayBuffer> {
    return this.pages[index >>> ROW_BITS]!
  }

  base(index: number): number {
    return (index & (ROWS_PER_PAGE - 1)) * this.stride
  }

  /** Makes room for one more row and returns its index; its content is whatever was there. */
  append(): number {
    const index = this.count++
    if (index >>> ROW_BITS === this.pages.length) this.pages.push(new Int32Array(ROWS_PER_PAGE * this.stride))
    return index
  }

  /** Empties it, keeping the pages for the next use. */
  clear(): void {
    this.count = 0
  }

  /** What `restore` needs. */
  get saved(): SavedRows {
    return { pages: this.pages.slice(0, Math.ceil(this.count / ROWS_PER_PAGE)), count: this.count, stride: this.stride }
  }

  restore({ pages, count, stride }: SavedRows): void {
    this.pages = [...pages]
    this.count = count
    this.stride = stride
  }

  /** Sets one word of every row, in use or not. */
  fill(word: number, content: number): void {
    for (const page of this.pages)
      for (let at = ROW_WORDS + word; at < page.length; at += this.stride) page[at] = content
  }

  /** Widens every row to `width` words; new words are 0. */
  widen(width: number): void {
    const stride = ROW_WORDS + width
    this.pages = this.pages.map((page) => {
      const wider = new Int32Array(ROWS_PER_PAGE * stride)
      for (let row = 0; row < ROWS_PER_PAGE; row++) {
        for (let i = 0; i < this.stride; i++) wider[row * stride + i] = page[row * this.stride + i]!
      }
      return wider
    })
    this.stride = stride
  }
}
