import { program } from 'entrelacs'
import {
  compare,
  evaluate,
  holds,
  isBoxed,
  lockName,
  NO_RESULT,
  remainder,
  type AtomicName,
  type Body,
  type Cell,
  type CellName,
  type Locked,
  type ProgramTree,
  type Property,
  type Repeat,
  type Spawn,
  type Statement,
  type ThreadTree,
  type TryLocked,
} from './program-tree.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]
type Steps<R = void> = Generator<unknown, R, unknown>
type Handle = ReturnType<typeof declareThread>
type View = Parameters<Parameters<Vocabulary['finally']>[1]>[0]

/** A shared integer, however the program keeps it. */
interface SharedInteger {
  read(): Steps<number>
  write(value: number): Steps
  valueIn(view: View): number
}

interface Shared {
  readonly p: Vocabulary
  readonly integers: Record<string, SharedInteger>
  readonly atomics: Record<string, ReturnType<typeof declareAtomic>>
  readonly items: ReturnType<typeof declareItems>
  readonly locks: readonly ReturnType<Vocabulary['lock']>[]
  readonly handles: Record<string, Handle>
}

/** One run of one thread. The counters are those of the loops around the present statement. */
interface Frame {
  readonly shared: Shared
  readonly locals: Record<string, number>
  readonly counters: number[]
}

/** The program that a tree describes, in the words of the library. */
export function buildProgram(tree: ProgramTree): ReturnType<typeof program> {
  return program('random program', {}, (_params, p) => {
    const shared = declareObjects(tree, p)
    for (const thread of tree.threads) shared.handles[thread.name] = declareThread(thread, shared)
    p.finally('the sum is as expected', (final) => holdsIn(final, tree.property, shared))
    tree.always?.forEach((property, i) => p.always(`sum ${i} is`, (now) => holdsIn(now, property, shared)))
  })
}

function holdsIn(view: View, { sumOf, is, value }: Property, { integers }: Shared): boolean {
  const sum = sumOf.reduce((total, name) => total + integers[name].valueIn(view), 0)
  return compare(sum, is, value)
}

function declareThread(thread: ThreadTree, shared: Shared) {
  return shared.p.thread(thread.name, bodyOf(thread, shared), { daemon: thread.daemon ?? false })
}

function declareObjects(tree: ProgramTree, p: Vocabulary): Shared {
  const shared: Shared = {
    p,
    integers: {},
    atomics: {},
    items: declareItems(tree, p),
    locks: Array.from({ length: tree.locks }, (_, lock) => p.lock(lockName(lock))),
    handles: {},
  }
  for (const cell of tree.cells) shared.integers[cell.name] = declareCell(cell, shared)
  return shared
}

function declareItems(tree: ProgramTree, p: Vocabulary) {
  return tree.items.length === 0 ? null : p.array('items', tree.items)
}

function declareAtomic(name: AtomicName, initial: number, p: Vocabulary) {
  return p.atomic(name, initial)
}

function isAtomic(name: CellName): name is AtomicName {
  return name === 'a0' || name === 'a1'
}

function declareCell({ name, initial }: Cell, shared: Shared): SharedInteger {
  if (isBoxed(name)) return boxedInteger(name, initial, shared.p)
  const cell = isAtomic(name) ? declareAtomic(name, initial, shared.p) : shared.p.cell(name, initial)
  if (isAtomic(name)) shared.atomics[name] = cell as ReturnType<typeof declareAtomic>
  return {
    read: () => cell.read(),
    write: (value) => cell.write(value),
    valueIn: (view) => view(cell),
  }
}

function boxedInteger(name: CellName, initial: number, p: Vocabulary): SharedInteger {
  const cell = p.cell(name, { is: initial })
  return {
    *read() {
      return (yield* cell.read()).is
    },
    write: (value) => cell.write({ is: value }),
    valueIn: (view) => view(cell).is,
  }
}

function bodyOf(thread: ThreadTree, shared: Shared): () => Steps<number | undefined> {
  return function* () {
    const frame: Frame = { shared, locals: { x: 0, y: 0 }, counters: [] }
    yield* run(thread.body, frame)
    return thread.returns === null ? undefined : evaluate(thread.returns, frame.locals)
  }
}

