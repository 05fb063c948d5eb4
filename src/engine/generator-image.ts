import { chain, contribution, hashText, LANE_1, LANE_2 } from './content-hash.js'
import { HistoryLimit, ProgramFault } from './errors.js'
import * as Code from './code.js'
import { FLAG_DAEMON, FLAG_KILLED } from './node-head.js'
import type { Interner } from './interner.js'
import type { Layout, WordKind } from './layout.js'
import { LearningLog } from './learning-log.js'
import { AtMark, type Claim, LoopMark, ThreadHandle } from './marks.js'
import { NodeCodec } from './node-codec.js'
import { describeNode, describeYielded } from './node-description.js'
import {
  NODE_A,
  NODE_B,
  NODE_CHILD,
  NODE_CODE,
  NODE_HASH_1,
  NODE_HASH_2,
  NODE_RESULT,
  NODE_SHIFT,
  NODE_WORD,
} from './node-fields.js'
import type { NodeTable } from './node-table.js'
import { formatData, type Operation, type StartableThread, type ThreadBody } from './operation.js'
import { StartProcess, type StartedProcess } from './process-operations.js'
import { recordingPlaces } from './place.js'
import { follow, type Position } from './position.js'
import type { ThreadImage } from './thread-image.js'
import { Spawn } from './thread-operations.js'
import type { ThreadEntry, ThreadRegistry } from './thread-registry.js'
import { type Failure, type LiveRun, ThreadRunner, type RunnerOptions, type Yielded } from './thread-runner.js'
import type { WordCodec } from './word-codec.js'
import { pointOfNode } from './world.js'

// More live generators than this are dropped, oldest first; a dropped one is run again from its beginning if needed.
const LIVE_LIMIT = 32_768
// How many operations ahead a claim of `p.at` is compared with what was learnt before.
const CLAIM_LOOKAHEAD = 4
// Lengths count from here after `p.at`, so that an end after it is never taken for one without.
const MERGED = 2 ** 30
// A thread that performs more operations than this without `p.at` is taken for endless.
const HISTORY_LIMIT = 4_000_000
// Operations performed again to leave a history at another point than its end, before the search gives up, if the
// histories are this long on average: the cost of a loop without `p.at` grows with the square of its turns.
const RERUN_LIMIT = 50_000_000
const RERUN_LENGTH = 1000
// Operations run again between two pauses: about a millisecond's work.
const RERUN_SLICE = 1000
// A choice with more ways than this is learnt ahead, in stretches, instead of all at once when it is met.
const WIDE_CHOICE = 256

/** What the image needs to know of the session it serves. */
export interface ImageContext extends RunnerOptions {
  readonly layout: Layout
  readonly nodes: NodeTable
  readonly threads: ThreadRegistry
  readonly interner: Interner
  readonly codec: WordCodec
  /** Names the object that a word belongs to. */
  readonly objectOfWord: (word: number) => string | undefined
}

/** How a node is reached: from where, by which result, and the hash and the length of the history. */
interface History {
  readonly parent: number
  readonly result: number
  readonly hash1: number
  readonly hash2: number
  readonly length: number
}

/** A thread that is spawned at a node. */
interface Spawned {
  readonly child: ThreadEntry
  readonly body: ThreadBody
  /** The words that its spawner and the spawner's spawners have declared by then. */
  readonly words: readonly number[]
  /** If it is the first thread of a process. */
  readonly started: Omit<StartedProcess, 'firstNode'> | null
}

/** Threads that an operation may start, and the words that whoever performs it and those before have declared by then. */
interface Startable {
  readonly threads: readonly StartableThread[]
  readonly words: readonly number[]
}

/** What a thread's first node was made of. */
interface Beginning {
  readonly body: ThreadBody
  readonly words: readonly number[]
}

/** A run that stands where a history ends, and the operation it has just yielded. */
interface Rerun {
  readonly run: LiveRun
  readonly operation: Operation | null
}

