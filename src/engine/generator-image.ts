import { chain, contribution, hashText, LANE_1, LANE_2 } from './content-hash.js'
import { HistoryLimit, MisuseError, ProgramFault } from './errors.js'
import { Code, FLAG_DAEMON, FLAG_PLAIN, FLAG_VALUE, FLAG_WRITES, linearForm, MISUSE } from './instruction.js'
import type { InstructionOperation } from './instruction-operation.js'
import type { Interner } from './interner.js'
import { type Layout, WordKind } from './layout.js'
import { AtMark, PrintMark, ThreadHandle } from './marks.js'
import {
  NODE_A,
  NODE_B,
  NODE_CHILD,
  NODE_CODE,
  NODE_HASH_1,
  NODE_HASH_2,
  NODE_RESULT,
  NODE_WORD,
  type NodeTable,
} from './node-table.js'
import { formatData, type InstructionForm, type Operation, type Steps } from './operation.js'
import { formatPlace, type Place, placeOfError, recordingPlaces } from './place.js'
import type { ThreadBody } from './setup.js'
import type { ThreadImage } from './thread-image.js'
import { Spawn } from './thread-operations.js'
import type { ThreadEntry, ThreadRegistry } from './thread-registry.js'
import type { WordCodec } from './word-codec.js'

/** Called around every stretch of the program's own code, so that a watchdog can tell which thread never yields. */
export interface CodeMonitor {
  enter(what: string, place: Place | undefined): void
  leave(): void
}

/** A generator that stands right after the operation of one node has been yielded. */
export interface LiveRun {
  readonly generator: Steps<unknown>
  readonly thread: ThreadEntry
  /** Objects this run has declared and threads it has spawned so far: they number the next ones. */
  objects: number
  children: number
  /** Where its latest operation was created, when places are recorded. */
  latestPlace?: Place
}

/** How a thread failed. */
export interface Failure {
  readonly kind: 'error' | 'misuse'
  readonly message: string
  readonly place: Place | undefined
}

/** A line printed by a thread. */
export interface PrintedLine {
  readonly thread: number
  readonly values: readonly unknown[]
}

interface Yielded {
  readonly operation: Operation | null
  readonly at: AtMark | null
  readonly value: unknown
  readonly failure: Failure | null
}

// More live generators than this are dropped, oldest first; a dropped one is run again from its beginning if needed.
const LIVE_LIMIT = 4096
// A thread that yields this many marks in a row without an operation never steps again.
const MARK_LIMIT = 100_000
// How many operations ahead a claim of `p.at` is compared with what was learnt before.
const CLAIM_LOOKAHEAD = 4
// A thread that performs more operations than this without `p.at` is taken for endless.
export const HISTORY_LIMIT = 4_000_000

// Operations performed again to leave a history at another point than its end, before the search gives up, if the
// histories are this long on average: the cost of a loop without `p.at` grows with the square of its turns.
const RERUN_LIMIT = 50_000_000
const RERUN_LENGTH = 1000

/** What the image needs to know of the run it serves. */
export interface ImageContext {
  readonly layout: Layout
  readonly nodes: NodeTable
  readonly threads: ThreadRegistry
  readonly interner: Interner
  readonly codec: WordCodec
  readonly monitor: CodeMonitor | undefined
  readonly recordPlaces: boolean
  readonly onPrint: ((line: PrintedLine) => void) | undefined
}

/**
 * The image of threads that are generators: a node is a history of results, and a generator runs only to make a node
 * that nobody has visited. The generator that made a node is kept, so that extending the newest history costs one
 * resumption however long the history is.
 */
export class GeneratorImage implements ThreadImage {
  /** The run whose code is executing, so that objects declared meanwhile belong to it. */
  running: LiveRun | null = null
  /** Operations that are not instructions, and those whose error text needs them. */
  readonly operations = new Map<number, Operation>()
  readonly failures = new Map<number, Failure>()
  readonly #context: ImageContext
  readonly #bodies = new Map<number, ThreadBody>()
  readonly #spawned = new Map<number, ThreadEntry>()
  readonly #live = new Map<number, LiveRun>()
  readonly #merged = new Map<string, number>()
  readonly #ended = new Map<string, number>()
  #reruns = 0
  #rerunOperations = 0
  /** Whether any thread has said `p.at`: from then on a state may be reached by schedules of different lengths. */
  hasMerged = false

