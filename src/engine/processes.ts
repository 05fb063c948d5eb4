import type { Layout, WordKind } from './layout.js'
import type { SharedObject, Steps, WorldView } from './operation.js'
import type { ThreadEntry } from './thread-registry.js'
import type { TimeMode } from './time/time-mode.js'

/** How a process comes by its memory. */
export type StartMethod = 'spawn' | 'fork' | 'forkserver'

/** What the word of a process holds: whether it has been started, the identity of the process that lives, or its exit code. */
export type ProcessStatus = 'not started' | { readonly process: string } | number

/** Who is told of a process' end: plain data in a word that all processes share, which changes in the same step. */
export interface EndListener {
  readonly word: number
  /** What the word holds once the process has ended with that exit code. */
  told(content: unknown, exitCode: number): unknown
}

/** A process that some history has started: threads that share a memory of their own. */
export interface ProcessEntry {
  /** What tells it from all other processes of the program; the same in every run. */
  readonly identity: string
  readonly name: string
  /** The path of its first thread. */
  readonly path: readonly number[]
  /** The word that holds its status. */
  readonly status: number
  /** The process that started it; null for the main one. */
  readonly parent: ProcessEntry | null
  /** It is terminated when its parent leaves. */
  readonly daemon: boolean
  readonly start: StartMethod
  /** The node of a simulated cluster where it runs. */
  readonly node: number
  readonly listener: EndListener | null
}

/** A word of a process' own memory: what it is called, and the process in which it was declared. */
interface PrivateWord {
  readonly identity: string
  readonly home: ProcessEntry | null
}

/** The place of a word that is another process' copy of a word. */
export interface CopiedWord {
  readonly original: number
  readonly process: ProcessEntry
}

/** What has to happen before a process may leave: its step says whether it is due, and does it. */
export interface ExitHook {
  /** The word that decides whether it is due. */
  readonly word: number
  isDue(content: unknown, process: string): boolean
  /** A step towards its not being due any more. */
  perform(): Steps<unknown>
}

/**
 * All processes that have been met, and their memories. The words that setup declares are the main process' memory; any other process
 * has a copy of each that it touches, unless their object is shared. A copy has an identity of its own, made of the original's
 * and the process', so that it is the same in every session.
 */
export class ProcessRegistry {
  readonly all: ProcessEntry[] = []
  /** The first thread of each. */
  readonly mains = new Map<ProcessEntry, ThreadEntry>()
  /** By thread: the node of one that has been killed. */
  readonly killedNodes: number[] = []
  /** What is done when a process leaves, in the order of declaration. */
  readonly hooks: ExitHook[] = []
  readonly #layout: Layout
  readonly #byIdentity = new Map<string, ProcessEntry>()
  readonly #private = new Map<number, PrivateWord>()
  readonly #copies = new Map<ProcessEntry, Map<number, number>>()
  readonly #originals = new Map<number, CopiedWord>()
  #declaredInSetup: readonly number[] = []

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** The process with that identity, which is added if it is new. */
  add(process: ProcessEntry): ProcessEntry {
    const known = this.#byIdentity.get(process.identity)
    if (known !== undefined) return known
    this.all.push(process)
    this.#byIdentity.set(process.identity, process)
    this.#copies.set(process, new Map())
    return process
  }

  /** The process with that identity, if it has been met. */
  find(identity: string): ProcessEntry | undefined {
    return this.#byIdentity.get(identity)
  }

  /** The process that lives in a state whose status word is `status`; undefined if none does. */
  living(world: WorldView, status: number): ProcessEntry | undefined {
    const content = world.value(status) as ProcessStatus
    return typeof content === 'object' ? this.#byIdentity.get(content.process) : undefined
  }

  /** What is declared from now on is declared while threads run. */
  endSetup(): void {
    this.#declaredInSetup = [...this.#private.keys()]
  }