/**
 * The image of threads that are generators: a node is a history of results, and a generator runs only to make a node
 * that nobody has visited. The generator that made a node is kept, so that extending the newest history costs one
 * resumption however long the history is.
 */
export class GeneratorImage implements ThreadImage {
  /** Operations by node: those that are no instructions; all of them if places are recorded. */
  readonly operations = new Map<number, Operation>()
  readonly failures = new Map<number, Failure>()
  /** Whether any thread has said `p.at`: from then on a state may be reached by schedules of different lengths. */
  hasMerged = false
  /** Whether any thread sleeps or limits a wait. */
  isTimed = false
  /** In which order this was learnt. */
  readonly log = new LearningLog()
  /** Nodes with very many ways that nobody has learnt ahead yet; see `learnWideChoices`. */
  readonly #wideChoices: number[] = []
  readonly #context: ImageContext
  readonly #runner: ThreadRunner
  readonly #codec: NodeCodec
  readonly #beginnings = new Map<number, Beginning>()
  readonly #spawned = new Map<number, Spawned>()
  /** By node: threads that its operation may start. By node and thread: the first node of one that it starts. */
  readonly #startable = new Map<number, Startable>()
  readonly #started = new Map<string, number>()
  /** By thread: the first node of one that setup declares and some operation starts. */
  readonly #declaredRoots = new Map<number, number>()
  readonly #carried = new Map<string, unknown>()
  /** Threads that were spawned to be joined, each with a node at which that is done, and those that somebody joins. */
  readonly toBeJoined = new Map<number, number>()
  readonly joined = new Set<number>()
  /** Whether any operation's result depends on which threads there are. */
  countsThreads = false
  readonly #live = new Map<number, LiveRun>()
  readonly #merged = new Map<string, number>()
  readonly #ended = new Map<string, number>()
  #reruns = 0
  #rerunOperations = 0

  constructor(context: ImageContext) {
    this.#context = context
    this.#runner = new ThreadRunner(context)
    this.#codec = new NodeCodec(context)
  }

  /** An estimate of the memory held, in bytes. */
  get bytes(): number {
    return (
      this.#live.size * 1024 +
      (this.#merged.size + this.#ended.size) * 160 +
      (this.operations.size + this.#beginnings.size) * 400 +
      (this.#carried.size + this.#startable.size + this.#started.size) * 200 +
      this.log.bytes
    )
  }

  /** The run whose code is executing, if any: objects declared meanwhile belong to it. */
  get running(): LiveRun | null {
    return this.#runner.running
  }

  /** The first node of a thread; the history of whoever spawned it, at `spawnNode`, goes on in it. */
  start(thread: ThreadEntry, body: ThreadBody, spawnNode: number, words: readonly number[] = []): number {
    this.#addKilled(thread)
    const node = this.#placingFaults(() => {
      const run = this.#runner.begin(thread, body, words)
      const yielded = this.#runner.advance(run, () => run.generator.next())
      return this.#settle(run, yielded, this.#beginning(thread, spawnNode))
    })
    if (!this.#beginnings.has(node)) this.#beginnings.set(node, { body, words })
    return node
  }

  #beginning({ word }: ThreadEntry, spawnNode: number): History {
    const { layout, nodes } = this.#context
    let hash1 = contribution(layout.seeds1[word]!, 1)
    let hash2 = contribution(layout.seeds2[word]!, 1)
    if (spawnNode !== 0) {
      hash1 = chain(hash1, nodes.field(spawnNode, NODE_HASH_1))
      hash2 = chain(hash2, nodes.field(spawnNode, NODE_HASH_2))
    }
    return { parent: 0, result: -spawnNode, hash1, hash2, length: 0 }
  }

  /** The node of a thread that was killed; where it stood does not matter any more. */
  #addKilled(thread: ThreadEntry): void {
    const { nodes, layout, processes } = this.#context
    const { word, index, daemon } = thread
    if (thread.process === null || processes.killedNodes[index] !== undefined) return
    processes.killedNodes[index] = nodes.add({
      code: Code.End | FLAG_KILLED | (daemon ? FLAG_DAEMON : 0),
      word,
      a: this.#context.interner.intern(undefined, 'no result'),
      b: 0,
      hash1: chain(layout.seeds1[word]!, hashText('killed', LANE_1)),
      hash2: chain(layout.seeds2[word]!, hashText('killed', LANE_2)),
      parent: 0,
      result: 0,
      owner: index,
      length: 0,
    })
  }

