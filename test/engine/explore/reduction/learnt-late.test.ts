import { program, type Program } from 'entrelacs'
import { expect, test } from 'vitest'
import { seenInFilter, seenInGraph, seenReduced } from '../../support/reduced-graphs.js'
import { relayProgram } from '../../support/relays.js'

/** The daemon is learnt in the last step of the program, after everything has been chosen without it. */
const daemonInTheEnd = program('daemon in the end', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('B', function* () {
    yield* p.yieldNow()
    return yield* x.read()
  })
  p.thread('A', function* () {
    yield* p.yieldNow()
    yield* p.spawn('D', () => x.write(1), { daemon: true })
  })
})

/** That the property looks at y is learnt when all threads have ended, or when one can step at most. */
const propertyInTheEnd = (isBlocked: boolean): Program =>
  program('property in the end', {}, (_params, p) => {
    const [x, y] = [p.atomic('x', 0), p.atomic('y', 1)]
    const lock = p.lock('lock')
    p.thread('A', function* () {
      yield* y.write(0)
      if (isBlocked) for (;;) yield* lock.acquire()
    })
    p.thread('B', () => x.write(1))
    p.always('x and y are never both 1', (now) => now(x) === 0 || now(y) === 0)
  })

/** Found by chance: of three threads two wait for ever in the state in which the property is seen reading more. */
const foundByChance = relayProgram({
  initial: [1, 0, 0, 0, 1, 0],
  threads: [
    [act(1, { selector: 1, touches: ['wait', 0, 'wait'] }), act(0, { selector: 0, touches: ['wait', 'wait', 'wait'] })],
    [act(0, { selector: 0, touches: ['wait', 1, 'wait'] }), act(0, { selector: 0, touches: ['wait', 'wait', 'wait'] })],
    [act(0, { selector: 0, touches: ['wait', 2, 'wait'] })],
  ],
  watched: 1,
})

type Act = Parameters<typeof relayProgram>[0]['threads'][number][number]

function act(relay: number, turn: Pick<Act['turn'], 'selector' | 'touches'>): Act {
  return { relay, before: 'nothing', turn: { ...turn, ways: 1 } }
}

test.each([
  ['a daemon', daemonInTheEnd],
  ['what a property reads, in the end', propertyInTheEnd(false)],
  ['what a property reads, in a deadlock', propertyInTheEnd(true)],
  ['what a property reads, where one can step', foundByChance],
])('Nothing is missed if this is learnt where there is nothing left to choose: %s', (_what, subject) => {
  const full = seenInGraph(subject)!
  for (const reduced of [seenReduced(subject), seenReduced(subject, 3), seenInFilter(subject, true)]) {
    expect(reduced.outcomes).toEqual(full.outcomes)
    expect(reduced.violations).toEqual(full.violations)
  }
})
