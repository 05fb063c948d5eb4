import fc from 'fast-check'
import { explore, program, type Program, replay, type Violation } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { confirm } from '../../../src/engine/explore/confirmation.js'
import type { Finding } from '../../../src/engine/explore/finding.js'
import type { GraphStep } from '../../../src/engine/explore/least-schedule.js'
import { shrink, type ShrinkLimits } from '../../../src/engine/explore/shrink.js'
import { StateInspector } from '../../../src/engine/explore/state-inspector.js'
import { Random } from '../../../src/engine/random.js'
import { Session } from '../../../src/engine/session.js'
import { buildProgram } from '../../oracle/build-program.js'
import { printProgram } from '../../oracle/print-program.js'
import { anyProgram, anyTraceProgram } from '../../oracle/random-programs.js'
import { finish } from '../support/finish.js'
import { SEED } from '../support/seed.js'
import { lostUpdate, philosophers } from '../support/small-programs.js'

const reorder = program('reorder', {}, (_params, p) => {
  const [a, b] = [p.atomic('a', 0), p.atomic('b', 0)]
  p.thread('setter', function* () {
    yield* a.write(1)
    yield* b.write(-1)
  })
  p.thread('checker', function* () {
    const seen = yield* a.read()
    return seen + (yield* b.read())
  })
  p.always('both or neither', (now) => now(a) + now(b) !== 1 || now(a) === 0)
})

const inOrder = program('in order', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  for (const value of [1, 2, 3])
    p.thread(`T${value}`, function* () {
      yield* p.yieldNow()
      yield* x.write(value)
    })
  p.finally('not the second', (final) => final(x) !== 2)
})

/** The least schedule of each violation as one value that can be compared. */
function told({ kind, message, token, schedule, preemptions, steps, isLeast }: Violation) {
  return { kind, message, token, schedule, preemptions, steps, isLeast }
}

/** Going on from A means to leave it before its assumption, which it could still make; C simply ends. */
const assuming = program('assuming', {}, (_params, p) => {
  const [x, y] = [p.atomic('x', 0), p.atomic('y', 0)]
  p.thread('A', function* () {
    yield* x.write(1)
    yield* p.assume(false)
  })
  p.thread('B', function* () {
    if ((yield* x.read()) === 1) yield* y.write(1)
  })
  p.thread('C', function* () {
    yield* x.write(0)
    yield* x.write(1)
  })
  p.always('y is never written', (now) => now(y) === 0)
})

/** With and without daemons, properties of every state, misuse. */
const anyOfBoth = fc.oneof(anyProgram, anyTraceProgram)

describe('The least schedule of a failure that sampling has met', () => {
  test.each<[string, Program, number, number]>([
    ['a deadlock of philosophers', philosophers(3, 'left first'), 1, 3],
    ['a deadlock of more philosophers', philosophers(6, 'left first'), 1, 6],
    ['a lost update', lostUpdate(3), 1, 6],
    ['a state that is seen half changed', reorder, 0, 1],
    ['a wrong order', inOrder, 0, 6],
    ['a state on the way to a false assumption', assuming, 0, 4],
  ])('is found: %s', async (_what, failing, preemptions, steps) => {
    const report = await explore(failing, { strategy: 'random', samples: 300 })

    expect(report.violations).toMatchObject([{ preemptions, steps, isLeast: true }])
    expect(replay(failing, report.violations[0]!.token).steps).toHaveLength(steps)
  })

  test('is told from that of another failure of its kind', async () => {
    const twice = program('twice', {}, (_params, p) => {
      const [m, n] = [p.lock('m'), p.lock('n')]
      p.thread('A', () => m.release())
      p.thread('B', () => n.release())
    })
    const { violations } = await explore(twice, { strategy: 'random', samples: 20 })

    expect(violations.map(({ kind, schedule, isLeast }) => [kind, schedule, isLeast]).toSorted()).toEqual([
      ['misuse', 'A', true],
      ['misuse', 'B', true],
    ])
  })

  test('is found where the graph of all states is large', async () => {
    const report = await explore(philosophers(10, 'left first'), {
      strategy: 'random',
      samples: 20_000,
      until: 'first',
    })

    expect(report.violations).toMatchObject([{ kind: 'deadlock', preemptions: 1, steps: 10, isLeast: true }])
  })

  test('is that of the graph, on random programs', { timeout: 300_000 }, async () => {
    let violations = 0
    let failing = 0
    let preempted = 0
    const isThatOfTheGraph = fc.asyncProperty(anyOfBoth, async (tree) => {
      const built = buildProgram(tree)
      const sampled = await explore(built, { strategy: 'random', samples: 10 })
      if (sampled.violations.length === 0) return
      failing++
      const graph = await explore(built, { strategy: 'graph' })
      const least = graph.violations.map(told)
      for (const violation of sampled.violations) {
        violations++
        if (violation.preemptions > 0) preempted++
        expect(least, printProgram(tree)).toContainEqual(told(violation))
      }
    })
    await fc.assert(isThatOfTheGraph, { seed: SEED, numRuns: 700 })
    expect(failing).toBeGreaterThanOrEqual(300)
    expect(violations).toBeGreaterThanOrEqual(400)
    expect(preempted).toBeGreaterThanOrEqual(30)
  })
})

