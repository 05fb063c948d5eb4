import { explore, type ExploreReport, program, type Program, replay } from 'entrelacs'
import { Random } from '../../../src/engine/random.js'
import { Session } from '../../../src/engine/session.js'
import { lostUpdate, philosophers, upAndDown } from './small-programs.js'

const family = program('family', {}, (_params, p) => {
  const box = p.atomic('box', { list: [] as readonly string[] })
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      const child = yield* p.spawn(`child of ${name}`, function* () {
        const own = p.cell('own', 0)
        yield* own.write(1)
        yield* box.update((value) => ({ list: [...(value as { list: string[] }).list, name] }))
        return `from ${name}`
      })
      const drawn = yield* p.choose(2)
      return [drawn, yield* child.join()]
    })
  p.finally('A comes first', (final) => (final(box) as { list: string[] }).list[0] === 'A')
})

/** Programs that use all there is: integers, data, locks, children, choices, cycles. */
export const EXAMPLES: readonly Program[] = [lostUpdate(3, 'cell'), philosophers(3, 'left first'), upAndDown(2), family]

/** A report without the time it took. */
export function untimed(report: ExploreReport): ExploreReport {
  return { ...report, elapsedMs: 0 }
}

/** What one process sees of an example. */
export interface Observed {
  readonly reports: readonly unknown[]
  readonly traces: readonly unknown[]
  readonly hashes: readonly string[]
}

export async function observe(): Promise<Observed[]> {
  const observed: Observed[] = []
  for (const example of EXAMPLES) {
    const reports = [await explore(example), await explore(example, { strategy: 'random', seed: 7, samples: 200 })]
    const tokens = reports.flatMap(({ violations }) => violations.map(({ token }) => token))
    observed.push({
      reports: reports.map(untimed),
      // Columns depend on how the test's own code was compiled.
      traces: tokens.map((token) => replay(example, token).steps.map((step) => ({ ...step, place: step.place?.line }))),
      hashes: hashesAlong(new Session(example), 'a walk'),
    })
  }
  return observed
}

/** The hashes of all states on a random walk; `visit` is told each with a key of what the state holds. */
export function hashesAlong(
  session: Session,
  seed: string,
  visit: (key: string, hash: string) => void = () => {},
): string[] {
  const random = new Random(seed)
  const hashes: string[] = []
  session.rewind()
  for (let steps = 0; steps < 30; steps++) {
    const { hash1, hash2 } = session.world
    hashes.push(`${hash1} ${hash2}`)
    visit(contentOf(session), hashes.at(-1)!)
    const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    if (able.length === 0 || session.hasEnded) break
    const thread = able[random.below(able.length)]!
    session.step(thread, random.below(session.ways(thread)))
  }
  return hashes
}

function contentOf(session: Session): string {
  const words = Array.from(
    { length: session.layout.count },
    (_, word) => session.world.read(word) - session.layout.initial[word]!,
  )
  while (words.at(-1) === 0) words.pop()
  return words.join()
}
