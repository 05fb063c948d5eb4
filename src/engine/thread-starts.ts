import { ProgramFault } from './errors.js'
import type { Layout, WordKind } from './layout.js'
import type { Operation, StartableThread, ThreadBody } from './operation.js'
import { StartProcess, type StartedProcess } from './process-operations.js'
import type { ProcessRegistry } from './processes.js'
import { Spawn } from './thread-operations.js'
import type { ThreadEntry, ThreadRegistry } from './thread-registry.js'
import type { LiveRun } from './thread-runner.js'

/** What is needed to know which threads there will be. */
export interface ThreadStartsContext {
  readonly layout: Layout
  readonly threads: ThreadRegistry
  readonly processes: ProcessRegistry
}

/** A thread that is spawned at a node. */
export interface Spawned {
  readonly child: ThreadEntry
  readonly body: ThreadBody
  /** The words that its spawner and the spawner's spawners have declared by then. */
  readonly words: readonly number[]
  /** If it is the first thread of a process. */
  readonly started: Omit<StartedProcess, 'firstNode'> | null
}

/** Threads that an operation may start, and the words that whoever performs it and those before have declared by then. */
export interface Startable {
  readonly threads: readonly StartableThread[]
  readonly words: readonly number[]
}

/** Which threads the operations at nodes begin, and what operations hand on to others. */
export class ThreadStarts {
  /** Threads that were spawned to be joined, each with a node at which that is done, and those that somebody joins. */
  readonly toBeJoined = new Map<number, number>()
  readonly joined = new Set<number>()
  /** Whether any operation's result depends on which threads there are. */
  countsThreads = false
  readonly #context: ThreadStartsContext
  readonly #spawned = new Map<number, Spawned>()
  readonly #startable = new Map<number, Startable>()
  readonly #carried = new Map<string, unknown>()

  constructor(context: ThreadStartsContext) {
    this.#context = context
  }

  /** How many entries are held. */
  get size(): number {
    return this.#startable.size + this.#carried.size
  }

  /** What an operation spawns, which is known from then on; null if it spawns nothing. */
  enter(run: LiveRun, operation: Operation): Spawned | null {
    if (operation instanceof Spawn)
      return { child: this.#enterThread(run, operation), body: operation.body, words: [...run.words], started: null }
    return operation instanceof StartProcess ? this.#enterProcess(run, operation) : null
  }

  /** The operation at a node is that one: it spawns what it was found to, if anything, and may start what it says. */
  note(node: number, run: LiveRun, operation: Operation, spawned: Spawned | null, point: () => string): void {
    if (spawned !== null) this.#spawned.set(node, spawned)
    if (operation instanceof Spawn && operation.isToBeJoined) this.toBeJoined.set(spawned!.child.index, node)
    if (operation.joins !== undefined) this.joined.add(operation.joins)
    if (operation.instruction !== undefined) return
    const { starts, carries, countsThreads } = operation
    if (starts !== undefined) {
      for (const { index } of starts) requireOwnThread(run.thread, this.#context.threads.all[index]!)
      this.#startable.set(node, { threads: starts, words: [...run.words] })
    }
    if (countsThreads === true) this.countsThreads = true
    if (carries === undefined) return
    const key = carries.key ?? point()
    if (!this.#carried.has(key)) this.#carried.set(key, carries.content)
  }

  /** Tells the start of a process at a node what it starts. */
  tellStart(operation: Operation | null, node: number, firstNode: () => number): void {
    const spawned = this.#spawned.get(node)
    if (operation instanceof StartProcess && spawned !== undefined && spawned.started !== null)
      operation.started = { ...spawned.started, firstNode }
  }

  /** What the step at a node spawns, if it spawns something. */
  spawnedAt(node: number): Spawned | undefined {
    return this.#spawned.get(node)
  }

  /** What the step at a node may start. */
  startableAt(node: number): Startable {
    return this.#startable.get(node)!
  }

  /** The node is another one from now on. */
  forget(node: number): void {
    this.#spawned.delete(node)
    this.#startable.delete(node)
  }

  /**
   * What an operation carries, by its key. Whoever knows a key has it from a step that was taken in this session, or
   * learnt in it: the operation is known by then.
   */
  carried(key: string): unknown {
    if (!this.#carried.has(key)) throw new Error(`nothing is carried under “${key}” here`)
    return this.#carried.get(key)
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
      start: plan.start,
      node: plan.node,
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