  constructor(context: ImageContext) {
    this.#context = context
  }

  /** An estimate of the memory held, in bytes. */
  get bytes(): number {
    return (
      this.#live.size * 1024 +
      (this.#merged.size + this.#ended.size) * 160 +
      (this.operations.size + this.#bodies.size) * 400
    )
  }

  /** The first node of a thread; `seeds` continue the history of whoever spawned it. */
  start(thread: ThreadEntry, body: ThreadBody, spawnNode: number): number {
    const { layout, nodes } = this.#context
    let hash1 = contribution(layout.seeds1[thread.word]!, 1)
    let hash2 = contribution(layout.seeds2[thread.word]!, 1)
    if (spawnNode !== 0) {
      hash1 = chain(hash1, nodes.field(spawnNode, NODE_HASH_1))
      hash2 = chain(hash2, nodes.field(spawnNode, NODE_HASH_2))
    }
    const node = this.#placingFaults(() => this.#startOnce(thread, body, hash1, hash2))
    if (!this.#bodies.has(node)) this.#bodies.set(node, body)
    return node
  }

  #startOnce(thread: ThreadEntry, body: ThreadBody, hash1: number, hash2: number): number {
    const run: LiveRun = { generator: this.#begin(thread, body), thread, objects: 0, children: 0 }
    return this.#settle(
      run,
      this.#advance(run, () => run.generator.next()),
      { parent: 0, result: 0, hash1, hash2, length: 0 },
    )
  }

  resume(node: number, result: number): number {
    return this.#placingFaults(() => this.#resumeOnce(node, result))
  }

  #resumeOnce(node: number, result: number): number {
    const { nodes, layout, interner } = this.#context
    const run = this.#take(node)
    const yielded = this.#advance(run, () => this.#feed(run, node, result))
    const length = nodes.lengths[node]! + 1
    if (length > HISTORY_LIMIT) throw endless(run.thread, length)
    let content1 = result
    let content2 = result
    if (this.#resultIsValue(node)) {
      content1 = result < 0 ? ~interner.hash1[-1 - result]! : interner.hash1[result]!
      content2 = result < 0 ? ~interner.hash2[-1 - result]! : interner.hash2[result]!
    }
    const child = this.#settle(run, yielded, {
      parent: node,
      result,
      hash1: chain(nodes.field(node, NODE_HASH_1) ^ layout.seeds1[run.thread.word]!, content1),
      hash2: chain(nodes.field(node, NODE_HASH_2) ^ layout.seeds2[run.thread.word]!, content2),
      length,
    })
    nodes.connect(node, result, child)
    return child
  }

  /** A fault that does not know its place is provoked once more with places recorded. */
  #placingFaults(action: () => number): number {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof ProgramFault) || this.#context.recordPlaces) throw error
      return recordingPlaces(action)
    }
  }

  /** The thread that the spawn at `node` starts. */
  spawnedBy(node: number): ThreadEntry {
    return this.#spawned.get(node)!
  }

  /** The plain data that `result` stands for at `node`, as the thread receives it. */
  decode(node: number, result: number): unknown {
    const { nodes, layout, interner, codec } = this.#context
    const code = nodes.code(node)
    switch (code) {
      case Code.Load:
      case Code.Exchange:
      case Code.CompareExchange:
        return codec.decode(layout.kinds[nodes.field(node, NODE_WORD)]!, result)
      case Code.Add:
      case Code.Choose:
        return result
      case Code.TryAcquire:
        return result === 1
      case Code.Join:
      case Code.Contract:
        return result < 0 ? undefined : interner.valueOf(result)
      case Code.Spawn: {
        const child = this.spawnedBy(node)
        return new ThreadHandle(child.name, child.index, child.word)
      }
      default:
        return undefined
    }
  }

  /** The operation at a node, created anew with its place; runs the thread again from its beginning. */
  operationAt(node: number): Operation | null {
    return recordingPlaces(() => this.#rerun(node).operation)
  }

  /** The operation at a node as it was first created: with its place, if places are recorded. */
  takeOperation(node: number): Operation | null {
    return this.operations.get(node) ?? this.operationAt(node)
  }

  /** Whether `result` says that the operation at a node misused its object. */
  isMisuse(node: number, result: number): boolean {
    const code = this.#context.nodes.code(node)
    return (code === Code.Release && result === MISUSE) || (code === Code.Contract && result < 0)
  }

  /** The sentence about the misuse that led on from a node. */
  misuseText(node: number, result: number): string {
    return this.#misuseOf(node, result)?.message ?? ''
  }

  /**
   * Runs the thread again, alone, along the history of `node`.
   *
   * @throws ProgramFault `program/not-a-function-of-results` if it does something else this time.
   */
  verify(node: number): void {
    this.#rerun(node)
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

  #begin(thread: ThreadEntry, body: ThreadBody): Steps<unknown> {
    const generator = this.#guarded(thread, () => body())
    if (
      typeof (generator as { next?: unknown } | null)?.next !== 'function' ||
      typeof generator[Symbol.iterator] !== 'function'
    )
      throw new ProgramFault(
        'program/not-a-generator',
        `the body of thread “${thread.name}” is not a generator function`,
        {
          place: thread.place,
          hint: 'write function* () { … }',
        },
      )
    return generator
  }

  #guarded<R>(thread: ThreadEntry, action: () => R): R {
    const { monitor } = this.#context
    monitor?.enter(thread.name, thread.place)
    try {
      return this.#context.recordPlaces ? recordingPlaces(action) : action()
    } finally {
      monitor?.leave()
    }
  }

  #feed(run: LiveRun, node: number, result: number): IteratorResult<unknown, unknown> {
    const misuse = this.#misuseOf(node, result)
    return misuse === null ? run.generator.next(this.decode(node, result)) : run.generator.throw(misuse)
  }

  #misuseOf(node: number, result: number): MisuseError | null {
    const code = this.#context.nodes.code(node)
    if (code === Code.Release && result === MISUSE)
      return new MisuseError((this.operations.get(node) as InstructionOperation).misuse())
    if (code === Code.Contract && result < 0)
      return new MisuseError(this.#context.interner.valueOf(-1 - result) as string)
    return null
  }

  /** Runs the thread's own code up to its next operation, its end or its failure. */
  #advance(run: LiveRun, resume: () => IteratorResult<unknown, unknown>): Yielded {
    const before = this.running
    this.running = run
    try {
      return this.#guarded(run.thread, () => this.#toOperation(run, resume))
    } finally {
      this.running = before
    }
  }

  #toOperation(run: LiveRun, resume: () => IteratorResult<unknown, unknown>): Yielded {
    let at: AtMark | null = null
    let step: IteratorResult<unknown, unknown>
    try {
      step = resume()
      for (let marks = 0; !step.done; marks++) {
        if (marks > MARK_LIMIT) throw neverSteps(run.thread)
        if (step.value instanceof AtMark) at = step.value
        else if (step.value instanceof PrintMark)
          this.#context.onPrint?.({ thread: run.thread.index, values: step.value.values })
        else break
        step = run.generator.next()
      }
    } catch (error) {
      if (error instanceof ProgramFault) throw error
      return { operation: null, at: null, value: undefined, failure: describeFailure(run.thread, error) }
    }
    if (step.done) return { operation: null, at: null, value: step.value, failure: null }
    const operation = this.#checked(run, step.value)
    if (operation.place !== undefined) run.latestPlace = operation.place
    return { operation, at, value: undefined, failure: null }
  }

  #checked(run: LiveRun, yielded: unknown): Operation {
    const candidate = yielded as Partial<Operation> | null | undefined
    if (
      typeof candidate === 'object' &&
      candidate !== null &&
      typeof candidate.ways === 'function' &&
      typeof candidate.apply === 'function'
    )
      return candidate as Operation
    const isSteps = typeof (yielded as { next?: unknown } | null | undefined)?.next === 'function'
    const what = isSteps
      ? 'an operation that was not delegated to'
      : yielded === undefined
        ? 'nothing'
        : `a ${typeof yielded}`
    throw new ProgramFault(
      'program/not-an-operation',
      `thread “${run.thread.name}” yields ${what}, which is no operation`,
      {
        // A generator does not tell where it stands; its latest operation is the nearest place there is.
        place: run.latestPlace ?? run.thread.place,
        hint: isSteps
          ? 'write yield* instead of yield'
          : 'yield* the operations of shared objects only, such as yield* counter.read()',
      },
    )
  }

  #settle(
    run: LiveRun,
    yielded: Yielded,
    history: {
      readonly parent: number
      readonly result: number
      readonly hash1: number
      readonly hash2: number
      readonly length: number
    },
  ): number {
    if (yielded.operation === null) return this.#settleEnd(run, yielded, history)
    if (yielded.at === null) return this.#addOperation(run, yielded.operation, history)
    const { interner } = this.#context
    const label = interner.intern(yielded.at.label, `the label of p.at in thread “${run.thread.name}”`)
    const locals = interner.intern(
      [...yielded.at.locals],
      `the locals of p.at(“${yielded.at.label}”) in thread “${run.thread.name}”`,
    )
    const key = `${run.thread.index} ${label} ${locals} ${run.objects} ${run.children}`
    const known = this.#merged.get(key)
    this.hasMerged = true
    if (known !== undefined) {
      this.#checkClaim(run, yielded.operation, yielded.at, known)
      return known
    }
    const { layout } = this.#context
    const node = this.#addOperation(run, yielded.operation, {
      ...history,
      hash1: mergedHash(layout.seeds1[run.thread.word]!, interner.hash1[label]!, interner.hash1[locals]!, run),
      hash2: mergedHash(layout.seeds2[run.thread.word]!, interner.hash2[label]!, interner.hash2[locals]!, run),
      length: 0,
    })
    this.#merged.set(key, node)
    return node
  }

  /** A thread that has ended is its result and the number of its steps; what it read on the way no longer matters. */
  #settleEnd(
    run: LiveRun,
    yielded: Yielded,
    history: { readonly parent: number; readonly result: number; readonly length: number },
  ): number {
    const { interner, nodes, layout } = this.#context
    const { failure } = yielded
    const value = interner.intern(
      failure === null ? yielded.value : failure.message,
      `the result of thread “${run.thread.name}”`,
    )
    const key = `${run.thread.index} ${value} ${failure?.kind ?? ''} ${history.length}`
    const known = this.#ended.get(key)
    if (known !== undefined) return known
    const how = hashText(`${failure?.kind ?? 'end'} ${history.length}`, LANE_1)
    const node = nodes.add({
      code: (failure === null ? Code.End : Code.Failed) | (run.thread.daemon ? FLAG_DAEMON : 0),
      word: run.thread.word,
      a: value,
      b: 0,
      hash1: chain(chain(layout.seeds1[run.thread.word]!, interner.hash1[value]!), how),
      hash2: chain(chain(layout.seeds2[run.thread.word]!, interner.hash2[value]!), hashText(`${how}`, LANE_2)),
      parent: history.parent,
      result: history.result,
      owner: run.thread.index,
      length: history.length,
    })
    if (failure !== null) this.failures.set(node, failure)
    this.#ended.set(key, node)
    return node
  }

  #addOperation(
    run: LiveRun,
    operation: Operation,
    history: {
      readonly parent: number
      readonly result: number
      readonly hash1: number
      readonly hash2: number
      readonly length: number
    },
  ): number {
    const { nodes, threads } = this.#context
    const form = this.#encode(run, operation)
    // The child's entry must exist before the node that writes its word; its first node is made right after.
    const spawn = operation instanceof Spawn ? operation : null
    const child = spawn === null ? null : this.#enter(run, spawn)
    const node = nodes.add({ ...form, ...history, word: child?.word ?? form.word, owner: run.thread.index })
    if (spawn !== null && child !== null) {
      this.#spawned.set(node, child)
      const root = this.start(threads.all[child.index]!, spawn.body, node)
      nodes.fields[(node << 3) + NODE_B] = root
    }
    if (this.#context.recordPlaces || operation.instruction === undefined || operation.name === 'release')
      this.operations.set(node, operation)
    this.#keep(node, run)
    return node
  }

  #enter(run: LiveRun, spawn: Spawn): ThreadEntry {
    const position = run.children++
    return this.#context.threads.add(
      [...run.thread.path, position],
      spawn.givenName ?? `${run.thread.name}.${position + 1}`,
      spawn.daemon,
      spawn.place,
    )
  }

  #encode(
    run: LiveRun,
    operation: Operation,
  ): { readonly code: number; readonly word: number; readonly a: number; readonly b: number } {
    const daemon = run.thread.daemon ? FLAG_DAEMON : 0
    const form: InstructionForm | undefined = operation.instruction
    if (form === undefined) return { code: Code.Contract | daemon, word: run.thread.word, a: 0, b: 0 }
    const word = form.word < 0 ? run.thread.word : form.word
    const plain = form.plain === true ? FLAG_PLAIN : 0
    const flags = linearForm(form.code) | daemon | plain | (form.code === Code.Store ? FLAG_WRITES : 0)
    if (form.code === Code.Choose || form.code === Code.Assume)
      return { code: form.code | flags, word, a: form.a as number, b: 0 }
    const kind = this.#context.layout.kinds[word]!
    const value = kind === WordKind.Value ? FLAG_VALUE : 0
    const operand = (given: unknown) =>
      given === undefined && kind !== WordKind.Value ? 0 : this.#operand(run, operation, kind, given)
    if (form.code === Code.Add && kind === WordKind.Value)
      throw this.#fault(
        'program/not-an-integer',
        `${describe(operation)} adds to an object that holds any plain data`,
        'use update, or give it an integer as initial value',
        operation,
      )
    // A lock's word becomes its holder: known here, so that acquiring is a linear step.
    const a = form.code === Code.Acquire ? run.thread.index + 1 : operand(form.a)
    return { code: form.code | flags | value, word, a, b: operand(form.b) }
  }

  #operand(run: LiveRun, operation: Operation, kind: number, given: unknown): number {
    try {
      return this.#context.codec.encode(
        kind,
        given,
        `the argument of ${describe(operation)} in thread “${run.thread.name}”`,
      )
    } catch (error) {
      if (error instanceof ProgramFault) throw this.#fault(error.code, error.message, error.hint, operation)
      throw error
    }
  }

  #fault(code: string, message: string, hint: string | undefined, operation: Operation): ProgramFault {
    return new ProgramFault(code, message, { hint, place: operation.place })
  }

  #keep(node: number, run: LiveRun): void {
    this.#live.set(node, run)
    if (this.#live.size <= LIVE_LIMIT) return
    const oldest = this.#live.keys().next().value!
    this.#live.delete(oldest)
  }

  /** The generator standing at `node`, which is used up by resuming it. */
  #take(node: number): LiveRun {
    const run = this.#live.get(node)
    if (run === undefined) {
      this.#countRerun(
        this.#context.threads.all[this.#context.nodes.owners[node]!]!,
        this.#context.nodes.lengths[node]!,
      )
      return this.#rerun(node).run
    }
    this.#live.delete(node)
    return run
  }

  /** Runs the thread again along the history of `node` and compares every operation with what was learnt. */
  #rerun(node: number): { readonly run: LiveRun; readonly operation: Operation | null } {
    const { nodes, threads } = this.#context
    const path: number[] = []
    for (let at = node; at !== 0; at = nodes.parents[at]!) path.push(at)
    path.reverse()
    const thread = threads.all[nodes.owners[node]!]!
    const body = this.#bodies.get(path[0]!)!
    const run: LiveRun = { generator: this.#begin(thread, body), thread, objects: 0, children: 0 }
    let yielded = this.#advance(run, () => run.generator.next())
    this.#compare(run, path[0]!, yielded)
    for (let i = 1; i < path.length; i++) {
      const before = path[i - 1]!
      yielded = this.#advance(run, () => this.#feed(run, before, nodes.results[path[i]!]!))
      this.#compare(run, path[i]!, yielded)
    }
    return { run, operation: yielded.operation }
  }

  /** Running long histories again and again is the sign of a loop that reads and never ends. */
  #countRerun(thread: ThreadEntry, length: number): void {
    this.#reruns++
    this.#rerunOperations += length
    if (this.#rerunOperations > RERUN_LIMIT && this.#rerunOperations > RERUN_LENGTH * this.#reruns)
      throw endless(thread, length)
  }

  #compare(run: LiveRun, node: number, yielded: Yielded): void {
    if (yielded.operation instanceof Spawn) run.children++
    if (this.#agrees(run, node, yielded)) return
    throw new ProgramFault(
      'program/not-a-function-of-results',
      `thread “${run.thread.name}” is not a function of the results it has received: run again with the same results, it ${describeYielded(yielded)} instead of ${this.describeNode(node)}`,
      {
        place: yielded.operation?.place ?? run.thread.place,
        hint: 'let it depend on nothing but its parameters and the results of its operations: no clock, no random numbers (use p.choose), no variable shared with another thread',
      },
    )
  }

  #agrees(run: LiveRun, node: number, yielded: Yielded): boolean {
    const { nodes, interner } = this.#context
    const code = nodes.field(node, NODE_CODE) & 0xff
    if (yielded.operation === null) {
      if (code !== (yielded.failure === null ? Code.End : Code.Failed)) return false
      const value = yielded.failure === null ? yielded.value : yielded.failure.message
      return nodes.field(node, NODE_A) === interner.intern(value, `the result of thread “${run.thread.name}”`)
    }
    if (yielded.operation.instruction === undefined) {
      const known = this.operations.get(node)
      return known !== undefined && operationKey(known) === operationKey(yielded.operation)
    }
    if (yielded.operation.instruction.code !== code) return false
    if (code === Code.Spawn || code === Code.Pause) return true
    const form = this.#encode(run, yielded.operation)
    return (
      form.word === nodes.field(node, NODE_WORD) &&
      form.a === nodes.field(node, NODE_A) &&
      form.b === nodes.field(node, NODE_B)
    )
  }

  /** Follows the new history beside the one that was learnt, as far as the latter is known, a few operations ahead. */
  #checkClaim(run: LiveRun, operation: Operation, at: AtMark, known: number): void {
    const { nodes } = this.#context
    let node = known
    let yielded: Yielded = { operation, at, value: undefined, failure: null }
    for (let ahead = 0; ; ahead++) {
      if (!this.#agrees(run, node, yielded))
        throw new ProgramFault(
          'program/false-at',
          `thread “${run.thread.name}” claims p.at(“${at.label}”) with equal locals after different histories, but then ${describeYielded(yielded)} after one and ${this.describeNode(node)} after the other`,
          {
            place: at.place ?? yielded.operation?.place ?? run.thread.place,
            hint: 'give p.at every local variable that still matters',
          },
        )
      const child = nodes.field(node, NODE_CHILD)
      if (ahead === CLAIM_LOOKAHEAD || yielded.operation === null || child === 0 || yielded.operation instanceof Spawn)
        return
      const result = nodes.field(node, NODE_RESULT)
      const from = node
      yielded = this.#advance(run, () => this.#feed(run, from, result))
      node = child
    }
  }

  /** How the operation at a node reads in an error. */
  describeNode(node: number): string {
    const { nodes, interner, layout, codec } = this.#context
    const code = nodes.code(node)
    if (code === Code.None) return 'does not exist'
    if (code === Code.End) return `ends with ${formatData(interner.valueOf(nodes.field(node, NODE_A)))}`
    if (code === Code.Failed) return `fails with “${interner.valueOf(nodes.field(node, NODE_A)) as string}”`
    if (code === Code.Contract) return `performs ${describeCall(this.operations.get(node)!)}`
    const word = nodes.field(node, NODE_WORD)
    const operand = (field: number) => formatData(codec.decode(layout.kinds[word]!, nodes.field(node, field)))
    const operands: Partial<Record<number, () => string>> = {
      [Code.Store]: () => operand(NODE_A),
      [Code.Add]: () => operand(NODE_A),
      [Code.Exchange]: () => operand(NODE_A),
      [Code.CompareExchange]: () => `${operand(NODE_A)}, ${operand(NODE_B)}`,
      [Code.Choose]: () => String(nodes.field(node, NODE_A)),
      [Code.Assume]: () => String(nodes.field(node, NODE_A) === 1),
    }
    const isAlone = code === Code.Pause || code === Code.Choose || code === Code.Assume
    const call = `${INSTRUCTION_NAMES[code]}(${operands[code]?.() ?? ''})`
    return `performs ${call}${isAlone ? '' : ` on ${this.#ownerOfWord(word)}`}`
  }

  #ownerOfWord(word: number): string {
    const thread = this.#context.threads.all.find((entry) => entry.word === word)
    return thread === undefined ? (this.objectOfWord?.(word) ?? `word ${word}`) : `thread “${thread.name}”`
  }

  /** Names the object that a word belongs to; set by the run that knows the objects. */
  objectOfWord: ((word: number) => string | undefined) | undefined
}

