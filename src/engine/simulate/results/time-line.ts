const FIRST_WIDTH = 1000
const BUCKETS = 512

/**
 * What rows (cores, threads) do over time, in a fixed number of buckets whatever the length of the run: when time goes beyond the
 * last, two become one. A bucket shows what took most of it, by a weighted majority vote: exact if that took more than half.
 */
export class TimeLine {
  /** Picoseconds of a bucket. */
  width = FIRST_WIDTH
  readonly #values: Int32Array[] = []
  readonly #weights: Float64Array[] = []
  // By row: what it does, and since when.
  readonly #current: number[] = []
  readonly #since: number[] = []

  /** How many rows there are. */
  get rows(): number {
    return this.#values.length
  }

  /** From now on a row does something else; rows begin when they are first told. */
  set(row: number, value: number, now: number): void {
    while (this.#values.length <= row) this.#addRow()
    this.#fill(row, now)
    this.#current[row] = value
    this.#since[row] = now
  }

  /** The run ends now. */
  end(now: number): void {
    for (let row = 0; row < this.rows; row++) {
      this.#fill(row, now)
      this.#since[row] = now
    }
  }

  /** What a row did in `columns` equal parts of the time up to `end`; −1 where it did nothing that was told. */
  row(row: number, columns: number, end: number): number[] {
    const values = this.#values[row]
    const weights = this.#weights[row]
    if (values === undefined || weights === undefined) return Array.from({ length: columns }, () => -1)
    const shown: number[] = []
    for (let column = 0; column < columns; column++) {
      const from = Math.floor((column * end) / columns / this.width)
      const to = Math.max(from + 1, Math.ceil(((column + 1) * end) / columns / this.width))
      const sums = new Map<number, number>()
      for (let i = from; i < Math.min(to, BUCKETS); i++)
        if (weights[i]! > 0) sums.set(values[i]!, (sums.get(values[i]!) ?? 0) + weights[i]!)
      let best = -1
      for (const [value, weight] of sums) if (weight > (sums.get(best) ?? 0)) best = value
      shown.push(best)
    }
    return shown
  }

  #addRow(): void {
    this.#values.push(new Int32Array(BUCKETS).fill(-1))
    this.#weights.push(new Float64Array(BUCKETS))
    this.#current.push(-1)
    this.#since.push(0)
  }

  #fill(row: number, now: number): void {
    const value = this.#current[row]!
    let from = this.#since[row]!
    if (value === -1 || from === now) return
    while (now > this.width * BUCKETS) this.#halve()
    for (let bucket = Math.floor(from / this.width); from < now; bucket++) {
      const to = Math.min(now, (bucket + 1) * this.width)
      this.#vote(row, bucket, value, to - from)
      from = to
    }
  }

  #vote(row: number, bucket: number, value: number, weight: number): void {
    const values = this.#values[row]!
    const weights = this.#weights[row]!
    if (values[bucket] === value) weights[bucket]! += weight
    else if (weights[bucket]! >= weight) weights[bucket]! -= weight
    else {
      values[bucket] = value
      weights[bucket] = weight - weights[bucket]!
    }
  }

  #halve(): void {
    this.width *= 2
    for (let row = 0; row < this.rows; row++) {
      const values = this.#values[row]!
      const weights = this.#weights[row]!
      for (let i = 0; i < BUCKETS / 2; i++) {
        values[i] = values[2 * i]!
        weights[i] = weights[2 * i]!
        this.#vote(row, i, values[2 * i + 1]!, weights[2 * i + 1]!)
      }
      values.fill(-1, BUCKETS / 2)
      weights.fill(0, BUCKETS / 2)
    }
  }
}
