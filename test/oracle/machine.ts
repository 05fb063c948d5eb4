import {
  evaluate,
  holds,
  lockName,
  misuseOf,
  NO_RESULT,
  remainder,
  type Body,
  type Operand,
  type ProgramTree,
  type Repeat,
  type Spawn,
  type Statement,
  type ThreadTree,
} from './program-tree.js'

/**
 * The meaning of a program tree, written down a second time and as plainly as possible: a state is an object, and a
 * step copies it.
 */
export interface State {
  readonly cells: Record<string, number>
  readonly items: number[]
  readonly holders: Record<string, string>
  /** In canonical order: by identity. */
  threads: Thread[]
  dropped: boolean
}

export interface Thread {
  readonly name: string
  /** [1] is the second declared thread, [1, 0] the first one it spawned. */
  readonly identity: readonly number[]
  readonly locals: Record<string, number>
  readonly returns: Operand | null
  readonly daemon: boolean
  /** What is left to do; empty or beginning with an operation. */
  todo: Todo
  children: number
  ended: boolean
  result: number | undefined
  error: string | undefined
}

/** Parts of compound statements that are statements of their own once the compound has been entered. */
type Part =
  | { readonly kind: 'acquire'; readonly lock: string }
  | { readonly kind: 'release'; readonly lock: string }
  | { readonly kind: 'again'; readonly loop: Repeat }
  | { readonly kind: 'fail'; readonly error: string }

type Todo = { readonly first: Statement | Part; readonly rest: Todo } | null

export function initialState(tree: ProgramTree): State {
  const state: State = {
    cells: Object.fromEntries(tree.cells.map((cell) => [cell.name, cell.initial])),
    items: [...tree.items],
    holders: {},
    threads: tree.threads.map((thread, index) => newThread(thread, [index])),
    dropped: false,
  }
  state.threads.forEach(runToOperation)
  return state
}

function newThread(tree: ThreadTree, identity: number[]): Thread {
  return {
    name: tree.name,
    identity,
    locals: { x: 0, y: 0 },
    returns: tree.returns,
    daemon: tree.daemon ?? false,
    todo: before(tree.body, null),
    children: 0,
    ended: false,
    result: undefined,
    error: undefined,
  }
}

function before(body: Body | readonly Part[], rest: Todo): Todo {
  return body.reduceRight<Todo>((todo, first) => ({ first, rest: todo }), rest)
}

/** Runs what is not a step: up to the next operation or the end of the thread. */
function runToOperation(thread: Thread): void {
  while (thread.todo !== null) {
    const { first, rest } = thread.todo
    switch (first.kind) {
      case 'set':
        thread.locals[first.into] = evaluate(first.value, thread.locals)
        thread.todo = rest
        break
      case 'claim':
      case 'print':
        thread.todo = rest
        break
      case 'throw':
        fail(thread, `Error: ${first.message}`)
        return
      case 'fail':
        fail(thread, first.error)
        return
      case 'branch':
        thread.todo = before(holds(first.condition, thread.locals) ? first.body : first.otherwise, rest)
        break
      case 'repeat':
        thread.locals[first.counter] = 0
        thread.todo = before([{ kind: 'again', loop: first }], rest)
        break
      case 'again':
        thread.todo = nextRound(first.loop, thread, rest)
        break
      case 'locked': {
        const locks = first.locks.map(lockName)
        const released = first.reversed ? locks.toReversed() : locks
        const releases = before(
          released.map((lock) => ({ kind: 'release' as const, lock })),
          rest,
        )
        thread.todo = before(
          locks.map((lock) => ({ kind: 'acquire' as const, lock })),
          before(first.body, releases),
        )
        break
      }
      default:
        return
    }
  }
  thread.ended = true
  thread.result = thread.returns === null ? undefined : evaluate(thread.returns, thread.locals)
}

function fail(thread: Thread, error: string): void {
  thread.ended = true
  thread.error = error
  thread.todo = null
}

function nextRound(loop: Repeat, thread: Thread, rest: Todo): Todo {
  if (thread.locals[loop.counter] === loop.times) return rest
  if (loop.until !== null && holds(loop.until, thread.locals)) return rest
  // Nothing in the body reads the counter, so it may as well count here as at the end of the round.
  thread.locals[loop.counter]++
  return before(loop.body, { first: { kind: 'again', loop }, rest })
}

/** What a thread waits for, or null if it can step or has ended. */
export function waitsFor(thread: Thread, state: State): string | null {
  const next = thread.todo?.first
  if (next?.kind === 'acquire') return next.lock in state.holders ? next.lock : null
  if (next?.kind === 'join') return threadNamed(next.thread, state).ended ? null : next.thread
  return null
}

export function canStep(thread: Thread, state: State): boolean {
  return !state.dropped && !thread.ended && waitsFor(thread, state) === null && !hasEnded(state)
}

