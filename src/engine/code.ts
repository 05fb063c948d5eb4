// The engine's instruction set: what an operation does to one word. Core objects are expressed in it, so that the search
// never calls a method on its hot path; everything else is a `Contract`. Constants are in files without imports, because
// only there does the bundler see that they are constants, and puts them in as numbers.

/** A thread that has not been spawned yet (word 0). */
export const None = 0
/** Ended with the result whose id is operand `a`. */
export const End = 1
/** Ended by an uncaught error whose text's id is operand `a`. */
export const Failed = 2
export const Load = 3
export const Store = 4
export const Add = 5
export const Exchange = 6
export const CompareExchange = 7
export const Acquire = 8
export const TryAcquire = 9
export const Release = 10
export const Join = 11
export const Spawn = 12
export const Pause = 13
export const Choose = 14
export const Assume = 15
export const Contract = 16

/** Any of them. */
export type Any =
  | typeof None
  | typeof End
  | typeof Failed
  | typeof Load
  | typeof Store
  | typeof Add
  | typeof Exchange
  | typeof CompareExchange
  | typeof Acquire
  | typeof TryAcquire
  | typeof Release
  | typeof Join
  | typeof Spawn
  | typeof Pause
  | typeof Choose
  | typeof Assume
  | typeof Contract

/** By code, as bits: what can always step, and in one way. */
export const ONE_WAY =
  (1 << Load) |
  (1 << Store) |
  (1 << Add) |
  (1 << Exchange) |
  (1 << CompareExchange) |
  (1 << TryAcquire) |
  (1 << Release) |
  (1 << Spawn) |
  (1 << Pause)