  /** A word belongs to the memory of the process in which it is declared; `home` is null for the main one. */
  declare(word: number, identity: string, home: ProcessEntry | null): void {
    if (!this.#private.has(word)) this.#private.set(word, { identity, home })
  }

  /** Whether each process has a word of its own in the place of `word`. */
  isPrivate(word: number): boolean {
    return this.#private.has(word)
  }

  /** The processes that live and have their own in the place of a private word, as far as that has been met; null for the main one. */
  *holdersOf(world: WorldView, word: number): Generator<ProcessEntry | null> {
    const { home } = this.#private.get(word)!
    if (home === null || this.living(world, home.status) === home) yield home
    for (const process of this.all) {
      const copy = this.#copies.get(process)!.get(word) ?? word
      if (copy !== word && this.living(world, process.status) === process) yield process
    }
  }

  /** The word that stands for `word` in the memory of a process. */
  wordIn(process: ProcessEntry, word: number): number {
    const memory = this.#copies.get(process)!
    const known = memory.get(word)
    if (known !== undefined) return known
    const declared = this.#private.get(word)
    const local = declared === undefined || declared.home === process ? word : this.#copy(process, word, declared)
    memory.set(word, local)
    return local
  }

  /**
   * Makes room in the memory of a process for what an operation may touch, all there is if that is not said: words have to
   * be added while threads are learnt, not while states are looked at, to come in the same order in every session.
   */
  makeRoom(process: ProcessEntry, words: Iterable<number> = this.#private.keys()): void {
    for (const word of words) this.wordIn(process, word)
  }

  /** The words of private memory that a thread can know of: those of setup, and those declared by itself and who spawned it. */
  memory(declared: readonly number[]): number[] {
    return [...this.#declaredInSetup, ...declared.filter((word) => this.#private.has(word))]
  }

  /** Where a word comes from that is a process' copy; undefined for others. */
  originalOf(word: number): CopiedWord | undefined {
    return this.#originals.get(word)
  }

  /** What a person sees of an object in a process' memory. */
  showIn(process: ProcessEntry, object: SharedObject, world: WorldView): unknown {
    return object.show(new ProcessView(world, (word) => this.wordIn(process, word)))
  }

  #copy(process: ProcessEntry, word: number, { identity }: PrivateWord): number {
    const layout = this.#layout
    const copy = layout.word(
      `${identity} in ${process.identity}`,
      layout.kinds[word] as WordKind,
      layout.initial[word]!,
    )
    layout.hidden.add(copy)
    this.#originals.set(copy, { original: word, process })
    return copy
  }
}

/** A state as the threads of a process see it: words stand for those of its own memory. */
export class ProcessView implements WorldView {
  protected readonly world: WorldView
  protected readonly wordIn: (word: number) => number

  constructor(world: WorldView, wordIn: (word: number) => number) {
    this.world = world
    this.wordIn = wordIn
  }

  read(word: number): number {
    return this.world.read(this.wordIn(word))
  }

  value(word: number): unknown {
    return this.world.value(this.wordIn(word))
  }

  equals(word: number, value: unknown): boolean {
    return this.world.equals(this.wordIn(word), value)
  }

  get time(): TimeMode {
    return this.world.time
  }

  hasEnded(thread: number): boolean {
    return this.world.hasEnded(thread)
  }

  resultOf(thread: number): unknown {
    return this.world.resultOf(thread)
  }

  threadName(thread: number): string {
    return this.world.threadName(thread)
  }

  givenName(thread: number): string {
    return this.world.givenName(thread)
  }

  identityOf(thread: number): string {
    return this.world.identityOf(thread)
  }

  threadWith(identity: string): number {
    return this.world.threadWith(identity)
  }

  deadlineWord(thread: number): number {
    return this.world.deadlineWord(thread)
  }

  threadWords(asking: number): readonly number[] {
    return this.world.threadWords(asking)
  }

  // Plain data refers to words as to addresses: in another process' memory the same address is another word.
  wordIdentity(word: number): string {
    return this.world.wordIdentity(word)
  }

  wordWith(identity: string): number {
    return this.world.wordWith(identity)
  }
}
