const FIRST_PIECE = 1 << 10
const LARGEST_PIECE = 1 << 18
const HALF = 2 ** 32

/** Records of integers, one after the other, in pieces that are never copied: 4 bytes an integer, 8 a time. */
export class EventLog {
  readonly #pieces: Int32Array[] = []
  /** How much of each full piece is used: no record is cut in two. */
  readonly #used: number[] = []
  #piece = new Int32Array(FIRST_PIECE)
  #at = 0
  /** How many records there are. */
  records = 0

  /** Begins a record of so many integers, a time counting as two. */
  begin(integers: number): void {
    this.records++
    if (this.#at + integers <= this.#piece.length) return
    this.#pieces.push(this.#piece)
    this.#used.push(this.#at)
    this.#piece = new Int32Array(Math.max(integers, Math.min(LARGEST_PIECE, 2 * this.#piece.length)))
    this.#at = 0
  }

  /** The next integer of the record, of 32 bits. */
  put(integer: number): void {
    this.#piece[this.#at++] = integer
  }

  /** The next two: a time in picoseconds, whole and from 0. */
  putTime(time: number): void {
    this.#piece[this.#at++] = time
    this.#piece[this.#at++] = time / HALF
  }

  /** Reads the records from the first to the last there is now. */
  read(): EventReader {
    return new EventReader([...this.#pieces, this.#piece], [...this.#used, this.#at])
  }
}

/** Goes through the records of a log; whoever reads knows what they are made of. */
export class EventReader {
  readonly #pieces: readonly Int32Array[]
  readonly #used: readonly number[]
  #piece = 0
  #at = 0

  constructor(pieces: readonly Int32Array[], used: readonly number[]) {
    this.#pieces = pieces
    this.#used = used
  }

  /** Whether there is another record; asked between records only. */
  get hasMore(): boolean {
    while (this.#piece < this.#used.length && this.#at === this.#used[this.#piece]) {
      this.#piece++
      this.#at = 0
    }
    return this.#piece < this.#used.length
  }

  next(): number {
    return this.#pieces[this.#piece]![this.#at++]!
  }

  nextTime(): number {
    const low = this.next() >>> 0
    return low + this.next() * HALF
  }
}
