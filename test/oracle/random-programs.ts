import fc from 'fast-check'
import { printProgram } from './print-program.js'
import {
  allStatements,
  rewrite,
  type AtomicName,
  type CellName,
  type Comparison,
  type Condition,
  type Local,
  type Operand,
  type ProgramTree,
  type Property,
  type Statement,
  type ThreadTree,
} from './program-tree.js'
import { fitInto } from './tree-size.js'

/** Names that depend on the place in the tree are set afterwards, so that shrinking cannot make them collide. */
function nameThread(thread: ThreadTree, index: number, threads: readonly ThreadTree[]): ThreadTree {
  const name = `T${index}`
  let count = 0
  const named = rewrite(thread.body, (statement): Statement => {
    switch (statement.kind) {
      case 'spawn':
        return { ...statement, child: { ...statement.child, name: `${name}c${count++}` } }
      case 'repeat':
        return { ...statement, counter: `i${count++}` }
      case 'claim':
        return { ...statement, label: `at${count++}` }
      case 'join':
        return joinOfAnother(statement, index, threads)
      default:
        return statement
    }
  })
  return { ...thread, name, body: named }
}

type Join = Extract<Statement, { kind: 'join' }>

function joinOfAnother(join: Join, index: number, threads: readonly ThreadTree[]): Join {
  const distance = 1 + (Number(join.thread) % (threads.length - 1))
  return { ...join, thread: `T${(index + distance) % threads.length}` }
}

function cellsIn(statement: Statement): CellName[] {
  return 'cell' in statement ? [statement.cell] : []
}

function locksIn(statement: Statement): readonly number[] {
  if (statement.kind === 'locked') return statement.locks
  return statement.kind === 'tryLocked' || statement.kind === 'unlock' ? [statement.lock] : []
}

/** Which cell stands for which: threads that never meet on a cell show nothing, so most programs have few of them. */
type Renaming = Readonly<Record<CellName, CellName>> & Readonly<Record<AtomicName, AtomicName>>

const EVERY_CELL: Renaming = { c0: 'c0', c1: 'c1', a0: 'a0', a1: 'a1', d0: 'd0' }
const PLAIN_AND_ATOMIC: Renaming = { c0: 'c0', c1: 'c0', a0: 'a0', a1: 'a0', d0: 'c0' }
const BOXED_AND_ATOMIC: Renaming = { c0: 'd0', c1: 'a0', a0: 'a0', a1: 'a0', d0: 'd0' }
const ONE_CELL: Renaming = { c0: 'a0', c1: 'a0', a0: 'a0', a1: 'a0', d0: 'a0' }

function renameCells(thread: ThreadTree, renaming: Renaming): ThreadTree {
  return { ...thread, body: rewrite(thread.body, (statement) => renameCell(statement, renaming)) }
}

