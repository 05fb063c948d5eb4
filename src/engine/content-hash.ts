/**
 * Hashes of contents, never of ids: two processes that meet the same state in another order agree on its hash.
 * A hash is two lanes of 32 bits, each with constants of its own.
 */

/** Spreads one word over 32 bits (the finaliser "lowbias32" of C. Wellons' hash prospector; a bijection). */
export function mix(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return h ^ (h >>> 16)
}

/** One lane's contribution of a word with that content; contributions are combined with xor. */
export function contribution(seed: number, content: number): number {
  let h = (content + seed) | 0
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return h ^ (h >>> 16)
}

/** Extends a running hash by one word; order matters. */
export function chain(hash: number, word: number): number {
  return mix((Math.imul(hash, 0x9e3779b1) ^ word) + 0x7f4a7c15)
}

/** Hash of a text for the lane that `seed` selects. */
export function hashText(text: string, seed: number): number {
  let h = mix(seed ^ text.length)
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) ^ (h >>> 15)
  return mix(h)
}

/** Seeds of the two lanes. */
export const LANE_1 = 0x243f6a88
export const LANE_2 = 0x13198a2e | 0
