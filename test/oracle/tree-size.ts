import {
  allStatements,
  changeBodies,
  ownBodies,
  type Body,
  type Spawn,
  type Statement,
  type ThreadTree,
} from './program-tree.js'

interface Size {
  readonly steps: number
  readonly ways: number
}

const NOTHING: Size = { steps: 0, ways: 1 }
const ONE_STEP: Size = { steps: 1, ways: 1 }

function inSequence(...sizes: Size[]): Size {
  return sizes.reduce((sum, size) => ({ steps: sum.steps + size.steps, ways: sum.ways * size.ways }), NOTHING)
}

function largest(first: Size, second: Size): Size {
  return { steps: Math.max(first.steps, second.steps), ways: Math.max(first.ways, second.ways) }
}

function times(size: Size, count: number): Size {
  return { steps: size.steps * count, ways: size.ways ** count }
}

function sizeOf(statement: Statement): Size {
  switch (statement.kind) {
    case 'set':
    case 'claim':
    case 'print':
    case 'throw':
      return NOTHING
    case 'choose':
      return { steps: 1, ways: statement.ways }
    case 'locked':
      return inSequence(times(ONE_STEP, 2 * statement.locks.length), sizeOfBody(statement.body))
    case 'tryLocked':
      return inSequence(ONE_STEP, ONE_STEP, largest(sizeOfBody(statement.body), sizeOfBody(statement.otherwise)))
    case 'branch':
      return largest(sizeOfBody(statement.body), sizeOfBody(statement.otherwise))
    case 'repeat':
      return times(sizeOfBody(statement.body), statement.times)
    case 'spawn':
      return inSequence(ONE_STEP, sizeOfBody(statement.between), statement.joinInto === null ? NOTHING : ONE_STEP)
    default:
      return ONE_STEP
  }
}

function sizeOfBody(body: Body): Size {
  return inSequence(...body.map(sizeOf))
}

function withChildren(thread: ThreadTree): ThreadTree[] {
  const children = allStatements(thread.body).flatMap((statement) =>
    statement.kind === 'spawn' ? statement.child : [],
  )
  return [thread, ...children]
}

function binomial(n: number, k: number): number {
  let result = 1
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i
  return result
}

/** An upper bound on the number of interleavings: as if nothing ever blocked and every branch were the longest. */
export function interleavingsBound(threads: readonly ThreadTree[]): number {
  let steps = 0
  let bound = 1
  for (const size of threads.flatMap(withChildren).map((thread) => sizeOfBody(thread.body))) {
    steps += size.steps
    bound *= binomial(steps, size.steps) * size.ways
  }
  return bound
}

function shorten(body: Body): Body {
  const last = body.at(-1)
  if (last === undefined) return body
  const start = body.slice(0, -1)
  if (last.kind === 'spawn') return [...start, ...shortenSpawn(last)]
  const inside = ownBodies(last)
  if (inside.every((inner) => inner.length === 0)) return start
  return [...start, changeBodies(last, shorten)]
}

function shortenSpawn(spawn: Spawn): Body {
  if (spawn.child.body.length === 0 && spawn.between.length === 0) return []
  return [changeBodies(spawn, shorten)]
}

function stepsWithChildren(thread: ThreadTree): number {
  return withChildren(thread).reduce((sum, one) => sum + sizeOfBody(one.body).steps, 0)
}

function shortenLongest(threads: readonly ThreadTree[]): ThreadTree[] {
  const lengths = threads.map(stepsWithChildren)
  const longest = lengths.indexOf(Math.max(...lengths))
  return threads.map((thread, i) => (i === longest ? { ...thread, body: shorten(thread.body) } : thread))
}

export function fitInto(budget: number, threads: readonly ThreadTree[]): readonly ThreadTree[] {
  let fitting = threads
  while (interleavingsBound(fitting) > budget) fitting = shortenLongest(fitting)
  return fitting
}
