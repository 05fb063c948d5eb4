import { describe, expect, test } from 'vitest'
import { priorities } from '../../../../../src/engine/simulate/os/policies/priorities.js'
import { run, simulate, wait } from '../support/scripted.js'

describe('Fixed priorities', () => {
  test('let the more urgent take the core at once, and who lost it goes on first among its equals', () => {
    const recorder = simulate({
      policy: priorities(),
      threads: [
        { script: [run(5)], priority: 1 },
        { script: [run(2)], priority: 1 },
        { script: [run(3)], priority: 2, at: 2 },
        { script: [run(1)], priority: 3, at: 3 },
      ],
    })
    expect(recorder.line()).toBe('0:0–2 2:2–3 3:3–4 2:4–6 0:6–9 1:9–11')
  })

  test('on two cores take the core of the least urgent', () => {
    const recorder = simulate({
      policy: priorities(),
      cores: 2,
      threads: [
        { script: [run(9)], priority: 2 },
        { script: [run(9)], priority: 1 },
        { script: [run(2)], priority: 3, at: 4 },
      ],
    })
    expect(recorder.line(0)).toBe('0:0–9')
    expect(recorder.line(1)).toBe('1:0–4 2:4–6 1:6–11')
  })

  test('let a core that is just switching to a less urgent thread turn to the more urgent one as soon as it can', () => {
    const recorder = simulate({
      policy: priorities(),
      costs: { switchCost: 4 },
      threads: [
        { script: [run(10)], priority: 1 },
        { script: [run(1)], priority: 2, at: 2 },
      ],
    })
    expect(recorder.line()).toBe('1:8–9 0:13–23')
  })

  test('with a quantum let equals take turns; who is preempted keeps the rest of its turn', () => {
    const recorder = simulate({
      policy: priorities({ quantum: 4 }),
      threads: [
        { script: [run(8)], priority: 1 },
        { script: [run(6)], priority: 1 },
        { script: [run(2)], priority: 2, at: 3 },
      ],
    })
    expect(recorder.line()).toBe('0:0–3 2:3–5 0:5–6 1:6–10 0:10–14 1:14–16')
  })

  test('starve the less urgent, but with aging of 10 a thread that is 3 less urgent has its turn at 40, when it is 1 more urgent, until it is outranked itself', () => {
    const threads = [
      { script: [run(200)], priority: 4 },
      { script: [run(50)], priority: 1 },
    ]
    expect(simulate({ policy: priorities(), threads }).line()).toBe('0:0–200 1:200–250')
    // 1 has 5 at 40. 0 has 6 at 60, and keeps that as long as it has its core: 1 has 7 at 120.
    expect(simulate({ policy: priorities({ aging: 10 }), threads }).line()).toBe(
      '0:0–40 1:40–60 0:60–120 1:120–150 0:150–250',
    )
  })

  test('do not let a thread age that waits for something else', () => {
    const recorder = simulate({
      policy: priorities({ aging: 10 }),
      threads: [
        { script: [run(60)], priority: 2, at: 1 },
        { script: [run(1), wait(44), run(5)], priority: 1 },
      ],
    })
    // Runnable again at 45 with priority 1, it has 3 at 60.
    expect(recorder.line()).toBe('1:0–1 0:1–60 1:60–65 0:65–66')
  })
})
