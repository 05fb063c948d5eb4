import { explore, program, type Steps } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import boundedStackProgram, { boundedStack } from '../../examples/bounded-stack.js'
import { Session } from '../../src/engine/session.js'
import { SEED } from '../engine/support/seed.js'
import { exploreBothWays } from '../laws/both-strategies.js'
import {
  expectAccessesInsideFootprint,
  expectContractToAgreeWithStep,
  expectIndependentOperationsToCommute,
  expectUndoToRestore,
} from '../laws/contract.js'
import { anyScript, type ObjectKind, programOf, walk } from '../laws/worlds.js'

const kind: ObjectKind = {
  title: 'bounded stack',
  declare: (p, name) => boundedStack(p, name, 2),
  operations: { push: fc.tuple(fc.nat(3)), pop: fc.constant([]) },
}

describe('A shared object of one’s own, the bounded stack of the examples,', () => {
  test.each([
    ['does what its contract says', expectContractToAgreeWithStep],
    ['commutes with operations that touch something else', expectIndependentOperationsToCommute],
    ['is put back by undo', expectUndoToRestore],
    ['touches nothing but its footprint', expectAccessesInsideFootprint],
  ] as const)('%s, in every state of random walks', (_title, law) => {
    fc.assert(
      fc.property(anyScript(kind), (script) => {
        const session = new Session(programOf(kind, script))
        walk(session, script, () => {
          law(session)
        })
      }),
      { seed: SEED, numRuns: 100 },
    )
  })

  test('loses no value and holds no more than it has room for, whatever the order', async () => {
    for (const room of [1, 2, 3]) {
      const report = await explore(boundedStackProgram, { params: { room } })
      expect(report).toMatchObject({ verdict: 'holds', complete: true })
    }
    await exploreBothWays(boundedStackProgram)
  })

  test('is linearizable, which a stack over plain cells is not', async () => {
    const model = {
      initial: [] as readonly number[],
      methods: {
        push: (values: readonly number[], value: number) => ({ state: [...values, value], result: undefined }),
        pop: (values: readonly number[]) =>
          values.length === 0 ? null : { state: values.slice(0, -1), result: values.at(-1)! },
      },
    }
    const subject = (isPlain: boolean) =>
      program('stacks', {}, (_params, p) => {
        const values = p.array<number>('values', [0, 0])
        const height = p.cell('height', 0)
        const plain = {
          *push(value: number): Steps<void> {
            const top = yield* height.read()
            yield* values.write(top, value)
            yield* height.write(top + 1)
          },
          *pop(): Steps<number> {
            const top = yield* height.read()
            yield* height.write(top - 1)
            return yield* values.read(top - 1)
          },
        }
        const stack = p.linearizable('stack', isPlain ? plain : boundedStack<number>(p, 'own', 2), model)
        const pushing = [1, 2].map((value) => p.thread(`push ${value}`, () => stack.push(value)))
        p.thread('pop', function* () {
          for (const thread of pushing) yield* thread.join()
          return [yield* stack.pop(), yield* stack.pop()]
        })
      })
    expect(await explore(subject(false))).toMatchObject({ verdict: 'holds', complete: true })
    const plain = await explore(subject(true))
    expect(plain.violations.map(({ message }) => message)).toContain('stack is linearizable')
  })
})
