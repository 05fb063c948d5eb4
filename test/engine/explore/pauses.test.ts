import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { Exploration } from '../../../src/engine/explore/exploration.js'
import { Session } from '../../../src/engine/session.js'

function pauses(work: Generator<unknown>): number {
  let count = 0
  while (work.next().done !== true) count++
  return count
}

describe('Long work pauses, so that the caller’s event loop goes on', () => {
  test('while a long history is run again', () => {
    const long = program('long', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('walker', function* () {
        for (let i = 0; i < 20_000; i++) yield* x.add(1)
      })
    })
    const session = new Session(long)
    while (session.ways(0) > 0) session.step(0, 0)

    expect(pauses(session.image.verify(session.node(0)))).toBeGreaterThanOrEqual(19)
  })

  test('while a choice of very many ways is learnt, which is then known', () => {
    const wide = program('wide', {}, (_params, p) => {
      const x = p.cell('x', 0)
      p.thread('chooser', function* () {
        yield* x.write(yield* p.choose(10_000))
      })
    })
    const session = new Session(wide)

    expect(pauses(session.image.learnWideChoices())).toBeGreaterThanOrEqual(39)
    expect(session.nodes.next(session.node(0), 9_999)).not.toBe(0)
  })

  test('for every outcome that is written out', () => {
    const many = program('many', {}, (_params, p) => {
      const x = p.array('x', 1000)
      p.thread('chooser', function* () {
        yield* x.write(0, yield* p.choose(200))
      })
    })
    const explored = pauses(new Exploration(many, {}).run())

    expect(explored).toBeGreaterThanOrEqual(200)
  })
})

describe('A value in a shared object', () => {
  test('may not grow so large that copying it blocks the caller', () => {
    const doubling = program('doubling', {}, (_params, p) => {
      const x = p.cell('x', 'ab')
      p.thread('doubler', function* () {
        for (;;) yield* x.write((yield* x.read()).repeat(2))
      })
    })
    const session = new Session(doubling)

    expect(() => {
      for (;;) session.step(0, 0)
    }).toThrow('a value in a shared object takes more than 4 MB')
  })
})