function* run(body: Body, frame: Frame): Steps {
  for (const statement of body) yield* runStatement(statement, frame)
}

function* runStatement(statement: Statement, frame: Frame): Steps {
  const { shared, locals } = frame
  const { p, integers, atomics } = shared
  switch (statement.kind) {
    case 'yieldNow':
      return yield* p.yieldNow()
    case 'read':
      locals[statement.into] = yield* integers[statement.cell].read()
      return
    case 'write':
      return yield* integers[statement.cell].write(evaluate(statement.value, locals))
    case 'add':
      locals[statement.into] = yield* atomics[statement.cell].add(evaluate(statement.value, locals))
      return
    case 'exchange':
      locals[statement.into] = yield* atomics[statement.cell].exchange(evaluate(statement.value, locals))
      return
    case 'compareExchange': {
      const [expected, value] = [evaluate(statement.expected, locals), evaluate(statement.value, locals)]
      locals[statement.into] = yield* atomics[statement.cell].compareExchange(expected, value)
      return
    }
    case 'update':
      locals[statement.into] = yield* atomics[statement.cell].update((value) => value + statement.plus)
      return
    case 'readItem': {
      const items = itemsOf(shared)
      locals[statement.into] = yield* items.read(remainder(evaluate(statement.index, locals), items.length))
      return
    }
    case 'writeItem': {
      const items = itemsOf(shared)
      const index = remainder(evaluate(statement.index, locals), items.length)
      return yield* items.write(index, evaluate(statement.value, locals))
    }
    case 'choose':
      locals[statement.into] = yield* p.choose(statement.ways)
      return
    case 'assume':
      return yield* p.assume(holds(statement.condition, locals))
    case 'join':
      locals[statement.into] = (yield* shared.handles[statement.thread].join()) ?? NO_RESULT
      return
    case 'unlock':
      return yield* shared.locks[statement.lock].release()
    case 'set':
      locals[statement.into] = evaluate(statement.value, locals)
      return
    case 'claim':
      return yield* claim(statement.label, frame)
    case 'print':
      return yield* p.print(evaluate(statement.value, locals))
    case 'throw':
      throw new Error(statement.message)
    case 'locked':
      return yield* runLocked(statement, frame)
    case 'tryLocked':
      return yield* runTryLocked(statement, frame)
    case 'branch':
      return yield* run(holds(statement.condition, locals) ? statement.body : statement.otherwise, frame)
    case 'repeat':
      return yield* runRepeat(statement, frame)
    case 'spawn':
      return yield* runSpawn(statement, frame)
  }
}

function itemsOf({ items }: Shared): NonNullable<Shared['items']> {
  if (items === null) throw new Error('The program has no array.')
  return items
}

/** True at any place: the label stands for the place, and these are all the locals there are. */
function claim(label: string, { shared, locals, counters }: Frame): Steps {
  return shared.p.at(label, locals['x'], locals['y'], ...counters)
}

function* runLocked({ locks, reversed, body }: Locked, frame: Frame): Steps {
  for (const lock of locks) yield* frame.shared.locks[lock].acquire()
  yield* run(body, frame)
  for (const lock of reversed ? locks.toReversed() : locks) yield* frame.shared.locks[lock].release()
}

function* runTryLocked({ lock, body, otherwise }: TryLocked, frame: Frame): Steps {
  const acquired = yield* frame.shared.locks[lock].tryAcquire()
  if (!acquired) return yield* run(otherwise, frame)
  yield* run(body, frame)
  yield* frame.shared.locks[lock].release()
}

function* runRepeat({ counter, times, until, claimed, body }: Repeat, frame: Frame): Steps {
  const depth = frame.counters.length
  for (let round = 0; round < times; round++) {
    frame.counters[depth] = round
    if (claimed) yield* claim(`head of ${counter}`, frame)
    if (until !== null && holds(until, frame.locals)) break
    yield* run(body, frame)
  }
  frame.counters.length = depth
}

function* runSpawn({ child, between, joinInto }: Spawn, frame: Frame): Steps {
  const handle = yield* frame.shared.p.spawn(child.name, bodyOf(child, frame.shared), {
    daemon: child.daemon ?? false,
  })
  yield* run(between, frame)
  if (joinInto !== null) frame.locals[joinInto] = (yield* handle.join()) ?? NO_RESULT
}