  /**
   * The first node of the thread that is spawned at `node`: learnt when the spawn happens, not before, for a thread may
   * begin by spawning another one of its kind.
   */
  firstNodeOfSpawned(node: number): number {
    const { nodes } = this.#context
    const known = nodes.field(node, NODE_B)
    if (known !== 0) return known
    const { child, body, words } = this.#spawned.get(node)!
    const root = this.start(child, body, node, words)
    nodes.fields[(node << NODE_SHIFT) + NODE_B] = root
    this.log.spawned(node)
    return root
  }

  /** The first node of a thread that the operation at `node` starts. */
  firstNodeOfStarted(node: number, thread: number): number {
    const key = `${node} ${thread}`
    const known = this.#started.get(key)
    if (known !== undefined) return known
    const { threads, words } = this.#startable.get(node)!
    const root = this.#rootOf(
      threads.find(({ index }) => index === thread)!,
      node,
      words,
    )
    this.#started.set(key, root)
    this.log.started(node, thread)
    // Whoever starts a thread leads to all that it does.
    this.#context.nodes.onEdge?.(node, root)
    return root
  }

  #rootOf({ index, body, isDeclared }: StartableThread, node: number, words: readonly number[]): number {
    const thread = this.#context.threads.all[index]!
    if (!isDeclared) return this.start(thread, body, node, words)
    const known = this.#declaredRoots.get(index)
    if (known !== undefined) return known
    const root = this.start(thread, body, 0)
    this.#declaredRoots.set(index, root)
    return root
  }

  /**
   * What an operation carries, by its key. Whoever knows a key has it from a step that was taken in this session, or
   * learnt in it: the operation is known by then.
   */
  carried(key: string): unknown {
    if (!this.#carried.has(key)) throw new Error(`nothing is carried under “${key}” here`)
    return this.#carried.get(key)
  }

  resume(node: number, result: number): number {
    const child = this.#placingFaults(() => this.#extend(node, result))
    this.#context.nodes.connect(node, result, child)
    this.log.resumed(node, result)
    return child
  }

  /** The plain data that `result` stands for at `node`, as the thread receives it. */
  decode(node: number, result: number): unknown {
    if (this.#context.nodes.code(node) !== Code.Spawn) return this.#codec.decode(node, result)
    return new ThreadHandle(this.#spawned.get(node)!.child)
  }

  /** The thread that the step at a node spawns, if it spawns one. */
  spawnedAt(node: number): ThreadEntry | undefined {
    return this.#spawned.get(node)?.child
  }

  /** Whether `result` says that the operation at a node misused its object. */
  isMisuse(node: number, result: number): boolean {
    return this.#codec.misuse(node, result) !== null
  }

  /** The sentence about the misuse that led on from a node. */
  misuseText(node: number, result: number): string {
    return this.#codec.misuse(node, result)?.message ?? ''
  }

  /** The operation at a node, created anew with its place; runs the thread again from its beginning. */
  operationAt(node: number): Operation | null {
    return recordingPlaces(() => this.#rerun(node).operation)
  }

  /** The operation at a node as it was first created, if it was kept: with its place, if places are recorded. */
  takeOperation(node: number): Operation | null {
    return this.operations.get(node) ?? this.operationAt(node)
  }

  /** What the thread does at a node, as a verb phrase for errors. */
  describeNode(node: number): string {
    const { threads, objectOfWord } = this.#context
    const ownerOfWord = (word: number) => {
      const thread = threads.all.find((entry) => entry.word === word)
      return thread === undefined ? (objectOfWord(word) ?? `word ${word}`) : `thread “${thread.name}”`
    }
    return describeNode({ ...this.#context, operations: this.operations, ownerOfWord }, node)
  }

  /**
   * Runs the thread again, alone, along the history of `node`; pauses after every millisecond or so.
   *
   * @throws ProgramFault `program/not-a-function-of-results` if it does something else this time.
   */
  *verify(node: number): Generator<void> {
    // To be killed is nothing that a thread does.
    if ((this.#context.nodes.field(node, NODE_CODE) & FLAG_KILLED) !== 0) return
    yield* this.#rerunInSlices(node)
  }

  /** Learns what follows the choices of very many ways that were met; pauses after every millisecond or so. */
  *learnWideChoices(): Generator<void> {
    const { nodes } = this.#context
    for (let node = this.#wideChoices.pop(); node !== undefined; node = this.#wideChoices.pop())
      for (let way = 0; way < nodes.field(node, NODE_A); way++) {
        if (nodes.next(node, way) === 0) this.resume(node, way)
        if (way % WIDE_CHOICE === WIDE_CHOICE - 1) yield
      }
  }

  #extend(node: number, result: number): number {
    const run = this.#take(node)
    const yielded = this.#runner.advance(run, () => this.#feed(run, node, result))
    const history = this.#after(run.thread, node, result)
    if (history.length % MERGED > HISTORY_LIMIT) throw endless(run.thread, history.length % MERGED)
    return this.#settle(run, yielded, history)
  }

  /** The history that goes on from a node by a result. */
  #after({ word }: ThreadEntry, node: number, result: number): History {
    const { nodes, layout } = this.#context
    const [content1, content2] = this.#codec.resultHashes(node, result)
    return {
      parent: node,
      result,
      hash1: chain(nodes.field(node, NODE_HASH_1) ^ layout.seeds1[word]!, content1),
      hash2: chain(nodes.field(node, NODE_HASH_2) ^ layout.seeds2[word]!, content2),
      length: nodes.lengths[node]! + 1,
    }
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

  #feed(run: LiveRun, node: number, result: number): IteratorResult<unknown, unknown> {
    const misuse = this.#codec.misuse(node, result)
    return misuse === null ? run.generator.next(this.decode(node, result)) : run.generator.throw(misuse)
  }

  /** The node for what a run just did: a new one, or one that it is the same as. */
  #settle(run: LiveRun, yielded: Yielded, unclaimed: History): number {
    if (yielded.claims === null) return this.#settleUnclaimed(run, yielded, unclaimed)
    const { position, merging } = this.#follow(run, yielded.claims, unclaimed)
    if (merging === null) return this.#settleUnclaimed(run, yielded, unclaimed)
    this.hasMerged = true
    const { hash1, hash2 } = position
    const history = { ...unclaimed, hash1, hash2, length: MERGED }
    if (yielded.operation === null) return this.#settleEnd(run, yielded, history)
    const key = `${run.thread.index} ${position.key}`
    const known = this.#merged.get(key)
    if (known !== undefined) {
      this.#checkClaim(run, yielded, merging, known)
      return known
    }
    const node = this.#addOperation(run, yielded.operation, history)
    this.#merged.set(key, node)
    return node
  }

  #settleUnclaimed(run: LiveRun, yielded: Yielded, history: History): number {
    const { operation } = yielded
    return operation === null ? this.#settleEnd(run, yielded, history) : this.#addOperation(run, operation, history)
  }

  /** Where a run stands by what it has said of its history since its last operation. */
  #follow(run: LiveRun, claims: readonly Claim[], { parent, result, hash1, hash2 }: History) {
    const { interner, layout } = this.#context
    const from: Position = { key: `${parent} ${result}`, hash1, hash2 }
    const { word } = run.thread
    const start: Position = { key: '', hash1: layout.seeds1[word]!, hash2: layout.seeds2[word]! }
    return follow(run, claims, from, start, interner)
  }

  /** A thread that has ended is its result and the number of its steps; what it read on the way no longer matters. */
  #settleEnd(run: LiveRun, yielded: Yielded, history: History): number {
    const { interner, nodes, layout } = this.#context
    const { name, word, index, daemon } = run.thread
    const { failure } = yielded
    const value = interner.intern(failure === null ? yielded.value : failure.message, `the result of thread “${name}”`)
    const key = `${index} ${value} ${failure?.kind ?? ''} ${history.length}`
    const known = this.#ended.get(key)
    if (known !== undefined) return known
    const how = `${failure?.kind ?? 'end'} ${history.length}`
    const node = nodes.add({
      ...history,
      code: (failure === null ? Code.End : Code.Failed) | (daemon ? FLAG_DAEMON : 0),
      word,
      a: value,
      b: 0,
      hash1: chain(chain(layout.seeds1[word]!, interner.hash1[value]!), hashText(how, LANE_1)),
      hash2: chain(chain(layout.seeds2[word]!, interner.hash2[value]!), hashText(how, LANE_2)),
      owner: index,
    })
    if (failure !== null) this.failures.set(node, failure)
    this.#ended.set(key, node)
    return node
  }

  #addOperation(run: LiveRun, operation: Operation, history: History): number {
    const { nodes } = this.#context
    const form = this.#codec.encode(run.thread, operation)
    const spawned = spawns(operation) ? this.#enter(run, operation) : null
    // One object, field by field: copying two into a third cost more than all else that is done for a node.
    const node = nodes.add({
      code: form.code,
      word: spawned === null || spawned.started !== null ? form.word : spawned.child.word,
      a: form.a,
      b: form.b,
      hash1: history.hash1,
      hash2: history.hash2,
      parent: history.parent,
      result: history.result,
      owner: run.thread.index,
      length: history.length,
    })
    if (spawned !== null) this.#noteSpawned(node, operation, spawned)
    if (operation.isTimed === true) this.isTimed = true
    if (operation.joins !== undefined) this.joined.add(operation.joins)
    if (this.#context.recordPlaces || operation.instruction === undefined) this.operations.set(node, operation)
    if (operation.instruction === undefined) this.#noteContract(node, run, operation)
    if (nodes.code(node) === Code.Choose && form.a > WIDE_CHOICE) this.#wideChoices.push(node)
    this.#keep(node, run)
    return node
  }

  #noteContract(node: number, run: LiveRun, { starts, carries, countsThreads }: Operation): void {
    const { nodes, threads } = this.#context
    if (starts !== undefined) {
      for (const { index } of starts) requireOwnThread(run.thread, threads.all[index]!)
      this.#startable.set(node, { threads: starts, words: [...run.words] })
    }
    if (countsThreads === true) this.countsThreads = true
    if (carries === undefined) return
    const key = carries.key ?? pointOfNode(nodes, threads, node)
    if (!this.#carried.has(key)) this.#carried.set(key, carries.content)
  }

  #enter(run: LiveRun, operation: Spawn | StartProcess): Spawned {
    if (operation instanceof StartProcess) return this.#enterProcess(run, operation)
    return { child: this.#enterThread(run, operation), body: operation.body, words: [...run.words], started: null }
  }

  #noteSpawned(node: number, operation: Operation, spawned: Spawned): void {
    this.#spawned.set(node, spawned)
    this.#tellStart(operation, node)
    if (operation instanceof Spawn && operation.isToBeJoined) this.toBeJoined.set(spawned.child.index, node)
  }

  #enterProcess(run: LiveRun, { plan, place }: StartProcess): Spawned {
    const { threads, processes, layout } = this.#context
    const { process: parent } = run.thread
    const path = [...run.thread.path, run.children++]
    const process = processes.add({
      identity: `p${path.join('.')} ${plan.name}`,
      name: plan.name,
      path,
      status: plan.status,
      parent,
      daemon: plan.daemon,
      listener: plan.listener,
    })
    const child = threads.add(path, plan.name, false, place, process)
    processes.mains.set(process, child)
    const forked = (from: number, to: number) => ({ from, to, kind: layout.kinds[from] as WordKind })
    const copies =
      plan.start !== 'fork'
        ? []
        : [
            ...processes
              .memory(run.words)
              .map((word) =>
                forked(parent === null ? word : processes.wordIn(parent, word), processes.wordIn(process, word)),
              ),
            ...[...(run.own ?? [])].map(([word, ofThread]) => forked(word, ofThread(child))),
          ]
    return { child, body: plan.body, words: [...run.words], started: { process, main: child, copies } }
  }

  /** Tells the start of a process at a node what it starts. */
  #tellStart(operation: Operation, node: number): void {
    const spawned = this.#spawned.get(node)
    if (operation instanceof StartProcess && spawned !== undefined && spawned.started !== null)
      operation.started = { ...spawned.started, firstNode: () => this.firstNodeOfSpawned(node) }
  }

  #enterThread(run: LiveRun, spawn: Spawn): ThreadEntry {
    if (typeof spawn.body !== 'function')
      throw new ProgramFault('program/no-body', `thread “${run.thread.name}” spawns a thread without a body`, {
        place: spawn.place,
        hint: 'give spawn a function*',
      })
    const position = run.children++
    const name = spawn.givenName ?? `${run.thread.name}.${position + 1}`
    return this.#context.threads.add(
      [...run.thread.path, position],
      name,
      spawn.daemon,
      spawn.place,
      run.thread.process,
    )
  }

  #keep(node: number, run: LiveRun): void {
    this.#live.set(node, run)
    if (this.#live.size > LIVE_LIMIT) this.#live.delete(this.#live.keys().next().value!)
  }

  /** The generator standing at `node`, which is used up by resuming it. */
  #take(node: number): LiveRun {
    const run = this.#live.get(node)
    this.#live.delete(node)
    if (run !== undefined) return run
    const { nodes, threads } = this.#context
    this.#countRerun(threads.all[nodes.owners[node]!]!, nodes.lengths[node]! % MERGED)
    return this.#rerun(node).run
  }

  /** Running long histories again and again is the sign of a loop that reads and never ends. */
  #countRerun(thread: ThreadEntry, length: number): void {
    this.#reruns++
    this.#rerunOperations += length
    if (this.#rerunOperations > RERUN_LIMIT && this.#rerunOperations > RERUN_LENGTH * this.#reruns)
      throw endless(thread, length)
  }

  /** Runs the thread again along the history of `node` and compares every operation with what was learnt. */
  #rerun(node: number): Rerun {
    const work = this.#rerunInSlices(node)
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
    }
  }

  *#rerunInSlices(node: number): Generator<void, Rerun> {
    const { nodes, threads } = this.#context
    const path: number[] = []
    for (let at = node; at !== 0; at = nodes.parents[at]!) path.push(at)
    path.reverse()
    const { body, words } = this.#beginnings.get(path[0]!)!
    const run = this.#runner.begin(threads.all[nodes.owners[node]!]!, body, words)
    let yielded = this.#runner.advance(run, () => run.generator.next())
    if (yielded.claims !== null)
      this.#follow(run, yielded.claims, this.#beginning(run.thread, -nodes.results[path[0]!]!))
    this.#requireAgreement(run, path[0]!, yielded)
    for (let i = 1; i < path.length; i++) {
      const before = path[i - 1]!
      const result = nodes.results[path[i]!]!
      yielded = this.#runner.advance(run, () => this.#feed(run, before, result))
      if (yielded.claims !== null) this.#follow(run, yielded.claims, this.#after(run.thread, before, result))
      this.#requireAgreement(run, path[i]!, yielded)
      if (i % RERUN_SLICE === 0) yield
    }
    return { run, operation: yielded.operation }
  }

  #requireAgreement(run: LiveRun, node: number, yielded: Yielded): void {
    if (yielded.operation !== null && spawns(yielded.operation)) {
      run.children++
      this.#tellStart(yielded.operation, node)
    }
    if (this.#agrees(run, node, yielded)) return
    throw new ProgramFault(
      'program/not-a-function-of-results',
      `thread “${run.thread.name}” is not a function of the results it has received: run again with the same results, it ${describeYielded(yielded)} instead of what it did before, where it ${this.describeNode(node)}`,
      {
        place: yielded.operation?.place ?? run.thread.place,
        hint: 'let it depend on nothing but its parameters and the results of its operations: no clock, no random numbers (use p.choose), no variable shared with another thread',
      },
    )
  }

  #agrees(run: LiveRun, node: number, yielded: Yielded): boolean {
    const { nodes, interner } = this.#context
    const code = nodes.code(node)
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
    const form = this.#codec.encode(run.thread, yielded.operation)
    return (
      form.word === nodes.field(node, NODE_WORD) &&
      form.a === nodes.field(node, NODE_A) &&
      form.b === nodes.field(node, NODE_B)
    )
  }

  /** Follows the new history beside the one that was learnt, as far as the latter is known, a few operations ahead. */
  #checkClaim(run: LiveRun, claiming: Yielded, claim: Claim, known: number): void {
    const { nodes } = this.#context
    let node = known
    let yielded = claiming
    for (let ahead = 0; ; ahead++) {
      if (!this.#agrees(run, node, yielded)) throw this.#falseClaim(run, claim, yielded, node)
      const from = node
      node = nodes.field(from, NODE_CHILD)
      if (ahead === CLAIM_LOOKAHEAD || yielded.operation === null || node === 0 || spawns(yielded.operation)) return
      yielded = this.#runner.advance(run, () => this.#feed(run, from, nodes.field(from, NODE_RESULT)))
    }
  }

  #falseClaim(run: LiveRun, claim: Claim, yielded: Yielded, node: number): ProgramFault {
    const { what, hint } = describeClaim(claim)
    return new ProgramFault(
      'program/false-at',
      `thread “${run.thread.name}” claims ${what} after different histories, but then ${describeYielded(yielded)} after one, and ${this.describeNode(node)} after the other`,
      {
        place: (claim instanceof AtMark ? claim.place : undefined) ?? yielded.operation?.place ?? run.thread.place,
        hint,
      },
    )
  }
}

