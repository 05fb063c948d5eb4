import { alone } from '../engine/support/small-programs.js'
import { program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/engine/session.js'
import { SEED } from '../engine/support/seed.js'
import {
  expectAccessesInsideFootprint,
  expectContractToAgreeWithStep,
  expectIndependentOperationsToCommute,
  expectUndoToRestore,
} from './contract.js'
import { KINDS } from './kinds.js'
import { anyScript, programOf, type Script, walk } from './worlds.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 150)

for (const kind of KINDS)
  describe(`For a ${kind.title}, in every state of random walks`, () => {
    const inEveryState = (check: (session: Session, script: Script) => void) =>
      fc.assert(
        fc.property(anyScript(kind), (script) => {
          const session = new Session(programOf(kind, script))
          walk(session, script, () => check(session, script))
        }),
        { seed: SEED, numRuns: RUNS },
      )

    test('operations with disjoint footprints commute and keep each other’s ways', () => {
      let pairs = 0
      inEveryState((session) => (pairs += expectIndependentOperationsToCommute(session)))
      expect(pairs).toBeGreaterThan(RUNS / 2)
    })

    test('the contract says what a step does', () => inEveryState(expectContractToAgreeWithStep))

    test('undoing steps restores words and hashes', () => inEveryState(expectUndoToRestore))

    test('accesses stay inside the footprint', () => inEveryState(expectAccessesInsideFootprint))
  })

describe('For operations on threads', () => {
  const joining = program('joining', {}, (_params, p) => {
    const child = p.thread('child', function* () {
      yield* p.yieldNow()
      return 'result'
    })
    p.thread('parent', () => child.join())
    p.thread('chooser', () => p.choose(3))
  })

  test('the contract says what a step does', () => {
    const session = new Session(joining)
    expectContractToAgreeWithStep(session)
    session.step(0, 0)
    expectContractToAgreeWithStep(session)
  })

  test('accesses stay inside the footprint', () => {
    const session = new Session(joining)
    expectAccessesInsideFootprint(session)
    session.step(0, 0)
    expectAccessesInsideFootprint(session)
  })

  test('undoing steps restores words and hashes, also where threads are spawned on the way', () => {
    const session = new Session(
      alone(
        (p) =>
          function* () {
            const x = p.cell('local', 0)
            const child = yield* p.spawn('child', () => x.write(5))
            yield* child.join()
            return yield* x.read()
          },
      ),
    )
    expectUndoToRestore(session)
  })
})
