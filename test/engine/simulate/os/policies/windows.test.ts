import { describe, expect, test } from 'vitest'
import { MILLISECOND, SECOND } from '../../../../../src/engine/simulate/kernel/time.js'
import { windows } from '../../../../../src/engine/simulate/os/policies/windows.js'
import { run, simulate, wait } from '../support/scripted.js'

const ms = (count: number) => count * MILLISECOND
const LONG = [run(100 * SECOND)]

describe('Windows', () => {
  test('lets equals take turns of two clock intervals, 31.25 ms; as a server of twelve, 187.5 ms', () => {
    const threads = [{ script: LONG }, { script: LONG }]
    const client = simulate({ policy: windows(), threads, until: ms(500) })
    const server = simulate({ policy: windows({ quantum: 12, foregroundFactor: 1 }), threads, until: ms(1500) })
    for (const { from, to } of client.stretches) expect(to - from).toBe(ms(31.25))
    for (const { from, to } of server.stretches) expect(to - from).toBe(ms(187.5))
  })

  test('gives threads in the foreground turns three times as long', () => {
    const threads = [{ script: LONG, foreground: true }, { script: LONG }]
    const recorder = simulate({ policy: windows(), threads, until: ms(625) })
    expect(recorder.ran(0)).toBe(3 * recorder.ran(1))
    expect(recorder.line(0, ms(1))).toMatch(/^0:0–93.75 1:93.75–125 0:125–218.75 /)
  })

  test('lets the higher priority run, real-time ones before all others', () => {
    const recorder = simulate({
      policy: windows({ clockInterval: 1000 }),
      threads: [
        { script: [run(5)], priority: 9 },
        { script: [run(5)], priority: 10, at: 1 },
        { script: [run(5)], priority: 16, at: 2 },
        { script: [run(5)], at: 3 },
      ],
    })
    expect(recorder.line()).toBe('0:0–1 1:1–2 2:2–7 1:7–11 0:11–15 3:15–20')
  })

  test('boosts who wakes by 3, and takes back one at the end of each quantum (of 2 intervals of 10): from 12 to 80 it is above', () => {
    const recorder = simulate({
      policy: windows({ clockInterval: 10, waitBoost: 3 }),
      threads: [{ script: [run(5), wait(7), run(100)] }, { script: [run(200)] }],
    })
    // At 12 it has 11. 20 of quantum are used at 32: it ends at the tick at 40 (10), then at 60 (9) and 80 (8). 1 has 13 of its quantum left: it
    // ends at 100. Then they take turns.
    expect(recorder.line()).toBe('0:0–5 1:5–12 0:12–80 1:80–100 0:100–120 1:120–140 0:140–152 1:152–305')
  })

  test('boosts threads in the foreground by 2 more, none above 15, and none that is real-time', () => {
    const until = 60
    const above = (priority: number, thread: object, waitBoost = 1) => {
      const recorder = simulate({
        policy: windows({ clockInterval: 10, waitBoost, foregroundFactor: 1 }),
        threads: [
          { script: [run(5), wait(5), run(100)], ...thread },
          { script: LONG, priority },
        ],
        until,
      })
      return recorder.wakeToRun(0)[0] === 0
    }
    expect([8, 9, 10].map((priority) => above(priority, {}))).toEqual([true, false, false])
    expect([9, 10, 11].map((priority) => above(priority, { priority: 8, foreground: true }))).toEqual([
      false,
      false,
      false,
    ])
  })

  test('lifts who has waited for 4 s to 15 for a quantum, and then puts it back', () => {
    const threads = [
      { script: LONG, priority: 10 },
      { script: LONG, priority: 4 },
    ]
    const recorder = simulate({ policy: windows(), threads, until: 10 * SECOND })
    // It is looked for every second; after a quantum it waits from 4.03125 s on: for 4 s at 9 s.
    expect(recorder.line(0, ms(1))).toBe('0:0–4000 1:4000–4031.25 0:4031.25–9000 1:9000–9031.25 0:9031.25–10000')
    expect(simulate({ policy: windows({ starvationWait: 0 }), threads, until: 10 * SECOND }).ran(1)).toBe(0)
  })
})
