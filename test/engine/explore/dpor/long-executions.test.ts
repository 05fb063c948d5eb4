import { type Program, program } from 'entrelacs'
import { describe, expect, test, vi } from 'vitest'
import { AccessLog } from '../../../../src/engine/explore/dpor/access-log.js'
import { TraceExploration } from '../../../../src/engine/explore/dpor/trace-exploration.js'
import { Session } from '../../../../src/engine/session.js'

const STEPS = 1000

/** One thread goes on for ever, since the other one never gets a turn. */
const alone = program('alone', {}, (_params, p) => {
  const numbers = p.atomic('numbers', 0)
  for (const name of ['first', 'second'])
    p.thread(name, function* () {
      for (;;) {
        yield* p.at('again')
        yield* numbers.update((number) => (number + 1) % 3)
      }
    })
})

/** Two threads that wait for each other, for ever. */
const inTurn = program('in turn', {}, (_params, p) => {
  const [mine, yours] = [p.semaphore('mine', 1), p.semaphore('yours', 0)]
  const turns = [
    { name: 'first', from: mine, to: yours },
    { name: 'second', from: yours, to: mine },
  ]
  for (const { name, from, to } of turns)
    p.thread(name, function* () {
      for (;;) {
        yield* p.at('again')
        yield* from.acquire()
        yield* to.release()
      }
    })
})

describe('an execution without end', () => {
  test('looks at as many accesses for its late steps as for its early ones if one thread is alone', () => {
    const { early, late } = accessesLookedAt(alone)
    expect(early).toBeLessThan(10 * STEPS)
    expect(late).toBeLessThanOrEqual(early)
  })

  test('looks at as many accesses for its late steps as for its early ones if two threads step in turn', () => {
    const { early, late } = accessesLookedAt(inTurn)
    expect(early).toBeLessThan(100 * STEPS)
    expect(late).toBeLessThan(1.1 * early)
  })
})

/** How many accesses are looked at in two stretches of equal length, after as many steps again. */
function accessesLookedAt(subject: Program): { early: number; late: number } {
  const { search } = new TraceExploration(new Session(subject), {})
  const eventOf = vi.spyOn(AccessLog.prototype, 'eventOf')
  const looks = (steps: number) => {
    const { length } = search.execution
    eventOf.mockClear()
    search.slice(steps)
    expect(search.execution.length).toBe(length + steps)
    return eventOf.mock.calls.length
  }
  try {
    search.slice(STEPS)
    return { early: looks(STEPS), late: looks(STEPS) }
  } finally {
    eventOf.mockRestore()
  }
}
