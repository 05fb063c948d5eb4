import * as Code from './code.js'
import { FLAG_GIVES, FLAG_GUARDED, FLAG_KEEPS, FLAG_LINEAR } from './node-head.js'

/** The linear form of an instruction as flags; 0 if it has none. */
export function linearForm(code: number): number {
  switch (code) {
    case Code.Load:
      return FLAG_LINEAR | FLAG_KEEPS | FLAG_GIVES
    case Code.Add:
      return FLAG_LINEAR | FLAG_KEEPS | FLAG_GIVES | FLAG_GUARDED
    case Code.Exchange:
      return FLAG_LINEAR | FLAG_GIVES
    case Code.Store:
      return FLAG_LINEAR
    case Code.Acquire:
    case Code.Release:
      return FLAG_LINEAR | FLAG_GUARDED
    case Code.Pause:
      return FLAG_LINEAR | FLAG_KEEPS
    default:
      return 0
  }
}

/** Result word of a release that found the lock free. */
export const MISUSE = 1

/** The word after the step. `self` is the acting thread's index. */
export function stored(code: number, word: number, a: number, b: number, self: number): number {
  switch (code) {
    case Code.Store:
    case Code.Exchange:
      return a
    case Code.Add:
      return (word + a) | 0
    case Code.CompareExchange:
      return word === a ? b : word
    case Code.Acquire:
      return self + 1
    case Code.TryAcquire:
      return word === 0 ? self + 1 : word
    case Code.Release:
      return 0
    case Code.Spawn:
      return b
    default:
      return word
  }
}

/** The result of the step as a word: an integer, or the id of an interned value where the word holds values. */
export function resulting(code: number, word: number, way: number): number {
  switch (code) {
    case Code.Load:
    case Code.Add:
    case Code.Exchange:
    case Code.CompareExchange:
      return word
    case Code.TryAcquire:
    case Code.Release:
      return word === 0 ? 1 : 0
    case Code.Choose:
      return way
    default:
      return 0
  }
}

/** Whether an addition leaves the 32 bits of an integer word. */
export function overflows(word: number, delta: number): boolean {
  return ((word + delta) | 0) !== word + delta
}