function describeClaim(claim: Claim): { readonly what: string; readonly hint: string } {
  if (claim instanceof AtMark)
    return {
      what: `p.at(“${claim.label}”) with equal locals`,
      hint: 'give p.at every local variable that still matters',
    }
  if (claim instanceof LoopMark)
    return {
      what: `the loop “${claim.label}” of a call with equal values`,
      hint: 'give it every variable of the call that still matters',
    }
  return {
    what: 'a call with equal results',
    hint: 'let nothing depend on a call but what it returns',
  }
}

/** A thread works on the memory of the process in which it was made: no other process can start it. */
function requireOwnThread(starter: ThreadEntry, started: ThreadEntry): void {
  if (started.process === starter.process) return
  const home = started.process === null ? 'the main process' : `process “${started.process.name}”`
  throw new ProgramFault(
    'program/thread-of-another-process',
    `thread “${starter.name}” may start thread “${started.name}”, which belongs to ${home}`,
    {
      place: starter.place,
      hint: 'make the thread, or the pool that it works for, in the code of the process that uses it',
    },
  )
}

/** Asked of every operation that is learnt, most of which are instructions. */
function spawns(operation: Operation): operation is Spawn | StartProcess {
  const { instruction } = operation
  return instruction === undefined ? operation instanceof StartProcess : instruction.code === Code.Spawn
}

function operationKey(operation: Operation): string {
  return `${operation.object?.kind} ${operation.object?.name} ${operation.name} ${operation.args.map(formatData).join()}`
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
