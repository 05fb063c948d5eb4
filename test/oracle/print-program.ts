import {
  lockName,
  type Body,
  type Comparison,
  type Condition,
  type Operand,
  type ProgramTree,
  type Property,
  type Statement,
  type ThreadTree,
} from './program-tree.js'

const SYMBOL: Record<Comparison, string> = { equal: '==', unequal: '!=', less: '<' }

/** The program as pseudocode, for the message of a failed test. */
export function printProgram(tree: ProgramTree): string {
  return [
    ...tree.cells.map((cell) => `${cell.name} = ${cell.initial}`),
    ...(tree.items.length > 0 ? [`items = [${tree.items.join(', ')}]`] : []),
    ...tree.threads.flatMap((thread) => [`thread ${thread.name}${daemon(thread)}:`, ...indent(threadLines(thread))]),
    `finally: ${property(tree.property)}`,
    ...(tree.always ?? []).map((one) => `always: ${property(one)}`),
  ].join('\n')
}

function daemon(thread: ThreadTree): string {
  return thread.daemon === true ? ' (daemon)' : ''
}

function indent(texts: string[]): string[] {
  return texts.map((line) => `  ${line}`)
}

function threadLines(thread: ThreadTree): string[] {
  return [...lines(thread.body), ...(thread.returns === null ? [] : [`return ${operand(thread.returns)}`])]
}

function lines(body: Body): string[] {
  return body.flatMap(statementLines)
}

function operand({ local, plus }: Operand): string {
  if (local === null) return String(plus)
  return plus === 0 ? local : `${local} + ${plus}`
}

function condition({ local, is, value }: Condition): string {
  return `${local} ${SYMBOL[is]} ${value}`
}

function property({ sumOf, is, value }: Property): string {
  return `${sumOf.join(' + ')} ${SYMBOL[is]} ${value}`
}

function block(head: string, body: Body): string[] {
  return [head, ...indent(lines(body))]
}

function otherwise(body: Body): string[] {
  return body.length === 0 ? [] : block('else', body)
}

function statementLines(statement: Statement): string[] {
  switch (statement.kind) {
    case 'yieldNow':
      return ['yieldNow']
    case 'read':
      return [`${statement.into} = read ${statement.cell}`]
    case 'write':
      return [`write ${statement.cell}, ${operand(statement.value)}`]
    case 'add':
    case 'exchange':
      return [`${statement.into} = ${statement.kind} ${statement.cell}, ${operand(statement.value)}`]
    case 'compareExchange': {
      const values = `${operand(statement.expected)} -> ${operand(statement.value)}`
      return [`${statement.into} = compareExchange ${statement.cell}, ${values}`]
    }
    case 'update':
      return [`${statement.into} = update ${statement.cell}, + ${statement.plus}`]
    case 'readItem':
      return [`${statement.into} = read items[${operand(statement.index)} mod 2]`]
    case 'writeItem':
      return [`write items[${operand(statement.index)} mod 2], ${operand(statement.value)}`]
    case 'choose':
      return [`${statement.into} = choose ${statement.ways}`]
    case 'assume':
      return [`assume ${condition(statement.condition)}`]
    case 'join':
      return [`${statement.into} = join ${statement.thread}`]
    case 'unlock':
      return [`release ${lockName(statement.lock)}, held or not`]
    case 'set':
      return [`${statement.into} = ${operand(statement.value)}`]
    case 'claim':
      return [`claim ${statement.label}`]
    case 'print':
      return [`print ${operand(statement.value)}`]
    case 'throw':
      return [`throw ${statement.message}`]
    case 'locked': {
      const names = statement.locks.map(lockName)
      const released = statement.reversed ? names.toReversed() : names
      return [
        ...names.map((name) => `acquire ${name}`),
        ...indent(lines(statement.body)),
        `release ${released.join(', ')}`,
      ]
    }
    case 'tryLocked': {
      const name = lockName(statement.lock)
      const inside = [...block(`if tryAcquire ${name}`, statement.body), `  release ${name}`]
      return [...inside, ...otherwise(statement.otherwise)]
    }
    case 'branch':
      return [...block(`if ${condition(statement.condition)}`, statement.body), ...otherwise(statement.otherwise)]
    case 'repeat': {
      const until = statement.until === null ? '' : ` until ${condition(statement.until)}`
      const claimed = statement.claimed ? ' (claimed)' : ''
      return block(`repeat ${statement.times} with ${statement.counter}${until}${claimed}`, statement.body)
    }
    case 'spawn': {
      const join = statement.joinInto === null ? [] : [`${statement.joinInto} = join ${statement.child.name}`]
      return [
        `spawn ${statement.child.name}${daemon(statement.child)}:`,
        ...indent(threadLines(statement.child)),
        ...lines(statement.between),
        ...join,
      ]
    }
  }
}
