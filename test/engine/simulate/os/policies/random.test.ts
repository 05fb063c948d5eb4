import { describe, expect, test } from 'vitest'
import { Random } from '../../../../../src/engine/random.js'
import { Kernel } from '../../../../../src/engine/simulate/kernel/kernel.js'
import { FREE_OS } from '../../../../../src/engine/simulate/os/os-config.js'
import { OperatingSystem } from '../../../../../src/engine/simulate/os/operating-system.js'
import { random } from '../../../../../src/engine/simulate/os/policies/random.js'
import { BLOCKS, ENDS } from '../../../../../src/engine/simulate/os/work.js'

type Step = 'a' | 'b' | 'lock' | 'unlock'

const PROGRAMS: readonly (readonly (readonly Step[])[])[] = [
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    ['lock', 'a', 'unlock'],
    ['a', 'lock', 'b', 'unlock'],
  ],
  [
    ['lock', 'a', 'unlock', 'b'],
    ['lock', 'unlock'],
    ['a', 'b', 'b'],
  ],
]

describe('The random policy', () => {
  test.each(PROGRAMS)(
    'has the distribution over schedules of who draws uniformly among those that can step',
    (...program) => {
      const exact = distribution(program)
      const seeds = 20_000
      const counted = new Map<string, number>()
      for (let seed = 0; seed < seeds; seed++) {
        const schedule = scheduleOf(program, seed)
        counted.set(schedule, (counted.get(schedule) ?? 0) + 1)
      }
      for (const schedule of counted.keys()) expect(exact.has(schedule)).toBe(true)
      // Pearson's statistic: its mean is the degrees of freedom, its variance twice that.
      let statistic = 0
      for (const [schedule, probability] of exact)
        statistic += ((counted.get(schedule) ?? 0) - seeds * probability) ** 2 / (seeds * probability)
      const freedom = exact.size - 1
      expect(statistic).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom))
    },
  )
})

/** The probability of each schedule, by definition. */
function distribution(program: readonly (readonly Step[])[]): Map<string, number> {
  const found = new Map<string, number>()
  const visit = (positions: readonly number[], owner: number, schedule: string, probability: number): void => {
    const able = program.flatMap((steps, thread) =>
      positions[thread] < steps.length && (steps[positions[thread]] !== 'lock' || owner === -1) ? [thread] : [],
    )
    if (able.length === 0) found.set(schedule, probability)
    for (const thread of able) {
      const step = program[thread][positions[thread]]
      const next = positions.map((each, other) => (other === thread ? each + 1 : each))
      const nextOwner = step === 'lock' ? thread : step === 'unlock' ? -1 : owner
      visit(next, nextOwner, schedule + String(thread), probability / able.length)
    }
  }
  visit(
    program.map(() => 0),
    -1,
    '',
    1,
  )
  return found
}

function scheduleOf(program: readonly (readonly Step[])[], seed: number): string {
  const kernel = new Kernel()
  const positions = program.map(() => 0)
  let owner = -1
  let waiting: number[] = []
  let schedule = ''
  const system: OperatingSystem = new OperatingSystem(
    kernel,
    1,
    FREE_OS,
    random(),
    {
      begin(thread) {
        const step = program[thread][positions[thread]]
        if (step === undefined) return ENDS
        if (step !== 'lock' || owner === -1) return 1
        waiting.push(thread)
        return BLOCKS
      },
      finish(thread) {
        schedule += String(thread)
        const step = program[thread][positions[thread]++]
        if (step === 'lock') owner = thread
        if (step !== 'unlock') return
        owner = -1
        const woken = waiting
        waiting = []
        for (const each of woken) system.wake(each)
      },
    },
    new Random(seed),
  )
  for (const _ of program) system.start(system.create())
  kernel.run()
  return schedule
}
