import { hashText, LANE_1, LANE_2 } from './content-hash.js'
import { ProgramFault } from './errors.js'
import { type Layout, WordKind } from './layout.js'
import type { Place } from './place.js'
import type { ProcessEntry } from './processes.js'
import type { ThreadScheduling } from './scheduling.js'

/** A thread as the engine knows it. */
export interface ThreadEntry {
  readonly index: number
  /** Position among the declared threads, then the how-manieth child of each ancestor; the same in every run. */
  readonly path: readonly number[]
  /** The path in letters: `A`, `B`, …; `Aa` is A's first child. Used in tokens. */
  readonly code: string
  readonly name: string
  /** As the program names it: other threads may have been given the same name. */
  readonly givenName: string
  readonly daemon: boolean
  /** It serves what its process has declared, and ends by itself once that is over: the process does not wait for it. */
  readonly serves: boolean
  /** A pseudo-thread, no thread of the program's: the clock. Agents are daemons, too. */
  readonly agent: boolean
  /** The word of the state that holds the thread's node. */
  readonly word: number
  /** Where the program declares it, when known. */
  readonly place: Place | undefined
  /** What tells it from all other threads of the program; the same in every run. */
  readonly identity: string
  /** The same as a number, never 0, for algorithms that know threads by numbers. */
  readonly number: number
  /** The word of its deadline; −1 where there are none. */
  readonly deadline: number
  /** The process whose memory it works on; null for the main one. */
  readonly process: ProcessEntry | null
}

// After all threads in canonical order, with a code that no thread has: theirs begin with an upper-case letter.
const CLOCK = { path: [Number.MAX_SAFE_INTEGER], code: 't', identity: 'clock' } as const

/** All threads met so far, in the order of meeting (their indices) and in canonical order (by path). */
export class ThreadRegistry {
  readonly all: ThreadEntry[] = []
  /** Indices in canonical order: declared threads in order of declaration, each followed by its children. */
  readonly canonical: number[] = []
  /** How many setup declares: the first ones, with equal indices in every session. */
  declared = 0
  /** The words of deadlines: who changes them is their thread and the clock. */
  readonly deadlines = new Set<number>()
  /** What the program says of them to an operating system, by their indices. */
  readonly scheduling = new Map<number, ThreadScheduling>()
  readonly #layout: Layout
  readonly #noDeadline: number
  readonly #byIdentity = new Map<string, ThreadEntry>()
  // By name: who has it.
  readonly #names = new Map<string, string>()
  readonly #byCode = new Map<string, ThreadEntry[]>()

  /** @param noDeadline the content of the word of a thread that has no deadline; −1 if there is no time. */
  constructor(layout: Layout, noDeadline: number) {
    this.#layout = layout
    this.#noDeadline = noDeadline
  }

  /** The thread with that path in a process, which is added if it is new. */
  add(
    path: readonly number[],
    name: string,
    daemon: boolean,
    place: Place | undefined,
    process: ProcessEntry | null = null,
    serves = false,
  ): ThreadEntry {
    // The same child may be spawned under another name after another history: that is another thread.
    const within = process === null ? '' : ` of ${process.identity}`
    const identity = `t${path.join('.')} ${daemon ? 'd' : ''}${name}${within}`
    const known = this.#byIdentity.get(identity)
    if (known !== undefined) return known
    const word = this.#layout.word(identity, WordKind.Node, 0)
    const deadline = this.#deadlineOf(identity)
    return this.#enter({
      path,
      code: codeOf(path),
      name: this.#uniqueName(name, path, process),
      givenName: name,
      daemon,
      serves,
      agent: false,
      word,
      place,
      identity,
      number: numberOf(path),
      deadline,
      process,
    })
  }

  /** The agent that lets time pass; to be added after the threads that setup declares. */
  addClock(): ThreadEntry {
    const { path, code, identity } = CLOCK
    const word = this.#layout.word(identity, WordKind.Node, 0)
    const name = this.#names.has('clock') ? 'clock (time)' : 'clock'
    return this.#enter({
      path,
      code,
      name,
      givenName: name,
      daemon: true,
      serves: false,
      agent: true,
      word,
      place: undefined,
      identity,
      deadline: -1,
      number: -1,
      process: null,
    })
  }

  #deadlineOf(identity: string): number {
    if (this.#noDeadline < 0) return -1
    const word = this.#layout.word(`deadline ${identity}`, WordKind.Value, this.#noDeadline)
    this.deadlines.add(word)
    return word
  }

  #enter(thread: Omit<ThreadEntry, 'index'>): ThreadEntry {
    const index = this.all.length
    if (index > 0xffff)
      throw new ProgramFault('program/too-many-threads', 'a program may create at most 65,536 threads')
    const entry: ThreadEntry = { index, ...thread }
    const { identity, path } = entry
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

// Children that a thread's number leaves room for, and the numbers there are.
const CHILDREN = 64
const NUMBERS = 2 ** 31

/** Positions as digits; paths too long for that get a number below 0 that two of them share once in two thousand million times. */
function numberOf(path: readonly number[]): number {
  let number = 0
  for (const [level, position] of path.entries()) {
    number = level === 0 ? position + 1 : number * CHILDREN + position + 1
    if (number >= NUMBERS || (level > 0 && position >= CHILDREN - 1)) return ~(hashText(path.join(), LANE_1) >>> 1)
  }
  return number
}

export function comparePaths(a: readonly number[], b: readonly number[]): number {
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
