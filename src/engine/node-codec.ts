import { MisuseError, ProgramFault } from './errors.js'
import * as Code from './code.js'
import { FLAG_DAEMON, FLAG_IDLE, FLAG_PLAIN, FLAG_PROGRESS, FLAG_VALUE, FLAG_WRITES } from './node-head.js'
import { linearForm, MISUSE } from './instruction.js'
import { releasedFree } from './instruction-operation.js'
import type { Interner } from './interner.js'
import { type Layout, WordKind } from './layout.js'
import { describeOperation } from './node-description.js'
import { NODE_WORD } from './node-fields.js'
import type { NodeTable } from './node-table.js'
import { formatData, type InstructionForm, type Operation } from './operation.js'
import type { ThreadEntry } from './thread-registry.js'
import type { WordCodec } from './word-codec.js'

// All ways of one state are taken in one stretch, which must not hold up the caller's event loop.
const MAX_WAYS = 10_000

/** An operation as the fields of a node. */
export interface NodeForm {
  readonly code: number
  readonly word: number
  readonly a: number
  readonly b: number
}

/** What translating between operations and nodes needs to know. */
export interface NodeCodecContext {
  readonly layout: Layout
  readonly nodes: NodeTable
  readonly interner: Interner
  readonly codec: WordCodec
  /** Names the object that a word belongs to. */
  readonly objectOfWord: (word: number) => string | undefined
}

/** Translates operations into the fields of nodes, and results between words and plain data. */
export class NodeCodec {
  readonly #context: NodeCodecContext

  constructor(context: NodeCodecContext) {
    this.#context = context
  }

  /**
   * The fields of the node where `thread` performs `operation`.
   *
   * @throws ProgramFault for operands that do not fit.
   */
  encode(thread: ThreadEntry, operation: Operation): NodeForm {
    const daemon = thread.daemon ? FLAG_DAEMON : 0
    const form: InstructionForm | undefined = operation.instruction
    const idle = operation.isIdle === true ? FLAG_IDLE : 0
    if (form === undefined) return { code: Code.Contract | daemon | idle, word: thread.word, a: 0, b: 0 }
    const word = form.word < 0 ? thread.word : form.word
    const plain = form.plain === true ? FLAG_PLAIN : 0
    // Progress is noted on the general path, so that the hot one need not look for it.
    const shape = form.progress === true ? FLAG_PROGRESS : linearForm(form.code)
    const flags = shape | daemon | plain | (form.code === Code.Store ? FLAG_WRITES : 0)
    if (form.code === Code.Choose) requireWays(operation, form.a)
    if (form.code === Code.Choose || form.code === Code.Assume)
      return { code: form.code | flags, word, a: form.a as number, b: 0 }
    const kind = this.#context.layout.kinds[word]!
    if (form.code === Code.Add && kind === WordKind.Value)
      throw new ProgramFault(
        'program/not-an-integer',
        `${describeOperation(operation)} adds to an object that holds any plain data`,
        { hint: 'use update, or give it an integer as initial value', place: operation.place },
      )
    const value = kind === WordKind.Value ? FLAG_VALUE : 0
    const count = operandCount(form.code)
    // A lock's word becomes its holder: known here, so that acquiring is a linear step.
    const fallback = form.code === Code.Acquire ? thread.index + 1 : 0
    const a = count > 0 ? this.#operand(thread, operation, kind, form.a) : fallback
    const b = count > 1 ? this.#operand(thread, operation, kind, form.b) : 0
    return { code: form.code | flags | value, word, a, b }
  }

  /** The plain data that `result` stands for at `node`, as its thread receives it; spawns are the image's business. */
  decode(node: number, result: number): unknown {
    const { nodes } = this.#context
    return this.decodeResult(nodes.code(node), nodes.field(node, NODE_WORD), result)
  }

  /** The same for an instruction on a word, or a contract. */
  decodeResult(code: number, word: number, result: number): unknown {
    const { layout, interner, codec } = this.#context
    switch (code) {
      case Code.Load:
      case Code.Exchange:
      case Code.CompareExchange:
        return codec.decode(layout.kinds[word]!, result)
      case Code.Add:
      case Code.Choose:
        return result
      case Code.TryAcquire:
        return result === 1
      case Code.Join:
      case Code.Contract:
        return result < 0 ? undefined : interner.valueOf(result)
      default:
        return undefined
    }
  }

  /** Content hash of a result in each lane: of the value it stands for, or of the integer it is. */
  resultHashes(node: number, result: number): readonly [number, number] {
    const { interner } = this.#context
    if (!this.#resultIsValue(node)) return [result, result]
    // Misuse is told from a value by the sign of the result: −1 − the id of its message.
    if (result < 0) return [~interner.hash1[-1 - result]!, ~interner.hash2[-1 - result]!]
    return [interner.hash1[result]!, interner.hash2[result]!]
  }

  /** The error that `result` throws into the thread at `node`, if it stands for misuse. */
  misuse(node: number, result: number): MisuseError | null {
    const code = this.#context.nodes.code(node)
    if (code === Code.Release && result === MISUSE)
      return new MisuseError(releasedFree(this.#context.objectOfWord(this.#context.nodes.field(node, NODE_WORD))))
    if (code === Code.Contract && result < 0)
      return new MisuseError(this.#context.interner.valueOf(-1 - result) as string)
    return null
  }

  #resultIsValue(node: number): boolean {
    const { nodes, layout } = this.#context
    switch (nodes.code(node)) {
      case Code.Join:
      case Code.Contract:
        return true
      case Code.Load:
      case Code.Exchange:
      case Code.CompareExchange:
        return layout.kinds[nodes.field(node, NODE_WORD)] === WordKind.Value
      default:
        return false
    }
  }

  #operand(thread: ThreadEntry, operation: Operation, kind: number, given: unknown): number {
    // What an error would call it is made up only for what may be one.
    if (kind !== WordKind.Value && typeof given === 'number' && (given | 0) === given) return given | 0
    try {
      const what = `the argument of ${describeOperation(operation)} in thread “${thread.name}”`
      return this.#context.codec.encode(kind, given, what)
    } catch (error) {
      if (!(error instanceof ProgramFault)) throw error
      throw new ProgramFault(error.code, error.message, { hint: error.hint, place: operation.place })
    }
  }
}

/** How many operands an instruction has that stand for contents of its word. */
function operandCount(code: number): number {
  switch (code) {
    case Code.Store:
    case Code.Add:
    case Code.Exchange:
      return 1
    case Code.CompareExchange:
      return 2
    default:
      return 0
  }
}

function requireWays(operation: Operation, ways: unknown): void {
  if (Number.isInteger(ways) && (ways as number) >= 1 && (ways as number) <= MAX_WAYS) return
  throw new ProgramFault('program/choose-out-of-range', `choose(${formatData(ways)}) has no choice to make`, {
    place: operation.place,
    hint: `choose among 1 to ${MAX_WAYS} ways`,
  })
}
