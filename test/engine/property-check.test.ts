import { explore, program, type SharedObject, type Strategy, type ThreadHandle, type WorldView } from 'entrelacs'
import { describe, expect, test } from 'vitest'

/** An object that shows what the world says of a thread. */
class Watch implements SharedObject {
  readonly kind = 'watch'
  readonly name = 'watch'
  readonly #shows: (world: WorldView) => unknown

  constructor(shows: (world: WorldView) => unknown) {
    this.#shows = shows
  }

  show(world: WorldView): unknown {
    return this.#shows(world)
  }
}

/** The property breaks once A and B have ended, before C has: only a look at these threads tells. */
const watching = (told: 'hasEnded' | 'resultOf') =>
  program(`watching by ${told}`, {}, (_params, p) => {
    const x = p.atomic('x', 0)
    const threads: ThreadHandle<unknown>[] = ['A', 'B', 'C'].map((name) =>
      p.thread(name, function* () {
        yield* p.yieldNow()
        return name
      }),
    )
    const watch = p.declare(
      'watch',
      'watch',
      () =>
        new Watch((world) =>
          threads.map(({ index }) =>
            told === 'hasEnded' ? world.hasEnded(index) : world.resultOf(index) !== undefined,
          ),
        ),
    )
    p.always('C ends before the second of the others', (now) => {
      const [a, b, c] = now(watch) as boolean[]
      return c || !(a && b) || now(x) === 1
    })
  })

describe.each(['hasEnded', 'resultOf'] as const)('A property that looks at threads by %s', (told) => {
  test('is asked anew when a thread has ended', async () => {
    const report = await explore(watching(told))
    // Of the 6 orders of A, B and C, C is last in two.
    expect(report.violations).toMatchObject([{ kind: 'property', interleavings: '2' }])
  })

  test.each<[string, { strategy: Strategy; preemptions?: number }]>([
    ['dpor', { strategy: 'dpor' }],
    ['bounded', { strategy: 'dpor', preemptions: 3 }],
  ])('makes the ends of threads depend on each other (%s)', async (_title, options) => {
    const report = await explore(watching(told), { ...options, until: 'complete' })
    expect(report.violations).toMatchObject([{ kind: 'property' }])
    expect(report.counts.executions).toBe(6)
  })
})
