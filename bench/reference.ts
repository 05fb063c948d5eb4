/* The reachable states of the three programs, walked breadth first by a search that shares nothing with the engine:
 * it is what both the engine and SPIN are held against.
 *
 * A thread is a function from the results it has received to its next operation, or to nothing when it has ended.
 */

export interface Operation {
  readonly cell: number
  readonly enabled?: (value: number) => boolean
  readonly apply: (value: number) => { readonly value: number; readonly result: number }
}

export interface Model {
  readonly cells: readonly number[]
  readonly threads: readonly ((results: readonly number[]) => Operation | undefined)[]
}

export interface Counts {
  readonly states: number
  readonly transitions: number
  readonly interleavings: bigint
}

interface State {
  readonly cells: readonly number[]
  readonly results: readonly (readonly number[])[]
}

const read = (cell: number): Operation => ({ cell, apply: (value) => ({ value, result: value }) })
const write = (cell: number, written: number): Operation => ({ cell, apply: () => ({ value: written, result: 0 }) })
const acquire = (cell: number): Operation => ({
  cell,
  enabled: (value) => value === 0,
  apply: () => ({ value: 1, result: 0 }),
})
const range = (length: number): number[] => Array.from({ length }, (_, index) => index)

export function lastzero(n: number): Model {
  const reader = (results: readonly number[]) => (results.at(-1) === 0 ? undefined : read(n - results.length))
  const writer = (j: number) => (results: readonly number[]) =>
    [read(j - 1), write(j, results[0] + 1), undefined][results.length]
  return { cells: range(n + 1).map(() => 0), threads: [reader, ...range(n).map((j) => writer(j + 1))] }
}

export function philosophers(n: number): Model {
  const philosopher = (i: number) => {
    const low = Math.min(i, (i + 1) % n)
    const high = Math.max(i, (i + 1) % n)
    const steps = [acquire(low), acquire(high), write(high, 0), write(low, 0)]
    return (results: readonly number[]) => steps[results.length]
  }
  return { cells: range(n).map(() => 0), threads: range(n).map(philosopher) }
}

export function counter(threads: number, increments: number): Model {
  const adder = (results: readonly number[]) => {
    if (results.length === 2 * increments) return undefined
    return results.length % 2 === 0 ? read(0) : write(0, results[results.length - 1] + 1)
  }
  return { cells: [0], threads: range(threads).map(() => adder) }
}

export function count(model: Model): Counts {
  const initial: State = { cells: model.cells, results: model.threads.map(() => []) }
  const paths = new Map([[key(model, initial), 1n]])
  let level = [initial]
  let transitions = 0
  let interleavings = 0n
  // Every transition lengthens the results of one thread: a level holds all the states that many steps away, and the
  // paths to a state are all known when its level is walked.
  while (level.length > 0) {
    const next: State[] = []
    for (const state of level) {
      const arriving = paths.get(key(model, state))!
      const successors = successorsOf(model, state)
      transitions += successors.length
      if (successors.length === 0) interleavings += arriving
      for (const successor of successors) {
        const name = key(model, successor)
        const known = paths.get(name)
        if (known === undefined) next.push(successor)
        paths.set(name, (known ?? 0n) + arriving)
      }
    }
    level = next
  }
  return { states: paths.size, transitions, interleavings }
}

function successorsOf(model: Model, { cells, results }: State): State[] {
  return model.threads.flatMap((thread, index) => {
    const operation = thread(results[index])
    if (operation === undefined || operation.enabled?.(cells[operation.cell]) === false) return []
    const { value, result } = operation.apply(cells[operation.cell])
    return [{ cells: cells.with(operation.cell, value), results: results.with(index, [...results[index], result]) }]
  })
}

/** A thread which has ended keeps the number of its steps alone; none of these threads returns a value. */
function key(model: Model, { cells, results }: State): string {
  const positions = results.map((own, index) => (model.threads[index](own) === undefined ? own.length : own))
  return JSON.stringify([cells, positions])
}
