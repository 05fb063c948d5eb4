const FIRST_ROOM = 16

/**
 * When something that serves one at a time is busy: a bus, a link, a controller. As long as requests come in the order of
 * time this is a single number, busy until. But a stream, or a line that is waited for, asks for times to come; so what is
 * taken is a list of intervals, and a request takes the first free time from its moment on, in pieces if need be: no free
 * time is lost to others.
 */
export class Occupancy {
  #starts = new Float64Array(FIRST_ROOM)
  #ends = new Float64Array(FIRST_ROOM)
  /** The intervals are those from `#first` to before `#end`, apart from each other and in the order of time. */
  #first = 0
  #end = 0
  /** ps in use so far. */
  busy = 0
  bytes = 0

  /**
   * Takes `duration` from `at` on and returns how long that is delayed. What was taken before `now` is forgotten: no later
   * request may be for a time before it.
   */
  take(now: number, at: number, duration: number, bytes: number): number {
    this.bytes += bytes
    if (duration === 0) return 0
    this.busy += duration
    while (this.#first < this.#end && this.#ends[this.#first]! <= now) this.#first++
    if (this.#first === this.#end) {
      this.#first = 0
      this.#end = 0
    }
    if (this.#end === this.#starts.length) this.#makeRoom()
    const from = this.#firstEndingFrom(at)
    if (from === this.#end) {
      this.#append(at, at + duration)
      return 0
    }
    return this.#fill(from, at, duration)
  }

  /** Takes free time from `at` on, where `from` is the first interval that ends there or later: all that it meets become one. */
  #fill(from: number, at: number, duration: number): number {
    let start = at
    let end = at
    let left = duration
    let next = from
    if (this.#starts[from]! <= at) {
      start = this.#starts[from]!
      end = this.#ends[next++]!
    }
    while (next < this.#end && left >= this.#starts[next]! - end) {
      left -= this.#starts[next]! - end
      end = this.#ends[next++]!
      if (left === 0) break
    }
    // With nothing left, the last piece ends where the interval that was met last begins.
    const finish = left === 0 ? this.#starts[next - 1]! : end + left
    this.#replace(from, next, start, end + left)
    return finish - duration - at
  }

  /** Binary search: the first interval that ends at or after `time`. */
  #firstEndingFrom(time: number): number {
    let low = this.#first
    let high = this.#end
    if (low === high || this.#ends[high - 1]! < time) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#ends[middle]! < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Puts one interval in the place of those from `from` to before `to`. */
  #replace(from: number, to: number, start: number, end: number): void {
    if (from === to) {
      this.#append(0, 0)
      this.#starts.copyWithin(from + 1, from, this.#end - 1)
      this.#ends.copyWithin(from + 1, from, this.#end - 1)
    } else if (to - from > 1) {
      this.#starts.copyWithin(from + 1, to, this.#end)
      this.#ends.copyWithin(from + 1, to, this.#end)
      this.#end -= to - from - 1
    }
    this.#starts[from] = start
    this.#ends[from] = end
  }

  #append(start: number, end: number): void {
    this.#starts[this.#end] = start
    this.#ends[this.#end++] = end
  }

  #makeRoom(): void {
    const wanted = this.#first > 0 ? this.#starts.length : this.#starts.length * 2
    this.#starts = moved(this.#starts, this.#first, wanted)
    this.#ends = moved(this.#ends, this.#first, wanted)
    this.#end -= this.#first
    this.#first = 0
  }
}

/** What begins at `first`, in an array of that length: the same one if that is its length. */
function moved(array: Float64Array<ArrayBuffer>, first: number, length: number): Float64Array<ArrayBuffer> {
  if (length === array.length) return array.copyWithin(0, first)
  const longer = new Float64Array(length)
  longer.set(array)
  return longer
}
