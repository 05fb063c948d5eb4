import { program, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { lostUpdate } from '../../support/small-programs.js'
import { type Drawn, draw, schedules } from './support/draw.js'
import { ERROR_RATE, twoSided, uniformity } from './support/statistics.js'

const COUNT = 40_000
const SEED = 'pos'

/** Threads by their operations: `w` and `r` write and read x, a dot touches nothing. */
function accesses(...threads: readonly string[]): Program {
  return program('accesses', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    for (const [i, operations] of threads.entries())
      p.thread(`T${i}`, function* () {
        for (const operation of operations)
          if (operation === 'w') yield* x.write(1)
          else if (operation === 'r') yield* x.read()
          else yield* p.yieldNow()
      })
  })
}

function expectChance(drawn: readonly Drawn[], schedule: RegExp, chance: number): void {
  const hits = drawn.filter((one) => schedule.test(one.schedule)).length
  expect(twoSided(hits, drawn.length, chance), `${hits} of ${drawn.length}`).toBeGreaterThan(ERROR_RATE)
}

describe('Partial order sampling', () => {
  test('draws every order of writes to one word equally often', () => {
    const drawn = schedules(draw(accesses('w', 'w', 'w'), 'pos', { seed: SEED, count: COUNT }))
    expect(uniformity(drawn, 6)).toBeGreaterThan(ERROR_RATE)
  })

  // The priority of a pending operation that conflicts with nothing so far is drawn once. B comes before A's second
  // operation unless it is the lowest of three, and before the first with probability 1/2.
  test('lets an operation keep its priority while nothing conflicts with it', () => {
    const drawn = draw(accesses('.w', 'w'), 'pos', { seed: SEED, count: COUNT })
    expectChance(drawn, /^BAA$/, 1 / 2)
    expectChance(drawn, /^ABA$/, 1 / 6)
    expectChance(drawn, /^AAB$/, 1 / 3)
  })

  test('takes reads of one word for independent', () => {
    const drawn = draw(accesses('rr', 'r'), 'pos', { seed: SEED, count: COUNT })
    expectChance(drawn, /^AAB$/, 1 / 3)
  })

  // B draws again whenever A has stepped, so that each of A's steps is a fair contest.
  test.each([
    ['write', accesses('ww', 'w')],
    ['read by a write', accesses('ww', 'r')],
    ['write by a read', accesses('rr', 'w')],
  ])('lets a conflict draw a new priority: a %s', (_name, subject) => {
    const drawn = draw(subject, 'pos', { seed: SEED, count: COUNT })
    expectChance(drawn, /^BAA$/, 1 / 2)
    expectChance(drawn, /^ABA$/, 1 / 4)
    expectChance(drawn, /^AAB$/, 1 / 4)
  })

  test.each([
    [2, 4],
    [3, 36],
    [4, 576],
  ])('reaches every trace of the lost update of %i threads: %i', (threads, traces) => {
    const drawn = schedules(draw(lostUpdate(threads), 'pos', { seed: SEED, count: COUNT }))
    expect(new Set(drawn.map(traceOf)).size).toBe(traces)
  })
})

/** The trace of a schedule of the lost update: each read by the threads that have written before it, and who writes when. */
function traceOf(schedule: string): string {
  const seen = new Set<string>()
  const reads: string[] = []
  let written = ''
  for (const thread of schedule)
    if (seen.has(thread)) written += thread
    else {
      seen.add(thread)
      reads.push(`${thread}${written.length}`)
    }
  return `${written} ${reads.toSorted().join()}`
}
