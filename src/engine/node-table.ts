import { chain } from './content-hash.js'
import {
  NODE_A,
  NODE_B,
  NODE_CHILD,
  NODE_CODE,
  NODE_HASH_1,
  NODE_HASH_2,
  NODE_RESULT,
  NODE_SHIFT,
  NODE_WORD,
  SMALL_RESULTS,
  SMALL_RESULTS_SHIFT,
} from './node-fields.js'
import { CODE_MASK } from './node-head.js'

const FIRST_CAPACITY = 256
/**
 * What is known of all threads as one table of integers: a node is "what this thread does next", an edge is the result
 * it gets. Node 0 is no node. Edges by small results are found by a direct look-up,
 * others in one open-addressed table; a node's record repeats its first edge.
 */
export class NodeTable {
  /** Eight fields a node; see the `NODE_…` offsets. Replaced when it grows. */
  fields = new Int32Array(FIRST_CAPACITY << NODE_SHIFT)
  count = 1
  /** The node whose continuation first led here, 0 for a thread's first node. */
  parents = new Int32Array(FIRST_CAPACITY)
  /** The result received on the way from that parent. */
  results = new Int32Array(FIRST_CAPACITY)
  /** The thread that the node belongs to. */
  owners = new Uint16Array(FIRST_CAPACITY)
  /** Operations performed since the thread began or last said `p.at`. */
  lengths = new Int32Array(FIRST_CAPACITY)
  /** Children by results 0 … 15, a cache line a node; 0 where not learnt. Replaced when it grows. */
  smallChildren = new Int32Array(FIRST_CAPACITY << SMALL_RESULTS_SHIFT)
  /** Told of every edge that is learnt, if somebody wants to know. */
  onEdge: ((from: number, to: number) => void) | null = null
  // Four ints an entry: node, result, child, unused. A node is never 0, so 0 marks an empty entry.
  #edges = new Int32Array(4 * 1024)
  #edgeCount = 0

  constructor() {
    // Growing once now tells the compiler that these arrays are replaced, before it assumes that they never are.
    this.#grow()
    this.#growEdges()
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.fields.length * 4 + this.parents.length * 14 + (this.smallChildren.length + this.#edges.length) * 4
  }

  /** Adds a node. */
  add(fields: {
    readonly code: number
    readonly word: number
    readonly a: number
    readonly b: number
    readonly hash1: number
    readonly hash2: number
    readonly parent: number
    readonly result: number
    readonly owner: number
    readonly length: number
  }): number {
    const node = this.count++
    if (node === this.parents.length) this.#grow()
    const at = node << NODE_SHIFT
    this.fields[at + NODE_CODE] = fields.code
    this.fields[at + NODE_WORD] = fields.word
    this.fields[at + NODE_A] = fields.a
    this.fields[at + NODE_B] = fields.b
    this.fields[at + NODE_HASH_1] = fields.hash1
    this.fields[at + NODE_HASH_2] = fields.hash2
    this.parents[node] = fields.parent
    this.results[node] = fields.result
    this.owners[node] = fields.owner
    this.lengths[node] = fields.length
    return node
  }

  code(node: number): number {
    return this.fields[(node << NODE_SHIFT) + NODE_CODE]! & CODE_MASK
  }

  field(node: number, offset: number): number {
    return this.fields[(node << NODE_SHIFT) + offset]!
  }

  /** The node that follows `result`, or 0 if that has not been learnt. */
  next(node: number, result: number): number {
    if (result >>> 0 < SMALL_RESULTS) return this.smallChildren[(node << SMALL_RESULTS_SHIFT) + result]!
    return this.#find(node, result)
  }

  /** Records that `result` leads from `node` to `child`. */
  connect(node: number, result: number, child: number): void {
    const at = node << NODE_SHIFT
    if (this.fields[at + NODE_CHILD] === 0) {
      this.fields[at + NODE_RESULT] = result
      this.fields[at + NODE_CHILD] = child
    }
    this.onEdge?.(node, child)
    if (result >>> 0 < SMALL_RESULTS) {
      this.smallChildren[(node << SMALL_RESULTS_SHIFT) + result] = child
      return
    }
    if (this.#edgeCount * 8 > this.#edges.length) this.#growEdges()
    this.#insert(this.#edges, node, result, child)
    this.#edgeCount++
  }

  #find(node: number, result: number): number {
    const edges = this.#edges
    const mask = edges.length / 4 - 1
    for (let i = chain(node, result) & mask; ; i = (i + 1) & mask) {
      const owner = edges[4 * i]!
      if (owner === 0) return 0
      if (owner === node && edges[4 * i + 1] === result) return edges[4 * i + 2]!
    }
  }

  #insert(edges: Int32Array, node: number, result: number, child: number): void {
    const mask = edges.length / 4 - 1
    let i = chain(node, result) & mask
    while (edges[4 * i] !== 0) i = (i + 1) & mask
    edges[4 * i] = node
    edges[4 * i + 1] = result
    edges[4 * i + 2] = child
  }

  #growEdges(): void {
    const old = this.#edges
    const larger = new Int32Array(old.length * 2)
    for (let i = 0; i < old.length; i += 4) if (old[i] !== 0) this.#insert(larger, old[i]!, old[i + 1]!, old[i + 2]!)
    this.#edges = larger
  }

  #grow(): void {
    const capacity = this.parents.length * 2
    const larger = (from: Int32Array<ArrayBuffer>, length: number) => {
      const to = new Int32Array(length)
      to.set(from)
      return to
    }
    this.fields = larger(this.fields, capacity << NODE_SHIFT)
    this.parents = larger(this.parents, capacity)
    this.results = larger(this.results, capacity)
    this.lengths = larger(this.lengths, capacity)
    this.smallChildren = larger(this.smallChildren, capacity << SMALL_RESULTS_SHIFT)
    const owners = new Uint16Array(capacity)
    owners.set(this.owners)
    this.owners = owners
  }
}
