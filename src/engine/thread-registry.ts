import { hashText, LANE_1, LANE_2 } from './content-hash.js'
import { ProgramFault } from './errors.js'
import { type Layout, WordKind } from './layout.js'
import type { Place } from './place.js'
import type { ProcessEntry } from './processes.js'

/** A thread as the engine knows it. */
export interface ThreadEntry {
  readonly index: number
  /** Position among the declared threads, then the how-manieth child of each ancestor; the same in every run. */
  readonly path: readonly number[]
  /** The path in letters: `A`, `B`, …; `Aa` is A's first child. Used in tokens. */
  readonly code: string
  readonly name: string
  readonly daemon: boolean
  /** The word of the state that holds the thread's node. */
  readonly word: number
  /** Where the program declares it, when known. */
  readonly place: Place | undefined
  /** What tells it from all other threads of the program; the same in every run. */
  readonly identity: string
  /** The process whose memory it works on; null for the main one. */
  readonly process: ProcessEntry | null
}

/** All threads met so far, in the order of meeting (their indices) and in canonical order (by path). */
export class ThreadRegistry {
  readonly all: ThreadEntry[] = []
  /** Indices in canonical order: declared threads in order of declaration, each followed by its children. */
  readonly canonical: number[] = []
  /** How many setup declares: the first ones, with equal indices in every session. */
  declared = 0
  readonly #layout: Layout
  readonly #byIdentity = new Map<string, ThreadEntry>()
  // By name: who has it.
  readonly #names = new Map<string, string>()
  readonly #byCode = new Map<string, ThreadEntry[]>()

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** The thread with that path in a process, which is added if it is new. */
  add(
    path: readonly number[],
    name: string,
    daemon: boolean,
    place: Place | undefined,
    process: ProcessEntry | null = null,
  ): ThreadEntry {
    // The same child may be spawned under another name after another history: that is another thread.
    const within = process === null ? '' : ` of ${process.identity}`
    const identity = `t${path.join('.')} ${daemon ? 'd' : ''}${name}${within}`
    const known = this.#byIdentity.get(identity)
    if (known !== undefined) return known
    const index = this.all.length
    if (index > 0xffff)
      throw new ProgramFault('program/too-many-threads', 'a program may create at most 65,536 threads')
    const word = this.#layout.word(identity, WordKind.Node, 0)
    const entry: ThreadEntry = {
      index,
      path,
      code: codeOf(path),
      name: this.#uniqueName(name, path, process),
      daemon,
      word,
      place,
      identity,
      process,
    }
    this.#layout.threadHashes.push(hashText(identity, LANE_1), hashText(identity, LANE_2))
    this.all.push(entry)
    this.#byIdentity.set(identity, entry)
    this.#byCode.set(entry.code, [...(this.#byCode.get(entry.code) ?? []), entry])
    // New threads mostly belong at the end.
    const before = this.canonical.findLastIndex((other) => comparePaths(path, this.all[other]!.path) >= 0)
    this.canonical.splice(before + 1, 0, index)
    return entry
  }

  /** The threads with that code: several if a child has different names after different histories; one of them at most exists in a state. */
  withCode(code: string): readonly ThreadEntry[] {
    return this.#byCode.get(code) ?? []
  }

  /** The thread with that identity, which must have been met. */
  withIdentity(identity: string): ThreadEntry {
    const thread = this.#byIdentity.get(identity)
    if (thread === undefined) throw new Error(`there is no thread “${identity}” here`)
    return thread
  }

  #uniqueName(name: string, path: readonly number[], process: ProcessEntry | null): string {
    // A process may be started by one thread or by another: it is started once, and its threads have one name each.
    const bearer = process === null ? path.join('.') : `${process.status} ${path.slice(process.path.length).join('.')}`
    const known = this.#names.get(name) ?? bearer
    this.#names.set(name, known)
    if (known === bearer) return name
    return path.length > 1 ? `${name} (${codeOf(path)})` : name
  }
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

/** Bijective base 26 per level, upper and lower case in turn, so that codes can be concatenated with counts. */
function codeOf(path: readonly number[]): string {
  return path.map((position, level) => letters(position, level % 2 === 0 ? 65 : 97)).join('')
}

function letters(position: number, first: number): string {
  let text = ''
  for (let n = position + 1; n > 0; n = Math.floor((n - 1) / 26))
    text = String.fromCharCode(first + ((n - 1) % 26)) + text
  return text
}
