import { ProgramFault } from './errors.js'
import type { Interner } from './interner.js'
import { type Layout, WordKind } from './layout.js'
import { ThreadHandle } from './marks.js'
import type { SharedObject, Steps, ThreadBody } from './operation.js'
import type { Place } from './place.js'
import { leaveProcess, type ProcessContext } from './process-operations.js'
import type { ExitHook, ProcessRegistry } from './processes.js'
import type { DeclarationSink, Property } from './setup.js'
import type { ThreadEntry, ThreadRegistry } from './thread-registry.js'
import type { LiveRun } from './thread-runner.js'
import type { WordCodec } from './word-codec.js'

/** What declarations need to know of the session they belong to. */
export interface DeclarationContext {
  readonly layout: Layout
  readonly threads: ThreadRegistry
  readonly interner: Interner
  readonly codec: WordCodec
  /** The thread whose code is executing, if any: what is declared meanwhile belongs to it. */
  readonly running: () => LiveRun | null
  readonly processes: ProcessRegistry
}

/** What a program declares: in its setup, and objects also while its threads run. */
export class Declarations implements DeclarationSink {
  readonly objects: SharedObject[] = []
  readonly properties: Property[] = []
  /** The bodies of the threads that setup declares, by index. */
  readonly bodies: ThreadBody[] = []
  readonly #objectWords = new Map<number, SharedObject>()
  readonly #context: DeclarationContext
  #declaredObjects = 0
  #pendingWords: number[] = []
  // Who waits to know the object that is being declared.
  #pendingOwners: { object: SharedObject | null }[] = []
  #inSetup = true
  #declaredProcesses = 0
  #terminatesDaemons = false

  constructor(context: DeclarationContext) {
    this.#context = context
  }

  /** From now on declarations come from threads. */
  endSetup(): void {
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

  word(suffix: string, kind: WordKind, initial: unknown, what: string, shared: boolean): number {
    const content = kind === WordKind.Thread ? 0 : this.#context.codec.encode(kind, initial, what)
    const identity = `${this.#objectIdentity()} ${this.#pendingWords.length} ${suffix}`
    const whole = this.#inSetup ? identity : `${identity} ${kind} ${this.#hashText(kind, content)}`
    const word = this.#context.layout.word(whole, kind, content)
    this.#pendingWords.push(word)
    if (!shared) this.#context.processes.declare(word, whole, this.#context.running()?.thread.process ?? null)
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

  object(object: SharedObject): void {
    const words = this.#pendingWords
    this.#pendingWords = []
    for (const owner of this.#pendingOwners) owner.object = object
    this.#pendingOwners = []
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
        { place, hint: 'declare it in the setup; start it where you like' },
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

  thread(name: string, body: ThreadBody, daemon: boolean, place: Place | undefined): ThreadHandle {
    if (!this.#inSetup)
      throw new ProgramFault('program/thread-outside-setup', `thread “${name}” is declared while threads run`, {
        place,
        hint: 'start it with yield* p.spawn(…)',
      })
    requireName('thread', name, place)
    if (this.#context.threads.all.some((other) => other.name === name))
      throw new ProgramFault('program/duplicate-name', `two threads are called “${name}”`, {
        place,
        hint: 'give every thread a name of its own',
      })
    this.bodies.push(body)
    const entry: ThreadEntry = this.#context.threads.add([this.bodies.length - 1], name, daemon, place)
    return new ThreadHandle(name, entry.index, entry.word)
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
