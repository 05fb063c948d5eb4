import { ProgramFault } from './errors.js'
import type { Interner } from './interner.js'
import { type Layout, WordKind } from './layout.js'
import { ThreadHandle } from './marks.js'
import type { SharedObject, ThreadBody } from './operation.js'
import type { Place } from './place.js'
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

  constructor(context: DeclarationContext) {
    this.#context = context
  }

  /** From now on declarations come from threads. */
  endSetup(): void {
    this.#context.threads.declared = this.bodies.length
    this.#inSetup = false
  }

  /** The object that owns a word. */
  objectOf(word: number): SharedObject | undefined {
    return this.#objectWords.get(word)
  }

  word(suffix: string, kind: WordKind, initial: unknown, what: string): number {
    const content = kind === WordKind.Thread ? 0 : this.#context.codec.encode(kind, initial, what)
    const identity = `${this.#objectIdentity()} ${this.#pendingWords.length} ${suffix}`
    const word = this.#context.layout.word(
      this.#inSetup ? identity : `${identity} ${kind} ${this.#hashText(kind, content)}`,
      kind,
      content,
    )
    this.#pendingWords.push(word)
    return word
  }

  record(word: number): number {
    this.#context.layout.records.add(word)
    return word
  }

  wordOnDemand(suffix: string, kind: WordKind, initial: unknown, what: string): () => number {
    const { codec, layout } = this.#context
    const identity = `${this.#objectIdentity()} on demand ${suffix}`
    const owner: { object: SharedObject | null } = { object: null }
    this.#pendingOwners.push(owner)
    let word: number | null = null
    return () => {
      if (word !== null) return word
      word = layout.word(identity, kind, codec.encode(kind, initial, what))
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
    else run.objects++
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

/** Names stand in tables and in messages: one line of visible characters. */
function requireName(kind: string, name: unknown, place: Place | undefined): void {
  if (typeof name === 'string' && name !== '' && name.length <= 200 && !/\p{Control}/u.test(name)) return
  throw new ProgramFault('program/bad-name', `a ${kind} cannot be called ${JSON.stringify(name) ?? String(name)}`, {
    place,
    hint: 'a name is a text of 1 to 200 visible characters',
  })
}
