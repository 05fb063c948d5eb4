import { ProgramFault } from './errors.js'
import type { Interner } from './interner.js'
import { type Layout, WordKind } from './layout.js'
import { ProcessAccess } from './local-operation.js'
import { ThreadHandle } from './marks.js'
import type { SharedObject, Steps, ThreadBody, WorldView } from './operation.js'
import type { Place } from './place.js'
import { leaveProcess, type ProcessContext } from './process-operations.js'
import { type ExitHook, type ProcessEntry, type ProcessRegistry, ProcessView } from './processes.js'
import type { DeclarationSink, OwnWord, Property, UnstartedThread } from './setup.js'
import type { ThreadScheduling } from './scheduling.js'
import type { ThreadEntry, ThreadRegistry } from './thread-registry.js'
import { isTimed, type TimedObject, type Timers } from './time/timed-object.js'
import type { TimeMode } from './time/time-mode.js'
import type { LiveRun } from './thread-runner.js'
import type { WordCodec } from './word-codec.js'

/** What declarations need to know of the session they belong to. */
export interface DeclarationContext {
  readonly time: TimeMode
  readonly twins: boolean
  readonly layout: Layout
  readonly threads: ThreadRegistry
  readonly interner: Interner
  readonly codec: WordCodec
  /** The thread whose code is executing, if any: what is declared meanwhile belongs to it. */
  readonly running: () => LiveRun | null
  /** What an operation carries, by its key. */
  readonly carried: (key: string) => unknown
  readonly processes: ProcessRegistry
}

/** What a program declares: in its setup, and objects also while its threads run. */
export class Declarations implements DeclarationSink {
  readonly objects: SharedObject[] = []
  readonly properties: Property[] = []
  /** The bodies of the threads that setup declares, by index; none for those that are yet to be started. */
  readonly bodies: (ThreadBody | undefined)[] = []
  readonly #objectWords = new Map<number, SharedObject>()
  // Objects with timers of their own, also those that threads have made, each with one of its words.
  readonly #timed: { readonly object: TimedObject; readonly word: number | undefined }[] = []
  readonly #context: DeclarationContext
  #declaredObjects = 0
  #pendingWords: number[] = []
  // Who waits to know the object that is being declared.
  #pendingOwners: { object: SharedObject | null }[] = []
  #pendingOwn: ((object: SharedObject) => void)[] = []
  #afterSetup: (() => void)[] = []
  #inSetup = true
  #declaredProcesses = 0
  #terminatesDaemons = false
  #hasPools = false

  constructor(context: DeclarationContext) {
    this.#context = context
  }

  get time(): TimeMode {
    return this.#context.time
  }

  get twins(): boolean {
    return this.#context.twins
  }

