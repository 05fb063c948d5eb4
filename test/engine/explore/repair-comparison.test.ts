import { compareRepair, explore, type ExploreReport, type Outcome, program, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../../src/scenarios/index.js'

interface Shape {
  /** Whether each increment is one piece. */
  readonly locked: boolean
  /** Whether two further locks are taken in opposite orders. */
  readonly crossed?: boolean
}

/** Two threads that increment a counter. */
function increments({ locked, crossed = false }: Shape): Program {
  return program('increments', {}, (_params, p) => {
    const counter = p.cell('counter', 0)
    const [inner, outer, other] = ['inner', 'outer', 'other'].map((name) => p.lock(name))
    for (const name of ['A', 'B'])
      p.thread(name, function* () {
        const [first, second] = name === 'A' ? [outer, other] : [other, outer]
        if (crossed) yield* first.hold(() => second.hold(() => p.yieldNow()))
        if (locked) yield* inner.acquire()
        yield* counter.write((yield* counter.read()) + 1)
        if (locked) yield* inner.release()
      })
    p.finally('both are kept', (final) => final(counter) === 2)
  })
}

const lostUpdate = increments({ locked: false })
const repaired = increments({ locked: true })
const bothFaults = increments({ locked: false, crossed: true })
const deadlocking = increments({ locked: true, crossed: true })

/** A program that ends with `values` in objects, and whether that is right; one way for each. */
function ending(
  ways: readonly { readonly holds: boolean; readonly values: Readonly<Record<string, number>> }[],
): Program {
  return program('ending', {}, (_params, p) => {
    const names = Object.keys(ways[0].values)
    const objects = names.map((name) => p.atomic(name, -1))
    const chosen = p.lock('wrong')
    p.thread('A', function* () {
      const way = ways[yield* p.choose(ways.length)]
      for (let i = 0; i < names.length; i++) yield* objects[i].write(way.values[names[i]])
      if (!way.holds) yield* chosen.acquire()
    })
    p.finally('right', (final) => final(chosen) === undefined)
  })
}

async function compare(broken: Program, repair: Program) {
  return compareRepair(await explore(broken), await explore(repair))
}

const finals = (outcomes: readonly Outcome[] | null) => outcomes?.map(({ final }) => ({ ...final })) ?? null
const kinds = (violations: readonly { readonly kind: string }[] | null) => violations?.map(({ kind }) => kind) ?? null

describe('A repair', () => {
  test('that holds has removed every failing outcome and every violation', async () => {
    const { verdict, complete, outcomes, violations } = await compare(lostUpdate, repaired)
    expect({ verdict, complete }).toEqual({ verdict: 'repaired', complete: { broken: true, repaired: true } })
    expect(finals(outcomes.removed)).toEqual([{ counter: 1 }])
    expect([outcomes.remaining, outcomes.added, outcomes.lost]).toEqual([[], [], []])
    expect(kinds(violations.removed)).toEqual(['property', 'race', 'race', 'race'])
    expect([violations.remaining, violations.added]).toEqual([[], []])
  })

  test('that brings a deadlock is none, though all that failed before is gone', async () => {
    const { verdict, outcomes, violations } = await compare(lostUpdate, deadlocking)
    expect(verdict).toBe('not-repaired')
    expect(finals(outcomes.removed)).toEqual([{ counter: 1 }])
    expect(outcomes.remaining).toEqual([])
    expect(outcomes.added).toMatchObject([{ holds: false, waiting: { A: 'acquire other', B: 'acquire outer' } }])
    expect(kinds(violations.removed)).toEqual(['property', 'race', 'race', 'race'])
    expect(kinds(violations.added)).toEqual(['deadlock'])
  })

  test('that removes one of two failures leaves the other', async () => {
    const { verdict, outcomes, violations } = await compare(bothFaults, deadlocking)
    expect(verdict).toBe('not-repaired')
    expect(finals(outcomes.removed)).toEqual([{ counter: 1 }])
    expect(outcomes.remaining).toMatchObject([{ holds: false, waiting: {} }])
    expect(outcomes.added).toEqual([])
    expect(kinds(violations.removed)).toEqual(['property', 'race', 'race', 'race'])
    expect(kinds(violations.remaining)).toEqual(['deadlock'])
    expect(violations.added).toEqual([])
  })

  test('that changes nothing leaves everything', async () => {
    const { verdict, outcomes, violations } = await compare(bothFaults, bothFaults)
    expect(verdict).toBe('not-repaired')
    expect([outcomes.removed, outcomes.added, outcomes.lost]).toEqual([[], [], []])
    expect(outcomes.remaining).toHaveLength(2)
    expect(violations.remaining).toHaveLength(5)
  })

  test('that forbids too much has lost outcomes that were right', async () => {
    const [right, fine, wrong] = [1, 2, 3].map((x) => ({ holds: x < 3, values: { x } }))
    const { verdict, outcomes } = await compare(ending([right, fine, wrong]), ending([fine]))
    expect(verdict).toBe('repaired')
    expect(finals(outcomes.lost)).toEqual([{ x: 1 }])
  })

  test('that fails in a way in which the broken program succeeds has lost nothing, but fails anew', async () => {
    const { verdict, outcomes } = await compare(
      ending([{ holds: true, values: { x: 1 } }]),
      ending([{ holds: false, values: { x: 1 } }]),
    )
    expect(verdict).toBe('not-repaired')
    expect([outcomes.removed, outcomes.lost]).toEqual([[], []])
    expect(finals(outcomes.added)).toEqual([{ x: 1, wrong: 'A' }])
  })

  test('of a program that fails nowhere is one if it fails nowhere either', async () => {
    const { verdict, outcomes } = await compare(repaired, repaired)
    expect({ verdict, removed: outcomes.removed }).toEqual({ verdict: 'repaired', removed: [] })
  })

  test('of the gallery repairs what it says that it repairs', async () => {
    for (const { name, repairedBy, load } of scenarios) {
      const repair = scenarios.find((other) => other.name === repairedBy)
      if (repair === undefined) continue
      const { verdict } = await compare((await load()).default, (await repair.load()).default)
      expect({ name, verdict }).toEqual({ name, verdict: 'repaired' })
    }
  })
})

describe('What remains', () => {
  test('is told as the repair shows it, so that its token replays there', async () => {
    const [broken, half] = [await explore(bothFaults), await explore(deadlocking)]
    const [deadlock] = compareRepair(broken, half).violations.remaining
    expect(deadlock).toBe(half.violations[0])
    expect(compareRepair(broken, half).violations.removed?.[0]).toBe(broken.violations[0])
  })
})

describe('Outcomes of two programs', () => {
  const one = (values: Readonly<Record<string, number>>, holds = true) => ending([{ holds, values }])

  test('are the same if everything agrees that both show', async () => {
    const { outcomes, ignored } = await compare(one({ x: 1, mine: 5 }), one({ x: 1, yours: 6 }))
    expect(outcomes.lost).toEqual([])
    expect(ignored).toEqual(['mine', 'yours'])
  })

  test('are others if something differs that both show', async () => {
    const { outcomes, ignored } = await compare(one({ x: 1 }), one({ x: 2 }))
    expect(finals(outcomes.lost)).toEqual([{ x: 1 }])
    expect(ignored).toEqual([])
  })

  test('are others if a lock is held in one of them that both hold at times', async () => {
    const held = { holds: false, values: { x: 1 } }
    const free = { holds: true, values: { x: 1 } }
    const { outcomes } = await compare(ending([free, held]), ending([{ holds: false, values: { x: 2 } }, held]))
    expect(finals(outcomes.lost)).toEqual([{ x: 1 }])
    expect(finals(outcomes.remaining)).toEqual([{ x: 1, wrong: 'A' }])
  })

  test('do not name what was left out of outcomes that are in one of them only', async () => {
    const { ignored } = await compare(one({ x: 1, mine: 5 }, false), one({ x: 2 }))
    expect(ignored).toEqual([])
  })

  const returning = (results: Readonly<Record<string, unknown>>, error?: string) =>
    program('returning', {}, (_params, p) => {
      for (const [name, result] of Object.entries(results))
        p.thread(name, function* () {
          yield* p.yieldNow()
          return result
        })
      if (error !== undefined)
        p.thread('E', function* () {
          yield* p.yieldNow()
          throw new Error(error)
        })
    })

  test('agree in what threads return, as far as both programs return something there', async () => {
    const { outcomes, ignored } = await compare(returning({ A: [1], B: 2 }), returning({ C: 3, B: 2 }))
    expect(outcomes.lost).toEqual([])
    expect(ignored).toEqual(['A', 'C'])
    expect((await compare(returning({ B: 1 }), returning({ B: '1' }))).outcomes.lost).toHaveLength(1)
  })

  const stuck = (waitsFor: 'x' | 'y') =>
    program('stuck', {}, (_params, p) => {
      const locks = { x: p.lock('x'), y: p.lock('y') }
      p.thread('A', function* () {
        yield* locks.x.acquire()
        yield* locks.y.acquire()
        yield* locks[waitsFor].acquire()
      })
    })

  test('differ if threads wait for something else, though all objects agree', async () => {
    const { outcomes } = await compare(stuck('x'), stuck('y'))
    expect(finals(outcomes.removed)).toEqual(finals(outcomes.added))
    expect(outcomes.removed).toMatchObject([{ waiting: { A: 'acquire x' } }])
    expect(outcomes.added).toMatchObject([{ waiting: { A: 'acquire y' } }])
    expect((await compare(stuck('x'), stuck('x'))).outcomes.remaining).toHaveLength(1)
  })

  test('differ if they fail by other errors', async () => {
    const { outcomes } = await compare(returning({}, 'odd'), returning({}, 'even'))
    expect([outcomes.removed, outcomes.remaining, outcomes.added].map((list) => list?.length)).toEqual([1, 0, 1])
  })
})

describe('An exploration that is not complete', () => {
  test('of the repair leaves the verdict open if nothing fails in it', async () => {
    const { verdict, complete, outcomes, violations } = compareRepair(
      await explore(lostUpdate),
      await explore(repaired, { maxStates: 2 }),
    )
    expect({ verdict, complete }).toEqual({ verdict: 'unknown', complete: { broken: true, repaired: false } })
    expect([outcomes.removed, outcomes.lost, violations.removed]).toEqual([null, null, null])
    expect([outcomes.remaining, violations.remaining]).toEqual([[], []])
  })

  test('of the repair is enough to see that it is none', async () => {
    const { verdict, violations } = compareRepair(
      await explore(bothFaults),
      await explore(deadlocking, { until: 'first' }),
    )
    expect(verdict).toBe('not-repaired')
    expect(kinds(violations.remaining)).toEqual(['deadlock'])
    expect(violations.removed).toBeNull()
  })

  test('of the broken program does not hinder the verdict, but is told', async () => {
    const { verdict, complete, violations } = compareRepair(
      await explore(lostUpdate, { until: 'first' }),
      await explore(repaired),
    )
    expect({ verdict, complete }).toEqual({ verdict: 'repaired', complete: { broken: false, repaired: true } })
    expect(violations.removed?.length).toBeGreaterThan(0)
  })

  test('by samples proves nothing', async () => {
    const sampled = await explore(repaired, { strategy: 'random', samples: 20 })
    expect(compareRepair(await explore(lostUpdate), sampled).verdict).toBe('unknown')
  })
})

test('A repair that drops every execution proves nothing', async () => {
  const dropping = program('dropping', {}, (_params, p) => {
    p.thread('A', () => p.assume(false))
  })
  expect((await compare(lostUpdate, dropping)).verdict).toBe('unknown')
})

test('Violations are not said to be removed where the report may not tell all', async () => {
  const crowd = program('crowd', {}, (_params, p) => {
    for (let i = 0; i < 40; i++)
      p.thread(`T${i}`, function* () {
        throw new Error('each its own')
      })
  })
  const { verdict, outcomes, violations } = await compare(lostUpdate, crowd)
  expect(verdict).toBe('not-repaired')
  expect(outcomes.removed).toHaveLength(1)
  expect(violations.removed).toBeNull()
})

test('Reports that were read from JSON compare like those that were not', async () => {
  const reports = [await explore(bothFaults), await explore(deadlocking)]
  const read = reports.map((report) => JSON.parse(JSON.stringify(report)) as ExploreReport)
  expect(compareRepair(read[0], read[1])).toEqual(compareRepair(reports[0], reports[1]))
})
