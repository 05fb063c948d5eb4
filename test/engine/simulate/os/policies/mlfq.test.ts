import { describe, expect, test } from 'vitest'
import { mlfq } from '../../../../../src/engine/simulate/os/policies/mlfq.js'
import { repeat, run, simulate, wait } from '../support/scripted.js'
import { times } from '../support/times.js'

describe('The multi-level feedback queue', () => {
  test('with quanta 2, 4 and 8: 20 at 0 and 3 at 5 end after 23 and 4', () => {
    const recorder = simulate({
      policy: mlfq({ quanta: [2, 4, 8] }),
      threads: [{ script: [run(20)] }, { script: [run(3)], at: 5 }],
    })
    // 0 goes down at 2; at 5 it loses its core to the newcomer, with 1 of 4 left, which it has at 7 as the first of its level.
    expect(recorder.line()).toBe('0:0–5 1:5–7 0:7–8 1:8–9 0:9–23')
    expect(times(recorder, 2)).toEqual({ response: [0, 0], turnaround: [23, 4] })
  })

  test('lets equals take turns, each for the quantum of their level', () => {
    const recorder = simulate({
      policy: mlfq({ quanta: [1, 3] }),
      threads: [{ script: [run(6)] }, { script: [run(6)] }],
    })
    expect(recorder.line()).toBe('0:0–1 1:1–2 0:2–5 1:5–8 0:8–10 1:10–12')
  })

  test('gives so many quanta at a level before a thread goes down', () => {
    const recorder = simulate({
      policy: mlfq({ quanta: [2, 5], allotments: [2, 1] }),
      threads: [{ script: [run(10)] }, { script: [run(10)] }],
    })
    expect(recorder.line()).toBe('0:0–2 1:2–4 0:4–6 1:6–8 0:8–13 1:13–18 0:18–19 1:19–20')
  })

  test('puts who has used up a quantum at the very moment when it is preempted behind its equals', () => {
    const threads = [
      { script: [run(8)] },
      { script: [run(4)] },
      { script: [run(1)], at: 2 },
      { script: [run(1)], at: 8 },
    ]
    // At 8 the second quantum of 0 is over, and somebody comes at the top: 1, which has waited, is next.
    const recorder = simulate({ policy: mlfq({ quanta: [2, 3], allotments: [1] }), threads })
    expect(recorder.line()).toBe('0:0–2 1:2–4 2:4–5 0:5–8 3:8–9 1:9–11 0:11–14')
  })

  const gamer = { script: repeat(4, run(1), wait(1)) }
  const worker = { script: [run(10)] }

  test('counts what was used before waiting (rule 4): who waits after 1 of 2 goes down after the second time', () => {
    const recorder = simulate({ policy: mlfq({ quanta: [2, 2] }), threads: [gamer, worker] })
    expect(recorder.line()).toBe('0:0–1 1:1–3 0:3–4 1:4–6 0:6–7 1:7–9 0:9–10 1:10–14')
  })

  test('with “stay” is gamed: who waits after 1 of 2 stays at the top for ever', () => {
    const recorder = simulate({ policy: mlfq({ quanta: [2, 2], stay: true }), threads: [gamer, worker] })
    // From 3 on the worker is below: it runs only while the other waits.
    expect(recorder.line()).toBe('0:0–1 1:1–3 0:3–4 1:4–5 0:5–6 1:6–7 0:7–8 1:8–14')
  })

  test('with “bump” lets who wakes go before its equals, also the one that runs, who stays before the others', () => {
    const threads = [{ script: [run(1), wait(2), run(1)] }, { script: [run(6)] }, { script: [run(2)] }]
    const policy = (bump: boolean) => mlfq({ quanta: [6], bump })
    expect(simulate({ policy: policy(false), threads }).line()).toBe('0:0–1 1:1–7 2:7–9 0:9–10')
    expect(simulate({ policy: policy(true), threads }).line()).toBe('0:0–1 1:1–3 0:3–4 1:4–8 2:8–10')
  })

  test('with a boost every 10 puts all back to the top with whole quanta (rule 5)', () => {
    const threads = [{ script: [run(30)] }, { script: repeat(20, run(2), wait(1)), at: 1 }]
    const recorder = simulate({ policy: mlfq({ quanta: [2, 4, 4], boost: 10 }), threads, until: 24 })
    // 0 starts, is at the second level at 2, the third at 9; at 10 both are at the top again: 0 has 2 at once.
    expect(recorder.line()).toBe('0:0–2 1:2–4 0:4–8 1:8–10 0:10–12 1:12–14 0:14–18 1:18–20 0:20–22 1:22–24')
    const never = simulate({ policy: mlfq({ quanta: [2, 4, 4] }), threads, until: 24 })
    expect(never.line()).not.toBe(recorder.line())
  })

  test('boosts also those who wait while nothing runs at the time of the boost', () => {
    const threads = [{ script: [run(3), wait(10), run(6)] }, { script: [run(3)], at: 14 }]
    // 0 goes down at 2, and waits from 3 to 13; the boost at 10 finds no core busy. At 13 it is at the top for 2, then goes down.
    const recorder = simulate({ policy: mlfq({ quanta: [2, 9], boost: 10 }), threads })
    expect(recorder.line()).toBe('0:0–3 0:13–15 1:15–17 0:17–21 1:21–22')
  })
})
