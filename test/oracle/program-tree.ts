export type Local = 'x' | 'y'
export type Comparison = 'equal' | 'unequal' | 'less'
export type CellName = 'c0' | 'c1' | 'a0' | 'a1' | 'd0'
export type AtomicName = 'a0' | 'a1'

/** The value of a local (0 if there is none) plus a constant. */
export interface Operand {
  readonly local: Local | null
  readonly plus: number
}

export interface Condition {
  readonly local: Local
  readonly is: Comparison
  readonly value: number
}

export type Body = readonly Statement[]

/** Statements that are one step each. An index into the array is taken modulo its length. */
export type Operation =
  | { readonly kind: 'yieldNow' }
  | { readonly kind: 'read'; readonly cell: CellName; readonly into: Local }
  | { readonly kind: 'write'; readonly cell: CellName; readonly value: Operand }
  | { readonly kind: 'add'; readonly cell: AtomicName; readonly value: Operand; readonly into: Local }
  | { readonly kind: 'exchange'; readonly cell: AtomicName; readonly value: Operand; readonly into: Local }
  | {
      readonly kind: 'compareExchange'
      readonly cell: AtomicName
      readonly expected: Operand
      readonly value: Operand
      readonly into: Local
    }
  | { readonly kind: 'update'; readonly cell: AtomicName; readonly plus: number; readonly into: Local }
  | { readonly kind: 'readItem'; readonly index: Operand; readonly into: Local }
  | { readonly kind: 'writeItem'; readonly index: Operand; readonly value: Operand }
  | { readonly kind: 'choose'; readonly ways: number; readonly into: Local }
  | { readonly kind: 'assume'; readonly condition: Condition }
  | { readonly kind: 'join'; readonly thread: string; readonly into: Local }
  /** Releases a lock, whoever holds it; if nobody does, this is misuse and the thread fails. */
  | { readonly kind: 'unlock'; readonly lock: number }

/** Statements that take no step themselves. */
export type LocalStatement =
  | { readonly kind: 'set'; readonly into: Local; readonly value: Operand }
  | { readonly kind: 'claim'; readonly label: string }
  | { readonly kind: 'print'; readonly value: Operand }
  | { readonly kind: 'throw'; readonly message: string }

/** Acquires the locks in order, runs the body, releases them in the same or in reverse order. */
export interface Locked {
  readonly kind: 'locked'
  readonly locks: readonly number[]
  readonly reversed: boolean
  readonly body: Body
}

export interface TryLocked {
  readonly kind: 'tryLocked'
  readonly lock: number
  readonly body: Body
  readonly otherwise: Body
}

export interface Branch {
  readonly kind: 'branch'
  readonly condition: Condition
  readonly body: Body
  readonly otherwise: Body
}

/** Runs the body `times` times, or until the condition holds at the loop's head. */
export interface Repeat {
  readonly kind: 'repeat'
  readonly counter: string
  readonly times: number
  readonly until: Condition | null
  readonly claimed: boolean
  readonly body: Body
}

export interface Spawn {
  readonly kind: 'spawn'
  readonly child: ThreadTree
  readonly between: Body
  readonly joinInto: Local | null
}

export type Statement = Operation | LocalStatement | Locked | TryLocked | Branch | Repeat | Spawn

export interface ThreadTree {
  readonly name: string
  readonly body: Body
  readonly returns: Operand | null
  /** The program does not wait for it: it dies when all other threads have ended. */
  readonly daemon?: boolean
}

export interface Cell {
  readonly name: CellName
  readonly initial: number
}

/** Compares the sum of the values of some cells with a constant. */
export interface Property {
  readonly sumOf: readonly CellName[]
  readonly is: Comparison
  readonly value: number
}

export interface ProgramTree {
  readonly cells: readonly Cell[]
  readonly items: readonly number[]
  readonly locks: number
  readonly threads: readonly ThreadTree[]
  /** Of the final state. */
  readonly property: Property
  /** Of every state. */
  readonly always?: readonly Property[]
}

/** What a join hands over if the thread returned nothing or failed. */
export const NO_RESULT = -7

/** A boxed cell holds `{ is: n }` rather than the integer n. */
export function isBoxed(cell: CellName): boolean {
  return cell === 'd0'
}

/** The error of a thread that releases a lock which is free. */
export function misuseOf(lock: string): string {
  return `lock “${lock}” is released, but nobody holds it`
}

export function lockName(lock: number): string {
  return `lock${lock}`
}

export function evaluate(operand: Operand, locals: Readonly<Record<string, number>>): number {
  return (operand.local === null ? 0 : locals[operand.local]) + operand.plus
}

export function holds(condition: Condition, locals: Readonly<Record<string, number>>): boolean {
  return compare(locals[condition.local], condition.is, condition.value)
}

/** Never negative, so that every integer is the index of some element. */
export function remainder(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus
}

export function compare(left: number, is: Comparison, right: number): boolean {
  switch (is) {
    case 'equal':
      return left === right
    case 'unequal':
      return left !== right
    case 'less':
      return left < right
  }
}

/** The bodies inside a statement that belong to the same thread. */
export function ownBodies(statement: Statement): Body[] {
  switch (statement.kind) {
    case 'locked':
    case 'repeat':
      return [statement.body]
    case 'tryLocked':
    case 'branch':
      return [statement.body, statement.otherwise]
    case 'spawn':
      return [statement.between]
    default:
      return []
  }
}

export function allStatements(body: Body): Statement[] {
  return body.flatMap((statement) => [
    statement,
    ...ownBodies(statement).flatMap(allStatements),
    ...(statement.kind === 'spawn' ? allStatements(statement.child.body) : []),
  ])
}

export function statementsOf(tree: ProgramTree): Statement[] {
  return tree.threads.flatMap((thread) => allStatements(thread.body))
}

export function changeBodies(statement: Statement, change: (body: Body) => Body): Statement {
  switch (statement.kind) {
    case 'locked':
    case 'repeat':
      return { ...statement, body: change(statement.body) }
    case 'tryLocked':
    case 'branch':
      return { ...statement, body: change(statement.body), otherwise: change(statement.otherwise) }
    case 'spawn':
      return {
        ...statement,
        child: { ...statement.child, body: change(statement.child.body) },
        between: change(statement.between),
      }
    default:
      return statement
  }
}

export function rewrite(body: Body, change: (statement: Statement) => Statement): Body {
  return body.map((statement) => change(changeBodies(statement, (inner) => rewrite(inner, change))))
}