  /** From now on declarations come from threads. */
  endSetup(): void {
    for (const action of this.#afterSetup) action()
    if (this.#terminatesDaemons && this.#hasPools) throw poolBesideDaemons(undefined)
    if (this.#terminatesDaemons)
      this.thread('the main process', () => leaveProcess(this.#context, 0, null, nobody), false, undefined)
    this.#context.processes.endSetup()
    this.#context.threads.declared = this.bodies.length
    this.#inSetup = false
  }

  /** The object that owns a word; of another process' copy, the object as that process has it. */
  objectOf(word: number): SharedObject | undefined {
    const { processes } = this.#context
    const copied = processes.originalOf(word)
    if (copied === undefined) return this.#objectWords.get(word)
    const object = this.#objectWords.get(copied.original)
    if (object === undefined) return undefined
    return {
      kind: object.kind,
      name: `${object.name} in ${copied.process.name}`,
      show: (world) => processes.showIn(copied.process, object, world),
    }
  }

  /** Whether some object has timers of its own. */
  get hasTimers(): boolean {
    return this.#timed.length > 0
  }

  /** The timers of objects, as each process that lives has them. */
  *timers(world: WorldView): Generator<Timers> {
    const { processes } = this.#context
    for (const { object, word } of this.#timed)
      if (word === undefined || !processes.isPrivate(word)) yield object
      else
        for (const process of processes.holdersOf(world, word))
          yield process === null ? object : timersIn(process, processes, object)
  }

  word(suffix: string, kind: WordKind, initial: unknown, what: string, shared: boolean): number {
    const content = kind === WordKind.Thread ? 0 : this.#context.codec.encode(kind, initial, what)
    const identity = `${this.#objectIdentity()} ${this.#pendingWords.length} ${suffix}`
    const whole = this.#inSetup ? identity : `${identity} ${kind} ${this.#hashText(kind, content)}`
    const word = this.#context.layout.word(whole, kind, content)
    this.#pendingWords.push(word)
    if (!shared) this.#context.processes.declare(word, whole, this.#context.running()?.thread.process ?? null)
    return word
  }

  record(word: number): number {
    this.#context.layout.records.add(word)
    return word
  }

  hidden(word: number): number {
    this.#context.layout.hidden.add(word)
    return word
  }

  wordOnDemand(suffix: string, kind: WordKind, initial: unknown, what: string, shared: boolean): () => number {
    const { codec, layout, processes, running } = this.#context
    const home = running()?.thread.process ?? null
    const identity = `${this.#objectIdentity()} on demand ${suffix}`
    const owner: { object: SharedObject | null } = { object: null }
    this.#pendingOwners.push(owner)
    let word: number | null = null
    return () => {
      if (word !== null) return word
      word = layout.word(identity, kind, codec.encode(kind, initial, what))
      if (!shared) processes.declare(word, identity, home)
      if (owner.object !== null) this.#objectWords.set(word, owner.object)
      return word
    }
  }

  selfNumber(): number {
    const run = this.#context.running()
    if (run !== null) return run.thread.number
    throw new ProgramFault('program/not-in-a-thread', 'no thread is running while the setup is', {
      hint: 'perform operations in the code of threads',
    })
  }

  /** After other histories a thread may make an object with another initial content: that is another object. */
  #hashText(kind: WordKind, content: number): string {
    return kind === WordKind.Value
      ? `${this.#context.interner.hash1[content]} ${this.#context.interner.hash2[content]}`
      : String(content)
  }

  #objectIdentity(): string {
    const run = this.#context.running()
    return run === null ? `o${this.#declaredObjects}` : `o${run.thread.code}.${run.objects}`
  }

  ownWord(suffix: string, initial: unknown, what: string): OwnWord {
    const identity = `${this.#objectIdentity()} ${suffix}`
    const { layout, codec } = this.#context
    const content = codec.encode(WordKind.Value, initial, what)
    const known = new Map<number, number>()
    let owner: SharedObject | undefined
    this.#pendingOwn.push((object) => (owner = object))
    const ofThread = ({ index, identity: thread }: ThreadEntry): number => {
      const word = layout.word(`${identity} of ${thread}`, WordKind.Value, content)
      known.set(index, word)
      if (owner !== undefined) this.#objectWords.set(word, owner)
      return word
    }
    return {
      known: () => known,
      mine: () => {
        const run = this.#requireRunning(what)
        const word = ofThread(run.thread)
        run.own ??= new Map()
        run.own.set(word, ofThread)
        return word
      },
    }
  }

  carried(key: string): unknown {
    return this.#context.carried(key)
  }

  object(object: SharedObject): void {
    const words = this.#pendingWords
    this.#pendingWords = []
    for (const owner of this.#pendingOwners) owner.object = object
    this.#pendingOwners = []
    for (const owned of this.#pendingOwn) owned(object)
    this.#pendingOwn = []
    requireName(object.kind, object.name, undefined)
    const run = this.#context.running()
    if (run === null) this.#declaredObjects++
    else {
      run.objects++
      run.words.push(...words)
    }
    // A thread that is run again declares its objects again: the same words, already known.
    if (words.length > 0 && this.#objectWords.has(words[0]!)) return
    for (const word of words) this.#objectWords.set(word, object)
    if (isTimed(object)) this.#timed.push({ object, word: words[0] })
    // Only what setup declares exists in every state and is shown; an object made by a thread is known to its users.
    if (!this.#inSetup) return
    if (this.objects.some((other) => other.name === object.name))
      throw new ProgramFault('program/duplicate-name', `two objects are called “${object.name}”`, {
        hint: 'give every object a name of its own',
      })
    this.objects.push(object)
  }

  get processes(): ProcessContext {
    return this.#context
  }

  process(daemon: boolean, place: Place | undefined): number {
    const run = this.#context.running()
    if (run === null) {
      if (daemon) this.#terminatesDaemons = true
      return pidOf([], 1 + ++this.#declaredProcesses)
    }
    if (daemon && run.thread.process === null && !this.#terminatesDaemons)
      throw new ProgramFault(
        'program/daemon-process-outside-setup',
        'a daemon process of the main process is declared while threads run',
        { place, hint: 'declare it in the setup; start it where you like (the workers of p.pool are daemons, too)' },
      )
    return pidOf(run.thread.path, run.objects + 1)
  }

  atProcessExit(hook: ExitHook): void {
    if (!this.#inSetup)
      throw new ProgramFault('program/process-queue-outside-setup', 'a process queue is declared while threads run', {
        hint: 'declare it in the setup',
      })
    this.#context.processes.hooks.push(hook)
  }

  atPoolExit(shutdown: () => Steps<unknown>, place: Place | undefined): void {
    const run = this.#context.running()
    const process = run?.thread.process ?? null
    if (run === null) this.#hasPools = true
    else if (process === null) {
      if (this.#terminatesDaemons) throw poolBesideDaemons(place)
    } else if (this.#context.processes.mains.get(process) === run.thread) run.exits.push(shutdown)
    else
      throw new ProgramFault(
        'program/pool-outside-first-thread',
        `thread “${run.thread.name}” declares a pool, but it is not the first thread of process “${process.name}”`,
        { place, hint: 'declare it in the first thread, which shuts it down before the process leaves' },
      )
  }

  property(property: Property): void {
    requireName('property', property.name, property.place)
    if (!this.#inSetup)
      throw new ProgramFault(
        'program/property-outside-setup',
        `property “${property.name}” is declared while threads run`,
        {
          place: property.place,
          hint: 'declare properties in the setup',
        },
      )
    if (this.properties.some((other) => other.name === property.name))
      throw new ProgramFault('program/duplicate-name', `two properties are called “${property.name}”`, {
        place: property.place,
        hint: 'give every property a name of its own',
      })
    this.properties.push(property)
  }

  thread(
    name: string,
    body: ThreadBody,
    daemon: boolean,
    place: Place | undefined,
    scheduling?: ThreadScheduling,
  ): ThreadHandle {
    if (!this.#inSetup)
      throw new ProgramFault('program/thread-outside-setup', `thread “${name}” is declared while threads run`, {
        place,
        hint: 'start it with yield* p.spawn(…)',
      })
    return new ThreadHandle(this.#scheduled(this.#declareThread(name, body, daemon, place), scheduling))
  }

  startable(
    name: string,
    body: ThreadBody,
    daemon: boolean,
    place: Place | undefined,
    scheduling?: ThreadScheduling,
  ): UnstartedThread {
    return this.#startable(name, body, daemon, place, false, scheduling)
  }

  server(name: string, body: ThreadBody): UnstartedThread {
    return this.#startable(name, body, false, undefined, true)
  }

  #startable(
    name: string,
    body: ThreadBody,
    daemon: boolean,
    place: Place | undefined,
    serves: boolean,
    scheduling?: ThreadScheduling,
  ): UnstartedThread {
    const run = this.#context.running()
    if (run !== null) requireName('thread', name, place)
    const { threads } = this.#context
    const entry =
      run === null
        ? this.#declareThread(name, undefined, daemon, place, serves)
        : threads.add([...run.thread.path, run.children++], name, daemon, place, run.thread.process, serves)
    this.#scheduled(entry, scheduling)
    return { index: entry.index, body, isDeclared: run === null, handle: new ThreadHandle(entry) }
  }

  afterSetup(action: () => void): void {
    if (this.#inSetup) this.#afterSetup.push(action)
    else action()
  }

  ordinal(): number {
    return (this.#context.running()?.objects ?? this.#declaredObjects) + 1
  }

  current(): ThreadHandle | null {
    const run = this.#context.running()
    return run === null ? null : new ThreadHandle(run.thread)
  }

  main(): ThreadHandle {
    const process = this.#context.running()?.thread.process ?? null
    if (process !== null) return new ThreadHandle(this.#context.processes.mains.get(process)!)
    const index = this.bodies.findIndex((body) => body !== undefined)
    if (index >= 0) return new ThreadHandle(this.#context.threads.all[index]!)
    throw new ProgramFault('program/no-threads', 'there is no main thread: none runs from the beginning', {
      hint: 'declare one with p.thread(name, function* () { … })',
    })
  }

  #scheduled(entry: ThreadEntry, scheduling: ThreadScheduling | undefined): ThreadEntry {
    if (scheduling !== undefined) this.#context.threads.scheduling.set(entry.index, scheduling)
    return entry
  }

  #declareThread(
    name: string,
    body: ThreadBody | undefined,
    daemon: boolean,
    place: Place | undefined,
    serves = false,
  ): ThreadEntry {
    requireName('thread', name, place)
    if (this.#context.threads.all.some((other) => other.name === name))
      throw new ProgramFault('program/duplicate-name', `two threads are called “${name}”`, {
        place,
        hint: 'give every thread a name of its own',
      })
    this.bodies.push(body)
    return this.#context.threads.add([this.bodies.length - 1], name, daemon, place, null, serves)
  }

  #requireRunning(what: string): LiveRun {
    const run = this.#context.running()
    if (run !== null) return run
    throw new ProgramFault('program/not-in-a-thread', `${what} is asked for outside a thread`, {
      hint: 'ask for it in a thread’s code: every thread has its own',
    })
  }
}

/** Workers that wait for jobs do not end: what waits for all threads before it terminates processes would wait for ever. */
function poolBesideDaemons(place: Place | undefined): ProgramFault {
  return new ProgramFault(
    'program/pool-beside-daemon-process',
    'the main process has both a pool of threads and daemon processes',
    {
      place,
      hint: 'declare the processes without daemon, and terminate them yourself; the workers of p.pool are daemons: take p.processPool beside p.threadPool',
    },
  )
}

/** An object's timers as a process has them. */
function timersIn(process: ProcessEntry, processes: ProcessRegistry, object: TimedObject): Timers {
  const wordIn = (word: number) => processes.wordIn(process, word)
  return {
    untilNext: (world) => object.untilNext(new ProcessView(world, wordIn)),
    advance: (world, nanoseconds) => object.advance(new ProcessAccess(world, wordIn), nanoseconds),
  }
}

/** The main process' children are waited for by the program. */
function* nobody(): Steps<void> {}

/**
 * A number that is the same in every run and no other process': those that setup declares are 2, 3, … 8, 90, 91, …; for
 * others it consists of their creator's path and of their place among what that has declared. A digit 9 says that the next
 * one belongs to it, so that no two paths look the same.
 */
function pidOf(path: readonly number[], place: number): number {
  const digits = (value: number): string => '9'.repeat(Math.floor(value / 9)) + String(value % 9)
  return Number([...path.map((position) => position + 1), place].map(digits).join(''))
}

/** Names stand in tables and in messages: one line of visible characters. */
function requireName(kind: string, name: unknown, place: Place | undefined): void {
  if (typeof name === 'string' && name !== '' && name.length <= 200 && !/\p{Control}/u.test(name)) return
  throw new ProgramFault('program/bad-name', `a ${kind} cannot be called ${JSON.stringify(name) ?? String(name)}`, {
    place,
    hint: 'a name is a text of 1 to 200 visible characters',
  })
}
