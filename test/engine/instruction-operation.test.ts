import { program } from 'entrelacs'
import { expect, test } from 'vitest'
import { pendingOperation, Session } from '../../src/engine/session.js'

test('A release writes its word where it finds the lock held, and only reads it where that is a misuse', () => {
  const session = new Session(
    program('twice', {}, (_params, p) => {
      const door = p.lock('door')
      p.thread('A', function* () {
        yield* door.acquire()
        yield* door.release()
        yield* door.release()
      })
    }),
  )
  session.step(0, 0)
  const { reads, writes } = pendingOperation(session, 0)!.footprint(session.world, 0)
  expect([reads.length, writes]).toEqual([1, reads])
  session.step(0, 0)
  expect(pendingOperation(session, 0)!.footprint(session.world, 0)).toEqual({ reads, writes: [] })
})
