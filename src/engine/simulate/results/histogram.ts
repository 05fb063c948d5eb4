const BITS = 5
const STEPS = 1 << BITS
const HALF = 2 ** 32

/**
 * How often which durations have occurred: whole picoseconds below 2^53, in buckets whose width grows with what is in them, 32 for
 * each doubling. Count, sum, least and largest are exact, and so are quantiles below 64; others are at most 1/64 (1.6 %) away from
 * the truth. Memory does not grow with how much is counted: 14 KB at most.
 */
export class Histogram {
  count = 0
  /** Of all; exact below 2^53. */
  sum = 0
  /** 0 if nothing has been counted. */
  max = 0
  #min = Infinity
  #buckets = new Float64Array(STEPS)

  /** The least; 0 if nothing has been counted. */
  get min(): number {
    return this.count === 0 ? 0 : this.#min
  }

  add(duration: number): void {
    const bucket = bucketOf(duration)
    if (bucket >= this.#buckets.length) this.#grow(bucket)
    this.#buckets[bucket]!++
    this.count++
    this.sum += duration
    if (duration < this.#min) this.#min = duration
    if (duration > this.max) this.max = duration
  }

  /** The duration that a share of all, from 0 to 1, do not exceed; 0 if nothing has been counted. */
  quantile(share: number): number {
    let left = Math.max(1, Math.ceil(share * this.count))
    if (left >= this.count) return this.max
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      left -= this.#buckets[bucket]!
      if (left <= 0) return Math.min(this.max, Math.max(this.#min, middleOf(bucket)))
    }
    return this.max
  }

  #grow(bucket: number): void {
    const larger = new Float64Array(STEPS * (Math.floor(bucket / STEPS) + 2))
    larger.set(this.#buckets)
    this.#buckets = larger
  }
}

/** Each duration up to 63 has a bucket of its own; beyond, those whose first six bits are the same share one. */
function bucketOf(duration: number): number {
  if (duration < 2 * STEPS) return duration
  const high = Math.floor(duration / HALF)
  const exponent = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(duration)
  const shift = exponent - BITS
  return shift * STEPS + Math.floor(duration / 2 ** shift)
}

function middleOf(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket
  const shift = Math.floor(bucket / STEPS) - 1
  const width = 2 ** shift
  return (bucket - shift * STEPS) * width + (width - 1) / 2
}
