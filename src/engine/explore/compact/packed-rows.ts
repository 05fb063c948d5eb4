const ROW_BITS = 10
const ROWS_PER_PAGE = 1 << ROW_BITS
/** Bytes of a row's hash, which come first. */
const HASH_BYTES = 8

/**
 * States stored one after the other, each as its hash and its words. A word takes one byte in every row as long as its
 * contents so far fit in one, else two, else four: most words of most programs never hold much.
 */
export class PackedRows {
  count = 0
  #pages: Uint8Array<ArrayBuffer>[] = []
  // Bytes of each word.
  #widths: Uint8Array<ArrayBuffer>
  #stride: number

  constructor(words: number) {
    this.#widths = new Uint8Array(words).fill(1)
    this.#stride = HASH_BYTES + words
  }

  get bytes(): number {
    return this.#pages.length * ROWS_PER_PAGE * this.#stride
  }

  /** Adds a row. */
  append(words: Int32Array, hash1: number, hash2: number): void {
    const widths = this.#widths
    const index = this.count++
    if (index >>> ROW_BITS === this.#pages.length) this.#pages.push(new Uint8Array(ROWS_PER_PAGE * this.#stride))
    const page = this.#pages[index >>> ROW_BITS]!
    let at = (index & (ROWS_PER_PAGE - 1)) * this.#stride
    put(page, at, 4, hash1)
    put(page, at + 4, 4, hash2)
    at += HASH_BYTES
    for (let word = 0; word < widths.length; word++) {
      const content = words[word]!
      const width = widths[word]!
      if (width < 4 && content >>> (8 * width) !== 0) {
        this.count--
        this.#widen(word, content >>> 16 === 0 ? 2 : 4)
        return this.append(words, hash1, hash2)
      }
      put(page, at, width, content)
      at += width
    }
  }

  /** Copies a row's words into `words`. */
  read(index: number, words: Int32Array): void {
    const widths = this.#widths
    const page = this.#pages[index >>> ROW_BITS]!
    let at = this.#base(index) + HASH_BYTES
    for (let word = 0; word < widths.length; word++) {
      const width = widths[word]!
      words[word] = get(page, at, width)
      at += width
    }
  }

  hash1(index: number): number {
    return get(this.#pages[index >>> ROW_BITS]!, this.#base(index), 4)
  }

  hash2(index: number): number {
    return get(this.#pages[index >>> ROW_BITS]!, this.#base(index) + 4, 4)
  }

  /** Empties it, keeping the pages for the next use. */
  clear(): void {
    this.count = 0
  }

  /** Adds words, which have the same content in every row. */
  addWords(contents: readonly number[]): void {
    const widths = new Uint8Array(this.#widths.length + contents.length)
    widths.set(this.#widths)
    contents.forEach((content, i) => {
      widths[this.#widths.length + i] = content >>> 8 === 0 ? 1 : content >>> 16 === 0 ? 2 : 4
    })
    this.#arrange(widths, contents)
  }

  #base(index: number): number {
    return (index & (ROWS_PER_PAGE - 1)) * this.#stride
  }

  #widen(word: number, width: number): void {
    const widths = this.#widths.slice()
    widths[word] = width
    this.#arrange(widths, [])
  }

  /** Lays every row out afresh. */
  #arrange(widths: Uint8Array<ArrayBuffer>, added: readonly number[]): void {
    const old = this.#widths
    const oldStride = this.#stride
    this.#widths = widths
    this.#stride = widths.reduce((total, width) => total + width, HASH_BYTES)
    this.#pages = this.#pages.map((page) => {
      const arranged = new Uint8Array(ROWS_PER_PAGE * this.#stride)
      for (let row = 0; row < ROWS_PER_PAGE; row++) {
        let from = row * oldStride
        let to = row * this.#stride
        for (let byte = 0; byte < HASH_BYTES; byte++) arranged[to++] = page[from++]!
        for (let word = 0; word < widths.length; word++) {
          const content = word < old.length ? get(page, from, old[word]!) : added[word - old.length]!
          put(arranged, to, widths[word]!, content)
          from += old[word] ?? 0
          to += widths[word]!
        }
      }
      return arranged
    })
  }
}

function put(page: Uint8Array, at: number, width: number, content: number): void {
  page[at] = content
  if (width === 1) return
  page[at + 1] = content >>> 8
  if (width === 2) return
  page[at + 2] = content >>> 16
  page[at + 3] = content >>> 24
}

function get(page: Uint8Array, at: number, width: number): number {
  if (width === 1) return page[at]!
  const low = page[at]! | (page[at + 1]! << 8)
  return width === 2 ? low : low | (page[at + 2]! << 16) | (page[at + 3]! << 24)
}
