import * as Code from './code.js'
import type { Interner } from './interner.js'
import type { Layout } from './layout.js'
import { NODE_A, NODE_B, NODE_WORD } from './node-fields.js'
import type { NodeTable } from './node-table.js'
import { formatData, type Operation } from './operation.js'
import { formatPlace } from './place.js'
import type { Yielded } from './thread-runner.js'
import type { WordCodec } from './word-codec.js'

/** What describing nodes needs to know. */
export interface DescriptionContext {
  readonly layout: Layout
  readonly nodes: NodeTable
  readonly interner: Interner
  readonly codec: WordCodec
  readonly operations: ReadonlyMap<number, Operation>
  /** Names what a word belongs to. */
  readonly ownerOfWord: (word: number) => string
}

// What the operations of the core objects are called, by instruction.
const NAMES: Readonly<Record<number, string>> = {
  [Code.Load]: 'read',
  [Code.Store]: 'write',
  [Code.Add]: 'add',
  [Code.Exchange]: 'exchange',
  [Code.CompareExchange]: 'compareExchange',
  [Code.Acquire]: 'acquire',
  [Code.TryAcquire]: 'tryAcquire',
  [Code.Release]: 'release',
  [Code.Join]: 'join',
  [Code.Spawn]: 'spawn',
  [Code.Pause]: 'pause',
  [Code.Choose]: 'choose',
  [Code.Assume]: 'assume',
}

/** What a thread does at a node, as a verb phrase for errors; the same in every run of a program. */
export function describeNode(context: DescriptionContext, node: number): string {
  const { nodes, interner } = context
  const code = nodes.code(node)
  switch (code) {
    case Code.None:
      return 'does not exist'
    case Code.End:
      return `ends with ${formatData(interner.valueOf(nodes.field(node, NODE_A)))}`
    case Code.Failed:
      return `fails with “${interner.valueOf(nodes.field(node, NODE_A)) as string}”`
    case Code.Contract:
      return `performs ${describeCall(context.operations.get(node)!)}`
    case Code.Pause:
    case Code.Choose:
    case Code.Assume:
      return `performs ${NAMES[code]}(${operandsOf(context, node)})`
    default:
      return `performs ${NAMES[code]}(${operandsOf(context, node)}) on ${context.ownerOfWord(nodes.field(node, NODE_WORD))}`
  }
}

function operandsOf(context: DescriptionContext, node: number): string {
  const { nodes, layout, codec } = context
  const kind = layout.kinds[nodes.field(node, NODE_WORD)]!
  const operand = (field: number) => formatData(codec.decode(kind, nodes.field(node, field)))
  switch (nodes.code(node)) {
    case Code.Store:
    case Code.Add:
    case Code.Exchange:
      return operand(NODE_A)
    case Code.CompareExchange:
      return `${operand(NODE_A)}, ${operand(NODE_B)}`
    case Code.Choose:
      return String(nodes.field(node, NODE_A))
    case Code.Assume:
      return String(nodes.field(node, NODE_A) === 1)
    default:
      return ''
  }
}

/** `write(1) on cell “counter” (counter.ts:9)`. */
export function describeOperation(operation: Operation): string {
  const call = describeCall(operation)
  return operation.place === undefined ? call : `${call} (${formatPlace(operation.place)})`
}

function describeCall(operation: Operation): string {
  const call = `${operation.name}(${operation.args.map(formatData).join(', ')})`
  return operation.object === null ? call : `${call} on ${operation.object.kind} “${operation.object.name}”`
}

/** What a thread's code just did, as a verb phrase. */
export function describeYielded(yielded: Yielded): string {
  if (yielded.operation !== null) return `performs ${describeOperation(yielded.operation)}`
  return yielded.failure === null ? `ends with ${formatData(yielded.value)}` : `fails with “${yielded.failure.message}”`
}
