// More tasks than this are cancelled in the order in which they are named: the orders of five are 120.
const MOST_ORDERED = 4

/**
 * The orders in which several tasks may be cancelled at once, where CPython goes through a set, which has none: all orders of a few tasks,
 * the given order of many.
 */
export function orderings(tasks: readonly string[]): readonly (readonly string[])[] {
  if (tasks.length > MOST_ORDERED || tasks.length < 2) return [tasks]
  return tasks.flatMap((task, i) =>
    orderings([...tasks.slice(0, i), ...tasks.slice(i + 1)]).map((others) => [task, ...others]),
  )
}
