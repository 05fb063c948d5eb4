import { program, type Program } from 'entrelacs'
import { expect, test } from 'vitest'
import { Session } from '../../../../src/engine/session.js'
import { CompactSearch } from '../../../../src/engine/explore/compact/compact-search.js'
import { finish } from '../../support/finish.js'
import { seenInGraph, seenReduced } from '../../support/reduced-graphs.js'

/** Children of the first thread write to many words one after the other, while the second looks at one of them. */
function sweep(words: number, looksAt: number): Program {
  return program('sweep', {}, (_params, p) => {
    const cells = Array.from({ length: words }, (_, i) => p.atomic(`a${i}`, 0))
    p.thread('A', function* () {
      const child = yield* p.spawn('child', function* () {
        for (const cell of cells) yield* cell.write(1)
      })
      yield* child.join()
    })
    p.thread('B', function* () {
      yield* p.yieldNow()
      return yield* cells[looksAt]!.read()
    })
  })
}

test.each([0, 100, 219, 299])(
  'Nothing is missed of a thread with more accesses than are told apart: word %i',
  (looksAt) => {
    const subject = sweep(300, looksAt)

    expect(seenReduced(subject).outcomes).toEqual(seenInGraph(subject)!.outcomes)
    expect(seenReduced(subject, 2).outcomes).toHaveLength(2)
  },
)

test('What is learnt of a thread that sweeps over very many words takes little memory', () => {
  const session = new Session(sweep(5_000, 4_999))
  const search = new CompactSearch(session, { maxStates: 2 ** 40, maxMemory: 2 ** 40, maxHeap: 2 ** 40 })
  finish(search.run())

  expect(search.sights.outcomes.count).toBe(2)
  expect(search.bytes - session.bytes).toBeLessThan(100 * 2 ** 20)
})
