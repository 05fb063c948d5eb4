/**
 * The engine's instruction set: what an operation does to one word, as pure functions on integers. Core objects are
 * expressed in it, so that the search never calls a method on its hot path; everything else is a `Contract`.
 */
export const Code = {
  /** A thread that has not been spawned yet (word 0). */
  None: 0,
  /** Ended with the result whose id is operand `a`. */
  End: 1,
  /** Ended by an uncaught error whose text's id is operand `a`. */
  Failed: 2,
  Load: 3,
  Store: 4,
  Add: 5,
  Exchange: 6,
  CompareExchange: 7,
  Acquire: 8,
  TryAcquire: 9,
  Release: 10,
  Join: 11,
  Spawn: 12,
  Pause: 13,
  Choose: 14,
  Assume: 15,
  Contract: 16,
} as const
export type Code = (typeof Code)[keyof typeof Code]

/** Low bits of a node's first field; flags are above them. */
export const CODE_MASK = 0xff
/** The word holds an interned value, not an integer. */
export const FLAG_VALUE = 0x100
/** A plain (unsynchronised) access: takes part in data races. */
export const FLAG_PLAIN = 0x200
/** The operation writes to its word in every case (an unsuccessful compare-and-exchange does not). */
export const FLAG_WRITES = 0x400
/** The thread is a daemon: the program does not wait for it. */
export const FLAG_DAEMON = 0x800

/** The word afterwards is `(before & keep) + a`, and the result `before & give`: steps of this form need no branches. */
export const FLAG_LINEAR = 0x1000
/** `keep` is all ones instead of 0. */
export const FLAG_KEEPS = 0x2000
/** `give` is all ones instead of 0. */
export const FLAG_GIVES = 0x4000

/** A thread that is blocked here is not waited for by the program. */
export const FLAG_IDLE = 0x40000

/** The form holds only under a condition: an acquire finds its word free, a release does not, a sum does not overflow. */
export const FLAG_GUARDED = 0x8000

/** A step that says that its thread gets on: what starvation is told by. */
export const FLAG_PROGRESS = 0x10000

/** Not an operation: the end of a thread whose process was ended. */
export const FLAG_KILLED = 0x20000

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