describe('Without the means to look for the least schedule', () => {
  test('a valid one is kept that is no worse, and mostly better', { timeout: 300_000 }, () => {
    let met = 0
    let improved = 0
    const isNoWorse = fc.property(anyOfBoth, fc.nat(), (tree, seed) => {
      const session = new Session(buildProgram(tree))
      for (const finding of findingsOfWalk(session, seed)) {
        met++
        const before = shown(session, finding)
        const after = shown(session, finish(shrink(session, finding, { maxStates: 1 })))
        expect(compare(after, before), printProgram(tree)).toBeLessThanOrEqual(0)
        if (compare(after, before) < 0) improved++
      }
    })
    fc.assert(isNoWorse, { seed: SEED, numRuns: 600 })
    expect(met).toBeGreaterThanOrEqual(300)
    expect(improved).toBeGreaterThanOrEqual(100)
  })

  test.each<[string, ShrinkLimits]>([
    ['states', { maxStates: 1 }],
    ['memory', { maxMemory: 1 }],
    ['time', { isStopped: () => true }],
  ])('for want of %s, nothing is claimed', (_what, limits) => {
    const session = new Session(philosophers(4, 'left first'))
    const found = walkTo(session, 'deadlock', 2)
    const shrunk = finish(shrink(session, found, limits))

    expect(shrunk.isLeast).toBe(false)
    expect(compare(shown(session, shrunk), shown(session, found))).toBeLessThanOrEqual(0)
  })

  test('most needless preemptions go all the same', () => {
    const session = new Session(philosophers(6, 'left first'))
    const found = walkTo(session, 'deadlock', 4)
    const shrunk = finish(shrink(session, found, { maxStates: 1 }))

    expect(shown(session, found).preemptions).toBe(4)
    expect(shown(session, shrunk).preemptions).toBeLessThanOrEqual(2)
    expect(shown(session, shrunk).steps).toBe(6)
  })

  test('schedules that are no longer are looked at all the same', () => {
    const session = new Session(philosophers(8, 'left first'))
    const { subject } = walkTo(session, 'deadlock', 5)
    const found = violationOf(
      'deadlock',
      subject,
      [3, 1, 4, 0, 5, 2, 6, 7].map((thread) => ({ thread, way: 0 })),
    )
    const reduced = finish(shrink(session, found, { maxStates: 1 }))
    expect(shown(session, reduced).preemptions).toBeGreaterThan(1)

    // Enough for the states that eight steps lead to, but not for all with so few preemptions.
    const shrunk = finish(shrink(session, found, { maxStates: 12_000 }))

    expect(shrunk.isLeast).toBe(false)
    expect(shown(session, shrunk)).toMatchObject({ preemptions: 1, steps: 8 })
  })
})

test('An endless run is left as it is', () => {
  const session = new Session(lostUpdate(2))
  const endless = { ...violationOf('endless', '', [{ thread: 0, way: 0 }]), repeat: [{ thread: 1, way: 0 }] }

  expect(finish(shrink(session, endless))).toBe(endless)
})

function compare(a: Violation, b: Violation): number {
  return a.preemptions - b.preemptions || a.steps - b.steps
}

/** The violation that a finding is, if a fresh run shows it. */
function shown(session: Session, finding: Finding): Violation {
  return finish(confirm(session, finding, {}))
}

/** A random schedule that shows such a violation with so many preemptions. */
function walkTo(session: Session, kind: Finding['kind'], preemptions: number): Finding {
  for (let seed = 0; ; seed++) {
    const found = findingsOfWalk(session, seed).find((finding) => finding.kind === kind)
    if (found !== undefined && shown(session, found).preemptions === preemptions) return found
  }
}

/** What goes wrong on one random walk, each with the walk up to there. */
function findingsOfWalk(session: Session, seed: number): Finding[] {
  const random = new Random(seed)
  const inspector = new StateInspector(session)
  const path: GraphStep[] = []
  const found = new Map<string, Finding>()
  const sight = (kind: Finding['kind'], subject: string): void => {
    const key = `${kind} ${subject}`
    if (!found.has(key)) found.set(key, violationOf(kind, subject, [...path]))
  }
  session.rewind()
  for (;;) {
    inspector.inspect(sight)
    const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    if (session.hasEnded || able.length === 0) {
      inspector.inspectEnd(!session.hasEnded, sight)
      return [...found.values()]
    }
    const thread = able[random.below(able.length)]!
    if (session.assumesFalsehood(thread)) return [...found.values()]
    const way = random.below(session.ways(thread))
    const node = session.node(thread)
    const result = session.step(thread, way)
    path.push({ thread, way })
    if (session.image.isMisuse(node, result)) sight('misuse', session.image.misuseText(node, result))
  }
}

function violationOf(kind: Finding['kind'], subject: string, path: readonly GraphStep[]): Finding {
  return {
    kind,
    subject,
    path,
    repeat: [],
    isLeast: false,
    criticalStep: null,
    interleavings: null,
    probability: null,
  }
}
