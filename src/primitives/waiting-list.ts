/**
 * Identities of threads that wait, in plain data. The order in which they came is forgotten on purpose: nothing depends on
 * it, and states that differ in nothing else are one.
 */
export type WaitingList = readonly string[]

export function joined(list: WaitingList, self: string): WaitingList {
  return [...list, self].sort()
}

/** The list without one entry of `self`: the very same list if there is none. */
export function left(list: WaitingList, self: string): WaitingList {
  const at = list.indexOf(self)
  return at < 0 ? list : list.toSpliced(at, 1)
}