// What the operations of the core objects are called, by instruction.
const INSTRUCTION_NAMES: Readonly<Record<number, string>> = {
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

function mergedHash(seed: number, label: number, locals: number, run: LiveRun): number {
  return chain(chain(chain(chain(seed, label), locals), run.objects), run.children)
}

function operationKey(operation: Operation): string {
  return `${operation.object?.kind} ${operation.object?.name} ${operation.name} ${JSON.stringify(operation.args)}`
}

function describe(operation: Operation): string {
  const call = describeCall(operation)
  return operation.place === undefined ? call : `${call} (${formatPlace(operation.place)})`
}

function describeCall(operation: Operation): string {
  const call = `${operation.name}(${operation.args.map(formatData).join(', ')})`
  return operation.object === null ? call : `${call} on ${operation.object.kind} “${operation.object.name}”`
}

function describeYielded(yielded: Yielded): string {
  if (yielded.operation !== null) return `performs ${describe(yielded.operation)}`
  return yielded.failure === null ? `ends with ${formatData(yielded.value)}` : `fails with “${yielded.failure.message}”`
}

function describeFailure(thread: ThreadEntry, error: unknown): Failure {
  const place = placeOfError(error)
  if (error instanceof MisuseError) return { kind: 'misuse', message: error.message, place }
  if (
    error instanceof TypeError &&
    /read only|not extensible|Cannot (?:add|delete|define|redefine) property/.test(error.message)
  )
    throw new ProgramFault(
      'program/mutates-value',
      `thread “${thread.name}” changes a value it has read: ${error.message}`,
      {
        place: place ?? thread.place,
        hint: 'values in shared objects are frozen; make a copy, change the copy and write it back',
      },
    )
  if (error instanceof RangeError && /call stack/i.test(error.message))
    throw new ProgramFault('program/stack-overflow', `thread “${thread.name}” recurses without end`, {
      place: place ?? thread.place,
    })
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`
  return { kind: 'error', message, place }
}

function neverSteps(thread: ThreadEntry): ProgramFault {
  return new ProgramFault('program/never-steps', `thread “${thread.name}” loops without ever performing an operation`, {
    place: thread.place,
    hint: 'p.at and p.print are no operations; a loop must read, wait or yieldNow to let others go on',
  })
}

function endless(thread: ThreadEntry, length: number): HistoryLimit {
  return new HistoryLimit(
    'limit/history',
    `thread “${thread.name}” has performed ${length} operations without ending`,
    {
      place: thread.place,
      hint: 'if it loops for ever, say yield* p.at(label, …locals) at the head of the loop, so that equal turns of it become one state',
    },
  )
}