function renameCell(statement: Statement, renaming: Renaming): Statement {
  switch (statement.kind) {
    case 'read':
    case 'write':
      return { ...statement, cell: renaming[statement.cell] }
    case 'add':
    case 'exchange':
    case 'compareExchange':
    case 'update':
      return { ...statement, cell: renaming[statement.cell] }
    default:
      return statement
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** As generated; the property's value is relative to the initial sum. */
interface RawProgram {
  readonly budget: number
  readonly renaming: Renaming
  readonly initial: Record<CellName, number>
  readonly items: readonly number[]
  readonly themed: Themed
  readonly property: Property
  readonly always?: readonly Property[]
}

function finish(raw: RawProgram): ProgramTree {
  const named = fitInto(raw.budget * raw.themed.slack, raw.themed.threads).map(nameThread)
  const threads = named.map((thread) => renameCells(thread, raw.renaming))
  const statements = threads.flatMap((thread) => allStatements(thread.body))
  const property = placeProperty(raw.property, raw)
  const always = raw.always?.map((one) => placeProperty(one, raw))
  const observed = [property, ...(always ?? [])].flatMap(({ sumOf }) => sumOf)
  const used = new Set([...observed, ...statements.flatMap(cellsIn)])
  return {
    cells: CELLS.filter((cell) => used.has(cell)).map((name) => ({ name, initial: raw.initial[name] })),
    items: statements.some((statement) => 'index' in statement) ? raw.items : [],
    locks: Math.max(0, ...statements.flatMap(locksIn).map((lock) => lock + 1)),
    threads,
    property,
    ...(always === undefined ? {} : { always }),
  }
}

function placeProperty(property: Property, { renaming, initial }: RawProgram): Property {
  const sumOf = [...new Set(property.sumOf.map((cell) => renaming[cell]))]
  return { ...property, sumOf, value: sum(sumOf.map((cell) => initial[cell])) + property.value }
}

const CELLS: readonly CellName[] = ['c0', 'c1', 'a0', 'a1', 'd0']

const anyCell = fc.constantFrom<CellName>('c0', 'c0', 'a0', 'a0', 'c1', 'a1', 'd0')
const anyAtomic = fc.constantFrom<AtomicName>('a0', 'a0', 'a1')
const anyLocal = fc.constantFrom<Local>('x', 'x', 'x', 'x', 'y')
const anyLock = fc.constantFrom(0, 0, 1)
const smallValue = fc.constantFrom(0, 1, 1, 2, 3, -1)
const anyComparison = fc.constantFrom<Comparison>('equal', 'unequal', 'less')
const maybeLocal: fc.Arbitrary<Local | null> = fc.option(anyLocal, { freq: 3 })
const anyOperand: fc.Arbitrary<Operand> = fc.record({
  local: maybeLocal,
  plus: smallValue,
})
const anyCondition: fc.Arbitrary<Condition> = fc.record({
  local: anyLocal,
  is: anyComparison,
  value: fc.constantFrom(0, 1, 1, 2),
})

const maybeCondition: fc.Arbitrary<Condition | null> = fc.option(anyCondition, { freq: 2 })

/** What a program is about: among statements of all kinds, threads seldom meet on a cell or on two locks. */
type Theme = 'memory' | 'locks' | 'everything' | 'traces'

interface Allowed {
  readonly theme: Theme
  readonly nesting: number
  readonly spawning: number
}

type Weighted = fc.WeightedArbitrary<Statement>

function kind<K extends Statement['kind']>(name: K): fc.Arbitrary<K> {
  return fc.constant(name)
}

const read: fc.Arbitrary<Statement> = fc.record({ kind: kind('read'), cell: anyCell, into: anyLocal })
const write: fc.Arbitrary<Statement> = fc.record({ kind: kind('write'), cell: anyCell, value: anyOperand })
const yieldNow: fc.Arbitrary<Statement> = fc.record({ kind: kind('yieldNow') })
const claim: fc.Arbitrary<Statement> = fc.record({ kind: kind('claim'), label: fc.constant('') })
const print: fc.Arbitrary<Statement> = fc.record({ kind: kind('print'), value: anyOperand })
const set: fc.Arbitrary<Statement> = fc.record({ kind: kind('set'), into: anyLocal, value: anyOperand })
const assume: fc.Arbitrary<Statement> = fc.record({ kind: kind('assume'), condition: anyCondition })
const add: fc.Arbitrary<Statement> = fc.record({
  kind: kind('add'),
  cell: anyAtomic,
  value: anyOperand,
  into: anyLocal,
})
const exchange: fc.Arbitrary<Statement> = fc.record({
  kind: kind('exchange'),
  cell: anyAtomic,
  value: anyOperand,
  into: anyLocal,
})
const compareExchange: fc.Arbitrary<Statement> = fc.record({
  kind: kind('compareExchange'),
  cell: anyAtomic,
  expected: anyOperand,
  value: anyOperand,
  into: anyLocal,
})
const update: fc.Arbitrary<Statement> = fc.record({
  kind: kind('update'),
  cell: anyAtomic,
  plus: smallValue,
  into: anyLocal,
})
const readItem: fc.Arbitrary<Statement> = fc.record({ kind: kind('readItem'), index: anyOperand, into: anyLocal })
const writeItem: fc.Arbitrary<Statement> = fc.record({
  kind: kind('writeItem'),
  index: anyOperand,
  value: anyOperand,
})
const choose: fc.Arbitrary<Statement> = fc.record({
  kind: kind('choose'),
  ways: fc.constantFrom(2, 2, 3, 1),
  into: anyLocal,
})
const join: fc.Arbitrary<Statement> = fc.record({
  kind: kind('join'),
  thread: fc.constantFrom('0', '1', '2'),
  into: anyLocal,
})
const unlock: fc.Arbitrary<Statement> = fc.record({ kind: kind('unlock'), lock: anyLock })
const throwError: fc.Arbitrary<Statement> = fc.record({
  kind: kind('throw'),
  message: fc.constantFrom('boom', 'bang'),
})

const SIMPLE: Record<Theme, readonly Weighted[]> = {
  memory: [
    { weight: 8, arbitrary: read },
    { weight: 8, arbitrary: write },
    { weight: 3, arbitrary: add },
    { weight: 2, arbitrary: exchange },
    { weight: 2, arbitrary: compareExchange },
    { weight: 2, arbitrary: readItem },
    { weight: 2, arbitrary: writeItem },
    { weight: 1, arbitrary: claim },
    { weight: 1, arbitrary: set },
  ],
  locks: [
    { weight: 3, arbitrary: read },
    { weight: 3, arbitrary: write },
    { weight: 1, arbitrary: claim },
  ],
  everything: [
    { weight: 2, arbitrary: yieldNow },
    { weight: 14, arbitrary: read },
    { weight: 14, arbitrary: write },
    { weight: 5, arbitrary: add },
    { weight: 2, arbitrary: exchange },
    { weight: 3, arbitrary: compareExchange },
    { weight: 2, arbitrary: readItem },
    { weight: 2, arbitrary: writeItem },
    { weight: 2, arbitrary: choose },
    { weight: 2, arbitrary: assume },
    { weight: 2, arbitrary: join },
    { weight: 2, arbitrary: set },
    { weight: 2, arbitrary: claim },
    { weight: 1, arbitrary: print },
    { weight: 2, arbitrary: throwError },
  ],
  traces: [
    { weight: 1, arbitrary: yieldNow },
    { weight: 12, arbitrary: read },
    { weight: 12, arbitrary: write },
    { weight: 3, arbitrary: add },
    { weight: 2, arbitrary: exchange },
    { weight: 5, arbitrary: compareExchange },
    { weight: 2, arbitrary: update },
    { weight: 3, arbitrary: readItem },
    { weight: 3, arbitrary: writeItem },
    { weight: 2, arbitrary: choose },
    { weight: 3, arbitrary: assume },
    { weight: 4, arbitrary: join },
    { weight: 1, arbitrary: unlock },
    { weight: 1, arbitrary: set },
    { weight: 1, arbitrary: claim },
    { weight: 1, arbitrary: print },
    { weight: 1, arbitrary: throwError },
  ],
}

const BLOCK_WEIGHTS: Record<Theme, { locked: number; tryLocked: number; branch: number; repeat: number }> = {
  memory: { locked: 1, tryLocked: 1, branch: 3, repeat: 3 },
  locks: { locked: 12, tryLocked: 2, branch: 1, repeat: 1 },
  everything: { locked: 7, tryLocked: 3, branch: 7, repeat: 5 },
  traces: { locked: 12, tryLocked: 6, branch: 6, repeat: 2 },
}

function anyStatement(allowed: Allowed): fc.Arbitrary<Statement> {
  const blocks = allowed.nesting > 0 ? anyBlock(allowed) : []
  const spawns = allowed.spawning > 0 ? [{ weight: 3, arbitrary: anySpawn(allowed) }] : []
  return fc.oneof({ withCrossShrink: true }, ...SIMPLE[allowed.theme], ...blocks, ...spawns)
}

/** A read and a write that depends on it: what others do in between is lost. */
const readAndWrite: fc.Arbitrary<Statement[]> = fc
  .record({ cell: anyCell, local: anyLocal, plus: fc.constantFrom(1, 1, 2) })
  .map(({ cell, local, plus }) => [
    { kind: 'read', cell, into: local },
    { kind: 'write', cell, value: { local, plus } },
  ])

/** A value that others write, and what follows if it is not the right one. */
const readAndAssume: fc.Arbitrary<Statement[]> = fc
  .record({ cell: anyCell, condition: anyCondition })
  .map(({ cell, condition }) => [
    { kind: 'read', cell, into: condition.local },
    { kind: 'assume', condition },
  ])

const UPDATE_WEIGHT: Record<Theme, number> = { memory: 2, locks: 1, everything: 1, traces: 2 }

function anyBody(allowed: Allowed, minLength: number, maxLength: number): fc.Arbitrary<Statement[]> {
  const part = fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: anyStatement(allowed).map((statement) => [statement]) },
    { weight: UPDATE_WEIGHT[allowed.theme], arbitrary: readAndWrite },
    ...(allowed.theme === 'traces' ? [{ weight: 1, arbitrary: readAndAssume }] : []),
  )
  return fc.array(part, { minLength, maxLength, size: 'max' }).map((parts) => parts.flat())
}