/** Whether all threads that the program waits for have ended. */
export function hasEnded(state: State): boolean {
  return state.threads.every((thread) => thread.daemon || thread.ended)
}

/** In how many ways the thread can do its next step. */
export function waysOf(thread: Thread): number {
  const next = thread.todo?.first
  return next?.kind === 'choose' ? next.ways : 1
}

function threadNamed(name: string, state: State): Thread {
  const found = state.threads.find((thread) => thread.name === name)
  if (found === undefined) throw new Error(`There is no thread ${name}.`)
  return found
}

/** The state after one step of one thread. */
export function afterStep(state: State, threadIndex: number, way: number): State {
  const next = copyForStepOf(state, threadIndex)
  const thread = next.threads[threadIndex]
  if (thread.todo === null) throw new Error(`${thread.name} has nothing left to do.`)
  const { first, rest } = thread.todo
  thread.todo = rest
  operate(first, way, thread, next)
  if (!next.dropped) runToOperation(thread)
  return next
}

/** A step changes its own thread alone, so the others are shared with the state before. */
function copyForStepOf(state: State, threadIndex: number): State {
  const threads = [...state.threads]
  threads[threadIndex] = { ...threads[threadIndex], locals: { ...threads[threadIndex].locals } }
  const { cells, items, holders, dropped } = state
  return { cells: { ...cells }, items: [...items], holders: { ...holders }, threads, dropped }
}

function operate(operation: Statement | Part, way: number, thread: Thread, state: State): void {
  const { cells, items, holders } = state
  const { locals } = thread
  switch (operation.kind) {
    case 'yieldNow':
      return
    case 'read':
      locals[operation.into] = cells[operation.cell]
      return
    case 'write':
      cells[operation.cell] = evaluate(operation.value, locals)
      return
    case 'add': {
      const old = cells[operation.cell]
      cells[operation.cell] = old + evaluate(operation.value, locals)
      locals[operation.into] = old
      return
    }
    case 'exchange': {
      const old = cells[operation.cell]
      cells[operation.cell] = evaluate(operation.value, locals)
      locals[operation.into] = old
      return
    }
    case 'compareExchange': {
      const old = cells[operation.cell]
      if (old === evaluate(operation.expected, locals)) cells[operation.cell] = evaluate(operation.value, locals)
      locals[operation.into] = old
      return
    }
    case 'update': {
      const old = cells[operation.cell]
      cells[operation.cell] = old + operation.plus
      locals[operation.into] = old
      return
    }
    case 'readItem':
      locals[operation.into] = items[remainder(evaluate(operation.index, locals), items.length)]
      return
    case 'writeItem':
      items[remainder(evaluate(operation.index, locals), items.length)] = evaluate(operation.value, locals)
      return
    case 'choose':
      locals[operation.into] = way
      return
    case 'assume':
      state.dropped = !holds(operation.condition, locals)
      return
    case 'acquire':
      holders[operation.lock] = thread.name
      return
    case 'release':
      release(operation.lock, thread, holders)
      return
    case 'unlock':
      release(lockName(operation.lock), thread, holders)
      return
    case 'tryLocked':
      thread.todo = tryLock(operation.lock, operation.body, operation.otherwise, thread, holders)
      return
    case 'join':
      locals[operation.into] = threadNamed(operation.thread, state).result ?? NO_RESULT
      return
    case 'spawn':
      spawn(operation, thread, state)
      return
    default:
      throw new Error(`${operation.kind} is not an operation.`)
  }
}

function release(lock: string, thread: Thread, holders: Record<string, string>): void {
  if (!(lock in holders)) thread.todo = before([{ kind: 'fail', error: misuseOf(lock) }], null)
  delete holders[lock]
}

function tryLock(number: number, body: Body, otherwise: Body, thread: Thread, holders: Record<string, string>): Todo {
  const lock = lockName(number)
  if (lock in holders) return before(otherwise, thread.todo)
  holders[lock] = thread.name
  return before(body, before([{ kind: 'release', lock }], thread.todo))
}

function spawn({ child, between, joinInto }: Spawn, thread: Thread, state: State): void {
  const spawned = newThread(child, [...thread.identity, thread.children])
  thread.children++
  runToOperation(spawned)
  state.threads = [...state.threads, spawned].toSorted((a, b) => compareIdentities(a.identity, b.identity))
  const join: Body = joinInto === null ? [] : [{ kind: 'join', thread: child.name, into: joinInto }]
  thread.todo = before([...between, ...join], thread.todo)
}

function compareIdentities(a: readonly number[], b: readonly number[]): number {
  const different = a.findIndex((part, i) => part !== b[i])
  if (different === -1) return a.length - b.length
  return different < b.length ? a[different] - b[different] : 1
}
