import { explore, formatData, type Outcome, program, type Program, type StartedThread } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeOutcome } from '../../../src/engine/outcome.js'
import { Session } from '../../../src/engine/session.js'
import { KINDS } from '../../laws/kinds.js'
import { anyScript, programOf } from '../../laws/worlds.js'
import { SEED } from '../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 20)
const TOO_MANY = 4000

interface Tally {
  interleavings: number
  probability: number
}

/** Every interleaving, walked one by one on a session: what the graph must count without walking any. */
function walkAll(subject: Program): { outcomes: Map<string, Tally>; dropped: Tally } | null {
  const session = new Session(subject)
  const outcomes = new Map<string, Tally>()
  const dropped: Tally = { interleavings: 0, probability: 0 }
  let walked = 0
  const visit = (probability: number): void => {
    if (walked > TOO_MANY) return
    const able = session.hasEnded ? [] : session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    if (able.length === 0) {
      walked++
      const { final, results, errors, waiting } = describeOutcome(session, !session.hasEnded)
      add(outcomes, keyOf({ final, results, errors, ...(waiting === null ? {} : { waiting }) }), probability)
    }
    for (const thread of able) {
      const ways = session.ways(thread)
      const chance = probability / (able.length * ways)
      if (session.assumesFalsehood(thread)) {
        dropped.interleavings++
        dropped.probability += chance
        continue
      }
      for (let way = 0; way < ways; way++) {
        const { mark } = session.world
        session.step(thread, way)
        visit(chance)
        session.world.undo(mark)
      }
    }
  }
  visit(1)
  return walked > TOO_MANY ? null : { outcomes, dropped }
}

function add(outcomes: Map<string, Tally>, key: string, probability: number, interleavings = 1): void {
  const tally = outcomes.get(key) ?? { interleavings: 0, probability: 0 }
  outcomes.set(key, {
    interleavings: tally.interleavings + interleavings,
    probability: tally.probability + probability,
  })
}

/** Data with everything told apart that outcomes tell apart. */
function keyOf(outcome: Partial<Pick<Outcome, 'final' | 'results' | 'errors' | 'waiting'>>): string {
  const { final = {}, results = {}, errors = {}, waiting } = outcome
  // What a thread has declared for itself counts by its result.
  const shared = Object.fromEntries(Object.entries(final).filter(([name]) => !name.startsWith('own')))
  return exact([shared, results, errors, waiting])
}

function exact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(exact).join()}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, part]) => `${key}:${exact(part)}`)
      .toSorted()
      .join()}}`
  return formatData(value)
}

async function expectGraphToAgree(subject: Program): Promise<boolean> {
  const truth = walkAll(subject)
  if (truth === null) return false
  const report = await explore(subject)

  expect(report.complete).toBe(true)
  const reported = new Map<string, Tally>()
  for (const outcome of report.outcomes)
    add(reported, keyOf(outcome), outcome.probability!, Number(outcome.interleavings))
  expect([...reported.keys()].toSorted()).toEqual([...truth.outcomes.keys()].toSorted())
  for (const [key, { interleavings, probability }] of truth.outcomes) {
    expect(reported.get(key)!.interleavings, key).toBe(interleavings)
    expect(reported.get(key)!.probability, key).toBeCloseTo(probability, 12)
  }
  expect(report.dropped?.interleavings ?? '0').toBe(String(truth.dropped.interleavings))
  expect(report.dropped?.probability ?? 0).toBeCloseTo(truth.dropped.probability, 12)
  return true
}

describe('The graph gives the numbers of walking every interleaving on a session', () => {
  // Two multiprocessing pools of two workers have too many interleavings, whatever is done to them: a small one is below.
  for (const kind of KINDS.filter(({ title }) => title !== 'multiprocessing pool'))
    test(`for operations on a ${kind.title}`, async () => {
      let compared = 0
      await fc.assert(
        fc.asyncProperty(anyScript(kind), async (script) => {
          if (await expectGraphToAgree(programOf(kind, script))) compared++
        }),
        { seed: SEED, numRuns: RUNS },
      )
      // Not all can be walked: pools have very many interleavings, those of processes most.
      expect(compared).toBeGreaterThan(kind.title === 'process pool' ? 0 : RUNS / 10)
    })

  test('for a job of a multiprocessing pool that is terminated', async () => {
    const subject = program('terminated', {}, (_params, p) => {
      const pool = p.pool('pool', 1)
      const shared = p.atomic('shared', 0, { shared: true })
      p.thread('main', function* () {
        const result = yield* pool.applyAsync(() => shared.add(1), [])
        yield* pool.terminate()
        return yield* result.ready()
      })
    })
    expect(await expectGraphToAgree(subject)).toBe(true)
  })

  test('for children, daemons, choices and assumptions', async () => {
    const action = fc.constantFrom('choose', 'assume', 'spawn', 'join', 'write', 'read', 'lock', 'local')
    const threads = fc.array(fc.record({ daemon: fc.boolean(), actions: fc.array(action, { maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 3,
    })
    let compared = 0
    await fc.assert(
      fc.asyncProperty(threads, async (given) => {
        if (await expectGraphToAgree(familyOf(given))) compared++
      }),
      { seed: SEED, numRuns: 4 * RUNS },
    )
    expect(compared).toBeGreaterThan(RUNS)
  })
})

function familyOf(threads: readonly { readonly daemon: boolean; readonly actions: readonly string[] }[]): Program {
  return program('family', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    const lock = p.lock('lock')
    threads.forEach(({ daemon, actions }, i) => {
      const body = function* () {
        let latest = 0
        let child: StartedThread<number> | null = null
        for (const action of actions)
          if (action === 'choose') latest = yield* p.choose(2)
          else if (action === 'assume') yield* p.assume(latest === 0)
          else if (action === 'read') latest = yield* x.read()
          else if (action === 'write') yield* x.write(latest + i + 1)
          else if (action === 'lock') yield* lock.acquire()
          else if (action === 'local') {
            const own = p.cell(`own ${i}`, 0)
            yield* own.write(latest + 1)
          } else if (action === 'spawn') {
            const given = latest
            child = yield* p.spawn(`child ${i}, given ${given}`, function* () {
              return given + (yield* x.add(10))
            })
          } else if (child !== null) latest = (yield* child.join()) as number
        return latest
      }
      p.thread(`T${i}`, body, { daemon })
    })
  })
}
