import { describe, expect, test } from 'vitest'
import { fifo } from '../../../../../src/engine/simulate/os/policies/fifo.js'
import { run, simulate, wait } from '../support/scripted.js'
import { times } from '../support/times.js'

describe('First come, first served', () => {
  test('of 7, 2 and 4 that come together ends at 7, 9 and 13: response 0, 7, 9', () => {
    const recorder = simulate({ policy: fifo(), threads: [7, 2, 4].map((each) => ({ script: [run(each)] })) })
    expect(recorder.line()).toBe('0:0–7 1:7–9 2:9–13')
    expect(times(recorder, 3)).toEqual({ response: [0, 7, 9], turnaround: [7, 9, 13] })
  })

  test('lets who has waited go behind those who came meanwhile', () => {
    const recorder = simulate({
      policy: fifo(),
      threads: [{ script: [run(2), wait(3), run(2)] }, { script: [run(4)] }, { script: [run(5)], at: 4 }],
    })
    expect(recorder.line()).toBe('0:0–2 1:2–6 2:6–11 0:11–13')
  })

  test('on two cores with one queue: 6, 3, 3 and 2 end at 6, 3, 6 and 8', () => {
    const threads = [6, 3, 3, 2].map((each) => ({ script: [run(each)] }))
    const recorder = simulate({ policy: fifo(), threads, cores: 2 })
    expect(recorder.line(0)).toBe('0:0–6 3:6–8')
    expect(recorder.line(1)).toBe('1:0–3 2:3–6')
  })

  test('who yields goes behind those who wait', () => {
    const recorder = simulate({
      policy: fifo(),
      threads: [{ script: [run(1), 'yield', run(1)] }, { script: [run(2)] }],
    })
    expect(recorder.line()).toBe('0:0–1 1:1–3 0:3–4')
  })
})
