import type { Session } from '../../session.js'
import type { ThreadHost } from '../program/thread-host.js'

/** The nodes of a cluster as the host of a program's threads: each is where its process is. */
export class ClusterHost implements ThreadHost {
  readonly #session: Session
  readonly #nodes: readonly ThreadHost[]

  constructor(session: Session, nodes: readonly ThreadHost[]) {
    this.#session = session
    this.#nodes = nodes
  }

  start(thread: number): void {
    this.#hostOf(thread).start(thread)
  }

  wake(thread: number): void {
    this.#hostOf(thread).wake(thread)
  }

  cut(thread: number): number {
    return this.#hostOf(thread).cut(thread)
  }

  #hostOf(thread: number): ThreadHost {
    return this.#nodes[nodeOf(this.#session, thread, this.#nodes.length)]!
  }
}

/** The node of a thread's process; a program made for more nodes than there are goes round. */
export function nodeOf(session: Session, thread: number, nodes: number): number {
  return (session.threads.all[thread]!.process?.node ?? 0) % nodes
}
