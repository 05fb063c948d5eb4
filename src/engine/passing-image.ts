import * as Code from './code.js'
import { GeneratorImage } from './generator-image.js'
import { FLAG_DAEMON } from './node-head.js'
import type { Operation, ThreadBody } from './operation.js'
import { Spawn } from './thread-operations.js'
import type { ThreadEntry } from './thread-registry.js'
import type { LiveRun, Yielded } from './thread-runner.js'
import { pointOfNode } from './world.js'

/**
 * The image of threads that run once. Each has one node, which becomes the next operation after every step: nothing is
 * learnt, no step can be undone, and memory does not grow with the length of a run. What `p.at` says does not matter.
 */
export class PassingImage extends GeneratorImage {
  readonly #runs: LiveRun[] = []
  readonly #nodes: number[] = []
  /** By thread: whether its operation begins other threads, so that what was noted of it is to be forgotten. */
  readonly #isStarting: boolean[] = []
  #operations = 0
  /** Written anew for every operation, instead of made. */
  readonly #record = { code: 0, word: 0, a: 0, b: 0, hash1: 0, hash2: 0, parent: 0, result: 0, owner: 0, length: 0 }

  override start(thread: ThreadEntry, body: ThreadBody, _spawnNode: number, words: readonly number[] = []): number {
    this.addKilled(thread)
    const run = this.runner.begin(thread, body, words)
    this.#runs[thread.index] = run
    return this.#settle(
      run,
      this.runner.advance(run, () => run.generator.next()),
    )
  }

  override resume(node: number, result: number): number {
    const run = this.#runs[this.context.nodes.owners[node]!]!
    const yielded =
      this.codec.misuse(node, result) === null
        ? this.runner.advanceWith(run, this.decode(node, result))
        : this.runner.advance(run, () => this.feed(run, node, result))
    return this.#settle(run, yielded)
  }

  override operationAt(node: number): Operation | null {
    return this.operations.get(node) ?? null
  }

  override *verify(): Generator<void> {}

  #settle(run: LiveRun, { operation, value, failure }: Yielded): number {
    const { interner } = this.context
    const { index, word, name, daemon } = run.thread
    if (this.#isStarting[index] === true) {
      this.starts.forget(this.#nodes[index]!)
      this.#isStarting[index] = false
    }
    if (operation !== null) return this.#toOperation(run, operation)
    const node = this.#become(index, {
      code: (failure === null ? Code.End : Code.Failed) | (daemon ? FLAG_DAEMON : 0),
      word,
      a: interner.intern(failure === null ? value : failure.message, `the result of thread “${name}”`),
      b: 0,
    })
    this.operations.delete(node)
    if (failure !== null) this.failures.set(node, failure)
    return node
  }

  #toOperation(run: LiveRun, operation: Operation): number {
    const { nodes, threads } = this.context
    const form = this.codec.encode(run.thread, operation)
    const spawned = this.starts.enter(run, operation)
    const word = operation instanceof Spawn ? spawned!.child.word : form.word
    const node = this.#become(run.thread.index, spawned === null ? form : { ...form, word })
    if (spawned !== null || operation.instruction === undefined || operation.joins !== undefined) {
      this.#isStarting[run.thread.index] = spawned !== null || operation.starts !== undefined
      this.starts.note(node, run, operation, spawned, () => pointOfNode(nodes, threads, node))
      if (spawned !== null) this.tellStart(operation, node)
      if (operation.isTimed === true) this.isTimed = true
    }
    this.operations.set(node, operation)
    return node
  }

  #become(
    index: number,
    form: { readonly code: number; readonly word: number; readonly a: number; readonly b: number },
  ): number {
    const { nodes } = this.context
    // A point in a run is told from all others by how many operations there were.
    const point = this.#operations++
    const record = this.#record
    record.code = form.code
    record.word = form.word
    record.a = form.a
    record.b = form.b
    record.hash1 = point | 0
    record.hash2 = Math.floor(point / 2 ** 32)
    record.owner = index
    const known = this.#nodes[index]
    if (known === undefined) return (this.#nodes[index] = nodes.add(record))
    nodes.replace(known, record)
    return known
  }
}
