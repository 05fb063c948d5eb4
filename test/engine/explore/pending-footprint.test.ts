import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { pendingFootprint } from '../../../src/engine/explore/pending-footprint.js'
import * as Code from '../../../src/engine/code.js'
import { NODE_WORD } from '../../../src/engine/node-fields.js'
import { Random } from '../../../src/engine/random.js'
import { pendingOperation, Session } from '../../../src/engine/session.js'
import { EXAMPLES } from '../support/observations.js'

const contested = program('contested', {}, (_params, p) => {
  const lock = p.lock('lock')
  const turn = p.atomic('turn', 0)
  const cells = p.array('cells', 2)
  for (const name of ['A', 'B', 'C'])
    p.thread(name, function* () {
      if (!(yield* lock.tryAcquire())) {
        yield* turn.compareExchange(0, 1)
        yield* turn.compareExchange(1, 2)
        return yield* cells.read(yield* p.choose(2))
      }
      yield* turn.exchange(0)
      yield* cells.write(1, 5)
      yield* turn.add(1)
      yield* lock.release()
      return 0
    })
})

const misusing = program('misusing', {}, (_params, p) => {
  const lock = p.lock('lock')
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      yield* lock.acquire()
      yield* lock.release()
      yield* lock.release()
    })
})

describe('What a pending operation touches, read off its node', () => {
  test.each([...EXAMPLES, contested, misusing])('is what the operation itself says: $name', (subject) => {
    const session = new Session(subject)
    const random = new Random('footprints')
    const codes = new Set<number>()
    for (let execution = 0; execution < 20; execution++) {
      session.rewind()
      for (;;) {
        for (const { index } of session.threads.all) codes.add(expectEqualFootprints(session, index))
        const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
        if (able.length === 0 || session.hasEnded) break
        const thread = able[random.below(able.length)]
        session.step(thread, random.below(session.ways(thread)))
      }
    }
    expect(codes.size).toBeGreaterThan(2)
  })
})

function expectEqualFootprints(session: Session, thread: number): number {
  const node = session.node(thread)
  const code = session.nodes.code(node)
  const read = pendingFootprint(session, thread)
  // What a spawn touches is known to the engine alone.
  if (code === Code.Spawn) expect(read).toEqual({ reads: [], writes: [session.nodes.field(node, NODE_WORD)] })
  else if (code === Code.None || code === Code.End || code === Code.Failed)
    expect(read).toEqual({ reads: [], writes: [] })
  else expect(read).toEqual(pendingOperation(session, thread)!.footprint(session.world, thread))
  return code
}
