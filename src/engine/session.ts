import type { CallTracer } from './call-tracer.js'
import { EntrelacsError, MisuseError, ProgramFault } from './errors.js'
import { chain, hashText, LANE_1 } from './content-hash.js'
import { Declarations } from './declarations.js'
import { GeneratorImage } from './generator-image.js'
import * as Code from './code.js'
import { MISUSE, overflows, resulting, stored } from './instruction.js'
import { Interner } from './interner.js'
import { Layout, WordKind } from './layout.js'
import { ThreadHandle } from './marks.js'
import { NODE_A, NODE_B, NODE_CODE, NODE_WORD } from './node-fields.js'
import { FLAG_IDLE } from './node-head.js'
import { NodeTable } from './node-table.js'
import { PassingImage } from './passing-image.js'
import { formatData, type Operation, type SharedObject } from './operation.js'
import { placeOfError } from './place.js'
import { propertyHolds } from './property-check.js'
import { type Parameters, type Program, completeParameters } from './program.js'
import { ProcessRegistry } from './processes.js'
import type { Property } from './setup.js'
import { type ThreadEntry, ThreadRegistry } from './thread-registry.js'
import { VirtualClock } from './time/virtual-clock.js'
import {
  type CodeMonitor,
  type Failure,
  describeThrown,
  isMutation,
  type PrintedLine,
  textOf,
} from './thread-runner.js'
import { overflow, WordCodec } from './word-codec.js'
import { World } from './world.js'

/** How a session runs a program. */
export interface SessionOptions {
  /** Record where every operation stands in the user's file: slow, for replays. */
  readonly recordPlaces?: boolean
  readonly monitor?: CodeMonitor | undefined
  readonly onPrint?: (line: PrintedLine) => void
  /** Bytes that the values in shared objects may take. @default no bound */
  readonly maxValues?: number
  /** Threads run once, and nothing of them is learnt: a step cannot be undone, and memory does not grow with the length of a run. */
  readonly isPassing?: boolean
  /** Is told when threads' own code runs. */
  readonly calls?: CallTracer | undefined
}

/**
 * One setup of a program together with what is learnt of its threads and one state that can be stepped and undone.
 * Every machine of the engine works on sessions; a fresh session shares nothing with another but the program's code.
 */
export class Session {
  readonly program: Program
  readonly params: Parameters
  readonly interner = new Interner()
  readonly codec = new WordCodec(this.interner)
  readonly layout = new Layout(this.interner)
  readonly threads: ThreadRegistry
  readonly processes = new ProcessRegistry(this.layout)
  readonly nodes = new NodeTable()
  readonly image: GeneratorImage
  readonly world: World
  /** In time mode `virtual`: what lets time pass, and the agent that it is. */
  readonly clock: VirtualClock | null = null
  readonly clockThread: ThreadEntry | null = null
  readonly #declarations: Declarations
  readonly #monitor: CodeMonitor | undefined
  readonly #initial: { readonly words: Int32Array; readonly hash1: number; readonly hash2: number }

