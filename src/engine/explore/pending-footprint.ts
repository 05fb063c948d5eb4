import type { Footprint } from '../footprint.js'
import * as Code from '../code.js'
import { NODE_A, NODE_WORD } from '../node-fields.js'
import type { Session } from '../session.js'

const NOTHING: Footprint = { reads: [], writes: [] }

/**
 * What a thread's next step may touch in the present state, read off its node without asking its generator. That the
 * step ends the thread, which lets joins on it go on, is not in it: nobody knows before it has been taken.
 */
export function pendingFootprint(session: Session, thread: number): Footprint {
  const node = session.node(thread)
  const word = session.nodes.field(node, NODE_WORD)
  switch (session.nodes.code(node) as Code.Any) {
    case Code.None:
    case Code.End:
    case Code.Failed:
    case Code.Pause:
    case Code.Choose:
    case Code.Assume:
      return NOTHING
    case Code.Contract:
      return session.image.operations.get(node)!.footprint(session.world, thread)
    case Code.Load:
    case Code.Join:
      return { reads: [word], writes: [] }
    case Code.Store:
    case Code.Spawn:
      return { reads: [], writes: [word] }
    case Code.Release:
      return conditional(word, session.world.read(word) !== 0)
    case Code.TryAcquire:
      return conditional(word, session.world.read(word) === 0)
    case Code.CompareExchange:
      return conditional(word, session.world.read(word) === session.nodes.field(node, NODE_A))
    case Code.Add:
    case Code.Exchange:
    case Code.Acquire:
      return conditional(word, true)
  }
}

function conditional(word: number, writes: boolean): Footprint {
  return { reads: [word], writes: writes ? [word] : [] }
}