function anyBlock(allowed: Allowed): Weighted[] {
  const inner = { ...allowed, nesting: allowed.nesting - 1 }
  const weights = BLOCK_WEIGHTS[allowed.theme]
  return [
    { weight: weights.branch, arbitrary: anyBranch(inner) },
    { weight: weights.repeat, arbitrary: anyRepeat(inner) },
    { weight: weights.locked, arbitrary: anyLocked(inner) },
    { weight: weights.tryLocked, arbitrary: anyTryLocked(inner) },
  ]
}

function anyBranch(inner: Allowed): fc.Arbitrary<Statement> {
  return fc.record({
    kind: kind('branch'),
    condition: anyCondition,
    body: anyBody(inner, 1, 3),
    otherwise: anyBody(inner, 0, 2),
  })
}

function anyRepeat(inner: Allowed): fc.Arbitrary<Statement> {
  return fc.record({
    kind: kind('repeat'),
    counter: fc.constant(''),
    times: fc.constantFrom(2, 2, 3, 1),
    until: maybeCondition,
    claimed: fc.boolean(),
    // Names of spawned threads are unique because no spawn is inside a loop.
    body: anyBody({ ...inner, spawning: 0 }, 1, 2),
  })
}

function anyLocked(inner: Allowed): fc.Arbitrary<Statement> {
  return fc.record({
    kind: kind('locked'),
    locks: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom([0], [1]) },
      { weight: 6, arbitrary: fc.constantFrom([0, 1], [1, 0]) },
      { weight: 1, arbitrary: fc.constant([0, 0]) },
    ),
    reversed: fc.boolean(),
    // Locks within locks are mostly a thread's deadlock with itself; two locks at once are above.
    body: anyBody(inner.theme === 'locks' ? { ...inner, theme: 'memory', nesting: 0 } : inner, 0, 2),
  })
}

