import { describe, expect, test } from 'vitest'
import {
  shortestJobFirst,
  shortestTimeToCompletionFirst,
} from '../../../../../src/engine/simulate/os/policies/shortest-job.js'
import { run, simulate, wait } from '../support/scripted.js'
import { times } from '../support/times.js'

const jobs = (...given: (readonly [at: number, duration: number])[]) =>
  given.map(([at, duration]) => ({ at, script: [run(duration)], expected: duration }))

describe('Shortest job first', () => {
  test('of 7, 2 and 4 that come together ends at 13, 2 and 6: response 6, 0, 2', () => {
    const recorder = simulate({ policy: shortestJobFirst(), threads: jobs([0, 7], [0, 2], [0, 4]) })
    expect(recorder.line()).toBe('1:0–2 2:2–6 0:6–13')
    expect(times(recorder, 3)).toEqual({ response: [6, 0, 2], turnaround: [13, 2, 6] })
  })

  test('takes nothing from who runs: 9 at 0, 1 at 2 and 2 at 3 end after 9, 8 and 9', () => {
    const recorder = simulate({ policy: shortestJobFirst(), threads: jobs([0, 9], [2, 1], [3, 2]) })
    expect(times(recorder, 3)).toEqual({ response: [0, 7, 7], turnaround: [9, 8, 9] })
  })

  test('lets threads of which nothing is known come last, in the order in which they came', () => {
    const recorder = simulate({
      policy: shortestJobFirst(),
      threads: [{ script: [run(1)] }, { script: [run(2)] }, ...jobs([0, 5])],
    })
    expect(recorder.line()).toBe('2:0–5 0:5–6 1:6–8')
  })
})

describe('Shortest time to completion first', () => {
  test('gives the core to a newcomer with less: 9 at 0, 1 at 2 and 2 at 3 end after 12, 1 and 2', () => {
    const recorder = simulate({ policy: shortestTimeToCompletionFirst(), threads: jobs([0, 9], [2, 1], [3, 2]) })
    expect(recorder.line()).toBe('0:0–2 1:2–3 2:3–5 0:5–12')
    expect(times(recorder, 3)).toEqual({ response: [0, 0, 0], turnaround: [12, 1, 2] })
  })

  test('counts what is left: 5 at 0 has 2 left at 3, when 3 comes, and keeps its core', () => {
    const recorder = simulate({ policy: shortestTimeToCompletionFirst(), threads: jobs([0, 5], [3, 3]) })
    expect(recorder.line()).toBe('0:0–5 1:5–8')
  })

  test('also after waiting: 6 with 1 left beats 4 with 3 left', () => {
    const recorder = simulate({
      policy: shortestTimeToCompletionFirst(),
      threads: [{ script: [run(5), wait(1), run(1)], expected: 6 }, ...jobs([4, 4])],
    })
    expect(recorder.line()).toBe('0:0–5 1:5–6 0:6–7 1:7–10')
  })

  test('on two cores takes the core of whoever has most left', () => {
    const recorder = simulate({
      policy: shortestTimeToCompletionFirst(),
      cores: 2,
      threads: jobs([0, 5], [0, 9], [1, 2]),
    })
    expect(recorder.line(0)).toBe('0:0–5')
    expect(recorder.line(1)).toBe('1:0–1 2:1–3 1:3–11')
  })
})
