import { type EncodedStream, Field, FIELDS } from '../encoding.js'
import { isBranch, Op } from '../instruction-set.js'

/**
 * For every instruction its immediate post-dominator: the first one that whatever goes on from here comes to in any case. Lanes
 * that part at a branch come together there. The end of the stream is `length`; so is the join of what never ends.
 *
 * Cooper, Harvey and Kennedy's algorithm for dominators, from the end backwards.
 */
export function joinsOf(code: EncodedStream): Int32Array {
  const end = code.length
  const order = orderFromEnd(code)
  const rank = new Int32Array(end + 1).fill(-1)
  order.forEach((node, i) => {
    rank[node] = i
  })
  const joins = new Int32Array(end + 1).fill(-1)
  joins[end] = end
  const common = (a: number, b: number): number => {
    let [x, y] = [a, b]
    while (x !== y) {
      while (rank[x]! > rank[y]!) x = joins[x]!
      while (rank[y]! > rank[x]!) y = joins[y]!
    }
    return x
  }
  let isChanged = true
  while (isChanged) {
    isChanged = false
    for (const node of order.slice(1)) {
      const known = successorsOf(code, node).filter((next) => joins[next]! >= 0)
      const join = known.reduce(common)
      if (joins[node] !== join) {
        joins[node] = join
        isChanged = true
      }
    }
  }
  return joins.map((join) => (join < 0 ? end : join)).subarray(0, end)
}

/** Where an instruction may go on. */
export function successorsOf({ fields, length }: EncodedStream, at: number): number[] {
  const code = fields[at * FIELDS]!
  const target = fields[at * FIELDS + Field.Target]!
  if (code === Op.Halt) return [length]
  if (code === Op.Jump) return [target]
  return isBranch(code) ? [at + 1, target] : [at + 1]
}

/** What leads to the end, in reverse postorder of the way back from it. */
function orderFromEnd(code: EncodedStream): number[] {
  const end = code.length
  const before = Array.from({ length: end + 1 }, (): number[] => [])
  for (let at = 0; at < end; at++) for (const next of successorsOf(code, at)) before[next]!.push(at)
  const seen = new Uint8Array(end + 1)
  const order: number[] = []
  // A stack of our own: streams may be longer than the engine's is deep.
  const path = [{ node: end, next: 0 }]
  seen[end] = 1
  while (path.length > 0) {
    const top = path.at(-1)!
    const previous = before[top.node]![top.next++]
    if (previous === undefined) {
      order.push(top.node)
      path.pop()
    } else if (seen[previous] === 0) {
      seen[previous] = 1
      path.push({ node: previous, next: 0 })
    }
  }
  return order.reverse()
}
