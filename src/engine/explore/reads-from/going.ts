import * as Code from '../../code.js'
import { CODE_MASK } from '../../node-head.js'
import { NODE_A, NODE_CODE, NODE_SHIFT, NODE_WORD } from '../../node-fields.js'
import { type EventGraph, INITIAL } from './event-graph.js'

/** How threads can go on. */
export const Going = {
  /** Not at all: it has ended, or it waits. */
  Blocked: 0,
  /** In one way that depends on nothing that others do. */
  Free: 1,
  /** In several ways, without touching a word. */
  Choosing: 2,
  /** By an operation that may have to wait for what its word holds. */
  Taking: 3,
  /** By reading and perhaps changing a word. */
  Updating: 4,
  /** By reading a word. */
  Reading: 5,
} as const
export type Going = (typeof Going)[keyof typeof Going]

/** How a thread can go on after the events of a graph, by itself or for what its word holds at the end. */
export function goingOf(graph: EventGraph, thread: number): Going {
  const node = graph.nodes[thread]!
  const { fields } = graph.session.nodes
  const at = node << NODE_SHIFT
  switch (fields[at + NODE_CODE]! & CODE_MASK) {
    case Code.None:
    case Code.End:
    case Code.Failed:
      return Going.Blocked
    case Code.Assume:
      return fields[at + NODE_A] === 1 ? Going.Free : Going.Blocked
    case Code.Join:
      return graph.hasEnded(fields[at + NODE_WORD]!) ? Going.Free : Going.Blocked
    case Code.Choose:
      return fields[at + NODE_A] === 1 ? Going.Free : Going.Choosing
    case Code.Pause:
    case Code.Spawn:
      return Going.Free
    case Code.Store:
      return goingOfStore(graph, fields[at + NODE_WORD]!)
    case Code.Load:
      return Going.Reading
    case Code.Contract:
      return goingOfContract(graph, thread, node)
    default:
      return goingOfInstruction(graph, node, fields[at + NODE_CODE]! & CODE_MASK, fields[at + NODE_WORD]!)
  }
}

function goingOfStore(graph: EventGraph, word: number): Going {
  if (graph.rules.ordered.has(word)) return Going.Updating
  graph.rules.meetBlindWrite(word)
  return Going.Free
}

function goingOfInstruction(graph: EventGraph, node: number, code: number, word: number): Going {
  if (code !== Code.Acquire && code !== Code.TryAcquire && code !== Code.Release) return Going.Updating
  graph.rules.meetOrdered(word)
  if (code !== Code.Acquire) return Going.Updating
  return graph.operations.waysFrom(node, graph.contentOf(graph.writers[word]! - 1, word)) > 0
    ? Going.Taking
    : Going.Blocked
}

function goingOfContract(graph: EventGraph, thread: number, node: number): Going {
  const word = graph.operations.wordAt(node)
  if (word >= 0 && graph.rules.waited.has(word))
    return takeableSources(graph, thread).length > 0 ? Going.Taking : Going.Blocked
  const content = word < 0 ? 0 : graph.contentOf(graph.writers[word]! - 1, word)
  const ways = graph.operations.waysFrom(node, content)
  if (ways === 0) return Going.Blocked
  if (word < 0) return ways > 1 ? Going.Choosing : Going.Free
  return graph.operations.writesFrom(node, content) ? Going.Updating : Going.Reading
}

/**
 * What an operation that may have to wait can read from: of the writes to its word, all of which are in order, those
 * that let it go on, that nobody has taken if it changes the word, and that are not below the floor of its thread.
 */
export function takeableSources(graph: EventGraph, thread: number): number[] {
  const node = graph.nodes[thread]!
  const word = graph.operations.wordAt(node)
  const floor = graph.floors.of(thread, graph.latest[thread]!)
  const sources: number[] = []
  for (let at = graph.writers[word]!; ; at = graph.writerBefore(at)) {
    const source = at - 1
    if (source < floor) break
    const content = graph.contentOf(source, word)
    const isFree = !graph.operations.writesFrom(node, content) || !graph.isTaken(source, word)
    if (graph.operations.waysFrom(node, content) > 0 && isFree) sources.push(source)
    if (source === INITIAL) break
  }
  return sources
}