function anyTryLocked(inner: Allowed): fc.Arbitrary<Statement> {
  return fc.record({
    kind: kind('tryLocked'),
    lock: anyLock,
    body: anyBody(inner, 0, 2),
    otherwise: anyBody(inner, 0, 2),
  })
}

function anySpawn(allowed: Allowed): fc.Arbitrary<Statement> {
  const nesting = Math.min(allowed.nesting, 1)
  return fc.record({
    kind: kind('spawn'),
    child: anyThread({ ...allowed, nesting, spawning: allowed.spawning - 1 }, 0, 3),
    between: anyBody({ ...allowed, nesting: 0, spawning: 0 }, 0, 2),
    joinInto: maybeLocal,
  })
}

function anyThread(allowed: Allowed, minLength: number, maxLength: number): fc.Arbitrary<ThreadTree> {
  return fc.record({
    name: fc.constant(''),
    body: anyBody(allowed, minLength, maxLength),
    returns: fc.option(anyOperand, { freq: 2 }),
  })
}

interface Themed {
  readonly threads: readonly ThreadTree[]
  /** How many times over the bound on the interleavings of such threads tends to be too high. */
  readonly slack: number
}

function anyThreads(slack: number, thread: fc.Arbitrary<ThreadTree>): fc.Arbitrary<Themed> {
  return fc.record({
    threads: fc.array(thread, { minLength: 2, maxLength: 4, size: 'max' }),
    slack: fc.constant(slack),
  })
}

const anyThemed = fc.oneof(
  { withCrossShrink: true },
  { weight: 5, arbitrary: anyThreads(1, anyThread({ theme: 'memory', nesting: 1, spawning: 0 }, 2, 5)) },
  { weight: 4, arbitrary: anyThreads(20, anyThread({ theme: 'locks', nesting: 2, spawning: 0 }, 1, 2)) },
  { weight: 5, arbitrary: anyThreads(1, anyThread({ theme: 'everything', nesting: 2, spawning: 2 }, 0, 6)) },
)

const anyProperty: fc.Arbitrary<Property> = fc.record({
  sumOf: fc.uniqueArray(anyCell, { minLength: 1, maxLength: 2 }),
  is: fc.constantFrom<Comparison>('unequal', 'equal', 'less'),
  value: fc.constantFrom(0, 1, 2, 2, 3, 3, 4),
})

const anyRenaming = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.constant(ONE_CELL) },
  { weight: 4, arbitrary: fc.constant(PLAIN_AND_ATOMIC) },
  { weight: 2, arbitrary: fc.constant(BOXED_AND_ATOMIC) },
  { weight: 1, arbitrary: fc.constant(EVERY_CELL) },
)

const anyBudget = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.constant(200) },
  { weight: 20, arbitrary: fc.constant(3_000) },
  { weight: 3, arbitrary: fc.constant(20_000) },
  { weight: 1, arbitrary: fc.constant(100_000) },
)

