/** A call of a method as reports tell of it. */
export interface CallFacts {
  /** The thread's name. */
  readonly thread: string
  readonly method: string
  readonly args: readonly unknown[]
  /** What it has returned; absent while it has not. A method that throws returns `{ throws: text }`. */
  readonly result?: unknown
  /** The step of the trace at which it is called, and at which it returns: null if it does not. */
  readonly from: number
  readonly to: number | null
}

/** The calls of an object's methods that no sequential order explains. */
export interface HistoryFacts {
  /** The property that fails. */
  readonly property: string
  readonly object: string
  /** In the order in which they are called. */
  readonly calls: readonly CallFacts[]
  /** The position of the call whose result cannot be explained: without it, an order could be found. */
  readonly unexplained: number
  /** What it might have returned instead. */
  readonly possible: readonly unknown[]
}
