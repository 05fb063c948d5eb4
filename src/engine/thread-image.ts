/**
 * What a thread is to the search: nodes (what it does next) and how results lead from node to node. The search knows
 * only the node table; an image fills it in. Generators are one image; a front end that knows its variables is another.
 */
export interface ThreadImage {
  /** The node after `result` (a word; see the instruction set for its meaning), learnt now and recorded as an edge. */
  resume(node: number, result: number): number
}
