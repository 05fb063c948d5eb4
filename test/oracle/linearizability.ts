/** A call of a history as an outside observer writes it down: moments are whole numbers, none of them twice. */
export interface ObservedCall {
  readonly thread: string
  readonly method: string
  readonly args: readonly unknown[]
  readonly called: number
  /** Null while it has not returned. */
  readonly returned: number | null
  readonly result: unknown
}

/** What one thread alone sees of an object: null where a call cannot return yet. */
export type Sequential = (
  state: unknown,
  method: string,
  args: readonly unknown[],
) => { readonly state: unknown; readonly result: unknown } | null

/**
 * Whether a history is linearizable, by definition: some choice of the calls that have not returned, together with all that
 * have, can be written one after the other, no call before another that had returned when it was made, so that the object
 * gives every call that has returned its result. All choices and all permutations are tried.
 */
export function isExplained(calls: readonly ObservedCall[], initial: unknown, object: Sequential): boolean {
  const pending = calls.filter(({ returned }) => returned === null)
  const complete = calls.filter(({ returned }) => returned !== null)
  return subsetsOf(pending).some((chosen) =>
    permutationsOf([...complete, ...chosen]).some(
      (order) => respectsTime(order) && givesResults(order, initial, object),
    ),
  )
}

function subsetsOf<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])], [[]])
}

function permutationsOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) =>
    permutationsOf([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  )
}

function respectsTime(order: readonly ObservedCall[]): boolean {
  return order.every((call, i) =>
    order.slice(i + 1).every((later) => later.returned === null || later.returned > call.called),
  )
}

function givesResults(order: readonly ObservedCall[], initial: unknown, object: Sequential): boolean {
  let state = initial
  for (const { method, args, returned, result } of order) {
    const effect = object(state, method, args)
    if (effect === null) return false
    if (returned !== null && JSON.stringify(effect.result) !== JSON.stringify(result)) return false
    state = effect.state
  }
  return true
}