  /**
   * @throws UsageError for parameters that the program does not have.
   * @throws ProgramFault for what setup does wrong, and for what threads do wrong before their first operation.
   */
  constructor(program: Program, given: Readonly<Record<string, unknown>> = {}, options: SessionOptions = {}) {
    this.program = program
    this.#monitor = options.monitor
    this.interner.maxBytes = options.maxValues ?? Infinity
    this.params = completeParameters(program, given)
    const { layout, interner, codec, processes } = this
    const { time, twins } = program
    const threads = new ThreadRegistry(layout, time === 'virtual' ? interner.intern(null, 'no deadline') : -1)
    this.threads = threads
    this.#declarations = new Declarations({
      time,
      twins,
      layout,
      threads,
      interner,
      codec,
      processes,
      running: () => this.image.running,
      carried: (key) => this.image.starts.carried(key),
    })
    const Image = options.isPassing === true ? PassingImage : GeneratorImage
    this.image = new Image({
      layout,
      nodes: this.nodes,
      threads,
      interner,
      codec,
      processes,
      monitor: options.monitor,
      recordPlaces: options.recordPlaces ?? false,
      onPrint: options.onPrint,
      calls: options.calls,
      objectOfWord: (word) => {
        const object = this.objectOf(word)
        return object === undefined ? undefined : `${object.kind} “${object.name}”`
      },
    })
    options.monitor?.enter('', undefined)
    try {
      program.declare(this.#declarations, this.params)
    } catch (error) {
      if (error instanceof EntrelacsError) throw error
      throw new ProgramFault(
        'program/setup-throws',
        `the setup of “${program.name}” throws: ${describeThrown(error)}`,
        {
          place: placeOfError(error),
        },
      )
    } finally {
      options.monitor?.leave()
    }
    this.#declarations.endSetup()
    if (this.threads.all.length === 0)
      throw new ProgramFault('program/no-threads', `“${program.name}” declares no thread`, {
        hint: 'declare at least one with p.thread(name, function* () { … })',
      })
    if (time === 'virtual') {
      this.clockThread = threads.addClock()
      threads.declared++
    }
    this.world = new World(time, this.layout, this.nodes, this.threads, this.codec, this.interner, (node, thread) =>
      this.image.firstNodeOfStarted(node, thread),
    )
    const { bodies } = this.#declarations
    for (const thread of threads.all.slice(0, bodies.length)) {
      const body = bodies[thread.index]
      if (body !== undefined) this.world.write(thread.word, this.image.start(thread, body, 0))
    }
    if (this.clockThread !== null) this.clock = this.#startClock(this.clockThread)
    // Threads may have declared objects on their way to their first operation.
    this.world.read(this.layout.count - 1)
    this.#initial = {
      words: this.world.words.slice(0, this.layout.count),
      hash1: this.world.hash1,
      hash2: this.world.hash2,
    }
  }

  #startClock(thread: ThreadEntry): VirtualClock {
    const clock = new VirtualClock({
      layout: this.layout,
      threads: this.threads,
      world: () => this.world,
      timers: (world) => this.#declarations.timers(world),
      ways: (other) => this.ways(other),
      hasEnded: () => this.hasEnded,
    })
    this.world.write(
      thread.word,
      this.image.start(thread, () => clock.body(), 0),
    )
    return clock
  }

  /** Whether time matters to what the program does: some thread has slept or limited a wait, or some object has timers. */
  get isTimed(): boolean {
    return this.image.isTimed || this.#declarations.hasTimers
  }

  /** The objects that setup declares. */
  get objects(): readonly SharedObject[] {
    return this.#declarations.objects
  }

  get properties(): readonly Property[] {
    return this.#declarations.properties
  }

  /** Makes the initial state the present one. */
  rewind(): void {
    const { words, hash1, hash2 } = this.#initial
    this.world.load(words, 0, words.length, hash1, hash2)
  }

  /** An estimate of the memory held by what was learnt, in bytes. */
  get bytes(): number {
    return this.nodes.bytes + this.interner.bytes + this.image.bytes + this.layout.count * 120
  }

  /** The part of it that lives in the JavaScript heap. */
  get heapBytes(): number {
    return this.interner.bytes + this.image.bytes + this.layout.count * 80
  }

  /** The node of a thread in the present state; 0 before it is spawned. */
  node(thread: number): number {
    return this.world.read(this.threads.all[thread]!.word)
  }

  /** The thread with that code that exists in the present state. */
  threadByCode(code: string): ThreadEntry | undefined {
    return this.threads.withCode(code).find((thread) => this.node(thread.index) !== 0)
  }

  /** In how many ways a thread can step now: 0 if it is blocked, has ended or does not exist yet. */
  ways(thread: number): number {
    const node = this.node(thread)
    const code = this.nodes.code(node)
    switch (code) {
      case Code.None:
      case Code.End:
      case Code.Failed:
        return 0
      case Code.Acquire:
        return this.world.read(this.nodes.field(node, NODE_WORD)) === 0 ? 1 : 0
      case Code.Join:
        return this.#endedWord(this.nodes.field(node, NODE_WORD)) ? 1 : 0
      case Code.Choose:
        return this.nodes.field(node, NODE_A)
      case Code.Contract:
        return this.image.operations.get(node)!.ways(this.world, thread)
      default:
        return 1
    }
  }

  /**
   * Lets a thread take one step and returns the result as a word. The thread must be able to step.
   *
   * @throws ProgramFault if an integer overflows, or for what the thread does wrong on the way to its next operation.
   */
  step(thread: number, way: number): number {
    const entry = this.threads.all[thread]!
    const node = this.world.read(entry.word)
    const result = this.#effect(thread, node, way)
    // Its own step has ended its process: it goes nowhere from there.
    if (this.world.read(entry.word) !== node) return result
    const next = this.nodes.next(node, result) || this.image.resume(node, result)
    this.world.write(entry.word, next)
    return result
  }

  /** Whether every thread that the program waits for has ended, or is idle for want of work. */
  get hasEnded(): boolean {
    return this.threads.all.every(
      ({ daemon, index }) =>
        daemon ||
        this.node(index) === 0 ||
        this.world.hasEnded(index) ||
        (this.isIdle(index) && this.ways(index) === 0),
    )
  }

  /** Whether a thread stands where nobody waits for it as long as it is blocked. */
  isIdle(thread: number): boolean {
    return (this.nodes.field(this.node(thread), NODE_CODE) & FLAG_IDLE) !== 0
  }

  /** Whether a thread's next step is an `assume` that is false. */
  assumesFalsehood(thread: number): boolean {
    const node = this.node(thread)
    return this.nodes.code(node) === Code.Assume && this.nodes.field(node, NODE_A) === 0
  }

  /** The result of a thread that has ended without failing. */
  resultOf(thread: number): unknown {
    return this.world.resultOf(thread)
  }

  /** How a thread failed in the present state, if it did. */
  failureOf(thread: number): Failure | undefined {
    return this.image.failures.get(this.node(thread))
  }

  /** Objects that have something to show now, by name. */
  show(): Record<string, unknown> {
    const shown = Object.create(null) as Record<string, unknown>
    for (const object of this.objects) {
      const content = object.show(this.world)
      if (content !== undefined) shown[object.name] = content
    }
    return shown
  }

  /**
   * Whether a property holds in the present state.
   *
   * @param observed receives every word that the property reads.
   * @throws ProgramFault `program/property-throws`.
   */
  holds(property: Property, observed?: (word: number) => void): boolean {
    return propertyHolds(this, property, this.#monitor, observed)
  }

  /** The hash of one step for tokens: what was done and what came back, without any name. */
  stepHash(thread: number, way: number, node: number, result: number): number {
    const code = this.nodes.code(node)
    let hash = chain(hashText(this.threads.all[thread]!.code, LANE_1), code)
    hash = chain(chain(hash, way), hashText(this.#resultText(node, result), LANE_1))
    if (code === Code.Contract) {
      const operation = this.image.operations.get(node)!
      return chain(
        hash,
        hashText(`${operation.object?.kind} ${operation.name} ${operation.args.map(formatData).join()}`, LANE_1),
      )
    }
    const word = this.nodes.field(node, NODE_WORD)
    if (this.layout.kinds[word] === WordKind.Node) return hash
    hash = chain(hash, this.layout.seeds1[word]!)
    return code === Code.Store || code === Code.Add || code === Code.Exchange || code === Code.CompareExchange
      ? chain(
          chain(hash, this.layout.hash1(word, this.nodes.field(node, NODE_A))),
          this.layout.hash1(word, this.nodes.field(node, NODE_B)),
        )
      : hash
  }

  /** A result without any name or index: a thread is told by its code. */
  #resultText(node: number, result: number): string {
    const received = this.image.decode(node, result)
    return received instanceof ThreadHandle ? this.threads.all[received.index]!.code : formatData(received)
  }

  /** The fault of the integer overflow that the addition at `node` runs into. */
  overflowAt(node: number, word: number): ProgramFault {
    const operation = this.image.operationAt(node)
    const sum = word + this.nodes.field(node, NODE_A)
    const object = this.objectOf(this.nodes.field(node, NODE_WORD))
    const thread = this.threads.all[this.nodes.owners[node]!]!
    const fault = overflow(
      `the sum in ${object?.kind ?? 'object'} “${object?.name ?? ''}” after ${operation?.name ?? 'add'} in thread “${thread.name}”`,
      sum,
    )
    return new ProgramFault(fault.code, fault.message, { hint: fault.hint, place: operation?.place ?? thread.place })
  }

  /** The object that owns a word. */
  objectOf(word: number): SharedObject | undefined {
    return this.#declarations.objectOf(word)
  }

  #effect(thread: number, node: number, way: number): number {
    const code = this.nodes.code(node)
    if (code === Code.Contract) return this.#applyContract(thread, node, way)
    const word = this.nodes.field(node, NODE_WORD)
    const old = this.world.read(word)
    if (code === Code.Join) return this.joinResult(old)
    const a = this.nodes.field(node, NODE_A)
    if (code === Code.Spawn) {
      this.world.write(word, this.image.firstNodeOfSpawned(node))
      return 0
    }
    if (code === Code.Add && overflows(old, a)) throw this.overflowAt(node, old)
    const result = resulting(code, old, way)
    if (code === Code.Release && result === MISUSE) return result
    this.world.write(word, stored(code, old, a, this.nodes.field(node, NODE_B), thread))
    return result
  }

  /** A hash of everything that setup declares: the same for every run of a deterministic setup. */
  get setupHash(): string {
    let hash1 = 0
    let hash2 = 0
    for (let word = 0; word < this.#initial.words.length; word++) {
      hash1 = chain(
        chain(hash1, this.layout.seeds1[word]!),
        this.layout.kinds[word] === WordKind.Node ? 0 : this.layout.hash1(word, this.layout.initial[word]!),
      )
      hash2 = chain(
        chain(hash2, this.layout.seeds2[word]!),
        this.layout.kinds[word] === WordKind.Node ? 0 : this.layout.hash2(word, this.layout.initial[word]!),
      )
    }
    return `${hash1} ${hash2} ${this.properties.length}`
  }

  /** The result word of a join on a thread that stands at `ended`. */
  joinResult(ended: number): number {
    return this.nodes.code(ended) === Code.End ? this.nodes.field(ended, NODE_A) : 0
  }

  #applyContract(thread: number, node: number, way: number): number {
    const operation = this.image.operations.get(node)!
    const what = `the result of ${operation.name} on “${operation.object?.name ?? ''}”`
    try {
      return this.interner.intern(operation.apply(this.world, way, thread), what)
    } catch (error) {
      if (error instanceof MisuseError) return -1 - this.interner.intern(error.message, 'a message')
      throw this.#operationFault(thread, node, error)
    }
  }

  /** What an operation throws is its program's fault: an operation either happens or it does not. */
  #operationFault(thread: number, node: number, error: unknown): ProgramFault {
    const operation = this.image.operationAt(node)
    const { name } = this.threads.all[thread]!
    const place = placeOfError(error) ?? operation?.place
    const what = `${operation?.name ?? 'an operation'} in thread “${name}”`
    if (error instanceof ProgramFault)
      return new ProgramFault(error.code, `${error.message}, by ${what}`, { hint: error.hint, place: operation?.place })
    if (isMutation(error))
      return new ProgramFault('program/mutates-value', `${what} changes a value it has read: ${textOf(error)}`, {
        place,
        hint: 'values in shared objects are frozen; return a changed copy',
      })
    return new ProgramFault('program/operation-throws', `${what} throws: ${describeThrown(error)}`, {
      place,
      hint: 'the function given to an operation must be pure and must not throw',
    })
  }

  #endedWord(word: number): boolean {
    const code = this.nodes.code(this.world.read(word))
    return code === Code.End || code === Code.Failed
  }
}

/** The operation a thread is about to perform, for reports; runs the thread again to find its place. */
export function pendingOperation(session: Session, thread: number): Operation | null {
  return session.image.operationAt(session.node(thread))
}