/** How a counterexample looks in fast-check's report. */
function readable(tree: ProgramTree): ProgramTree {
  return { ...tree, [fc.toStringMethod]: () => `\n${printProgram(tree)}\n` } as ProgramTree
}

/** Small random programs. Nearly all have at most 50,000 interleavings and most of them at most 3,000. */
export const anyProgram: fc.Arbitrary<ProgramTree> = fc
  .record({
    budget: anyBudget,
    renaming: anyRenaming,
    initial: fc.record({ c0: smallValue, c1: smallValue, a0: smallValue, a1: smallValue, d0: smallValue }),
    items: fc.tuple(smallValue, smallValue),
    themed: anyThemed,
    property: anyProperty,
  })
  .map((raw) => readable(finish(raw)))

const anyTraceThemed = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: anyThreads(1, anyThread({ theme: 'memory', nesting: 1, spawning: 0 }, 1, 4)) },
  { weight: 5, arbitrary: anyThreads(40, anyThread({ theme: 'locks', nesting: 2, spawning: 0 }, 1, 2)) },
  { weight: 6, arbitrary: anyThreads(2, anyThread({ theme: 'traces', nesting: 1, spawning: 1 }, 1, 4)) },
  { weight: 3, arbitrary: anyThreads(2, anyThread({ theme: 'traces', nesting: 2, spawning: 2 }, 0, 5)) },
)

const anyTraceBudget = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.constant(30) },
  { weight: 10, arbitrary: fc.constant(300) },
  { weight: 6, arbitrary: fc.constant(3_000) },
  { weight: 1, arbitrary: fc.constant(30_000) },
)

const anyAlways: fc.Arbitrary<Property[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 5, arbitrary: fc.constant<Property[]>([]) },
  { weight: 3, arbitrary: fc.array(anyProperty, { minLength: 1, maxLength: 2 }) },
)

/** In the place of a position: every thread that is spawned. */
const SPAWNED = -1

/** Which threads of a program are daemons, by their positions: never the first one. */
const anyDaemons: fc.Arbitrary<readonly number[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.constant([1]) },
  { weight: 1, arbitrary: fc.subarray([1, 2, 3, SPAWNED]) },
)

function makeDaemons(thread: ThreadTree, index: number, daemons: readonly number[]): ThreadTree {
  const children = rewrite(thread.body, (statement): Statement =>
    statement.kind === 'spawn' && daemons.includes(SPAWNED)
      ? { ...statement, child: asDaemon(statement.child) }
      : statement,
  )
  const withChildren = { ...thread, body: children }
  return daemons.includes(index) ? asDaemon(withChildren) : withChildren
}

/** Without assumptions: whether a daemon gets to a false one before the program ends is not part of a trace. */
function asDaemon(thread: ThreadTree): ThreadTree {
  const body = rewrite(thread.body, (statement) => (statement.kind === 'assume' ? { kind: 'yieldNow' } : statement))
  return { ...thread, body, daemon: true }
}

/**
 * Small random programs for what counts traces: few interleavings, words that threads meet on, locks in both orders,
 * properties of every state, daemons.
 */
export const anyTraceProgram: fc.Arbitrary<ProgramTree> = fc
  .record({
    budget: anyTraceBudget,
    renaming: anyRenaming,
    initial: fc.record({ c0: smallValue, c1: smallValue, a0: smallValue, a1: smallValue, d0: smallValue }),
    items: fc.tuple(smallValue, smallValue),
    themed: anyTraceThemed,
    property: anyProperty,
    always: anyAlways,
    daemons: anyDaemons,
  })
  .map(({ daemons, ...raw }) => {
    const tree = finish(raw)
    return readable({ ...tree, threads: tree.threads.map((thread, i) => makeDaemons(thread, i, daemons)) })
  })

/** The same without what reads-from classes are not told by: properties of every state, and daemons. */
export const anyReadsFromProgram: fc.Arbitrary<ProgramTree> = anyTraceProgram.map(({ always: _always, ...tree }) =>
  readable({ ...tree, threads: tree.threads.map(withoutDaemons) }),
)

function withoutDaemons(thread: ThreadTree): ThreadTree {
  const body = rewrite(thread.body, (statement): Statement =>
    statement.kind === 'spawn' ? { ...statement, child: { ...statement.child, daemon: false } } : statement,
  )
  return { ...thread, body, daemon: false }
}
