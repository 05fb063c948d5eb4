import { describe, expect, test } from 'vitest'
import { KernelError } from '../../../../src/engine/simulate/kernel/kernel-error.js'
import { Kernel } from '../../../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../../../src/engine/simulate/kernel/priority.js'
import { MAX_TIME } from '../../../../src/engine/simulate/kernel/time.js'
import { codeOf } from './code-of.js'

/** A kernel and what has happened, as `time:argument`. */
function recording() {
  const kernel = new Kernel()
  const trace: string[] = []
  const note = (argument: number) => {
    trace.push(`${kernel.now}:${argument}`)
  }
  const at = (time: number, argument: number, priority: number = Priority.Core) =>
    kernel.schedule(time, priority, note, argument)
  return { kernel, trace, at }
}

describe('The kernel', () => {
  test('lets events happen by time, then by priority class, then in the order in which they were scheduled', () => {
    const { kernel, trace, at } = recording()
    at(20, 5)
    at(10, 2)
    at(10, 3)
    at(10, 1, Priority.Device)
    at(10, 4, Priority.Observer)

    expect(kernel.run()).toBe('empty')
    expect(trace).toEqual(['10:1', '10:2', '10:3', '10:4', '20:5'])
  })

  test('puts what is scheduled for the present behind what is due already, within its class', () => {
    const { kernel, trace, at } = recording()
    kernel.schedule(10, Priority.Device, () => {
      at(10, 3)
      at(10, 1, Priority.Timer)
    })
    at(10, 2)
    kernel.run()

    expect(trace).toEqual(['10:1', '10:2', '10:3'])
  })

  test('never lets a cancelled event happen, and cancels by a number only the event that it was given for', () => {
    const { kernel, trace, at } = recording()
    const first = at(10, 1)
    expect(kernel.cancel(first)).toBe(true)
    expect(kernel.cancel(first)).toBe(false)
    const second = at(10, 2)
    expect(second).not.toBe(first)
    expect(kernel.cancel(first)).toBe(false)
    expect(kernel.pending).toBe(1)
    kernel.run()

    expect(trace).toEqual(['10:2'])
    expect(kernel.cancel(second)).toBe(false)
    for (const nonsense of [-1, 0.5, NaN, Infinity, 2 ** 53]) expect(kernel.cancel(nonsense)).toBe(false)
  })

  test('tells the time of the next event, cancelled ones left out', () => {
    const { kernel, at } = recording()
    expect(kernel.nextTime).toBe(Infinity)
    const first = at(10, 1)
    at(20, 2)
    expect(kernel.nextTime).toBe(10)
    kernel.cancel(first)
    expect(kernel.nextTime).toBe(20)
  })

  test('runs up to a time, that time included, and is at that time then', () => {
    const { kernel, trace, at } = recording()
    at(10, 1)
    at(11, 2)

    expect(kernel.run(10)).toBe('until')
    expect(trace).toEqual(['10:1'])
    expect(kernel.run(10)).toBe('until')
    expect(kernel.run(100)).toBe('empty')
    expect(kernel.now).toBe(11)
  })

  test('runs a number of events', () => {
    const { kernel, trace, at } = recording()
    for (let i = 1; i <= 3; i++) at(i, i)

    expect(kernel.run(Infinity, 0)).toBe('events')
    expect(kernel.run(Infinity, 2)).toBe('events')
    expect([trace.length, kernel.now]).toEqual([2, 2])
    expect(kernel.run(Infinity, 1)).toBe('empty')
  })

  test('stops after the event that says so, and time stays what it is', () => {
    const { kernel, trace, at } = recording()
    kernel.schedule(10, Priority.Core, () => kernel.stop())
    at(10, 1)

    expect(kernel.run(5)).toBe('until')
    expect(kernel.run(50)).toBe('events')
    expect([trace.length, kernel.now]).toEqual([0, 10])
    expect(kernel.run()).toBe('empty')
  })

  test('lets time pass without an event as long as nothing is due', () => {
    const { kernel, trace, at } = recording()
    const answers: boolean[] = []
    const attempt = (time: number) => answers.push(kernel.advanceTo(time))
    kernel.schedule(10, Priority.Core, () => {
      attempt(20)
      attempt(30)
      attempt(29)
      attempt(41)
    })
    at(30, 1)
    expect(kernel.run(40)).toBe('empty')

    // At 20; 30 is taken; at 29; 30 comes before 41.
    expect(answers).toEqual([true, false, true, false])
    expect(trace).toEqual(['30:1'])
    expect(kernel.advanceTo(50)).toBe(false)
  })

  test('advances no further than its run, by time and by number of events, and not when it is to stop', () => {
    const kernel = new Kernel()
    const answers: boolean[] = []
    const runOn = () => {
      while (kernel.advanceTo(kernel.now + 10));
      answers.push(kernel.advanceTo(kernel.now))
    }
    kernel.schedule(0, Priority.Core, runOn)
    kernel.run(45)
    expect(kernel.now).toBe(40)
    kernel.schedule(50, Priority.Core, runOn)
    kernel.run(Infinity, 4)
    expect(kernel.now).toBe(80)
    kernel.schedule(90, Priority.Core, () => {
      kernel.stop()
      runOn()
    })
    kernel.run()

    expect(kernel.now).toBe(90)
    expect(answers).toEqual([true, false, false])
  })

  test('hands on the error of an event, and goes on with the next one in the next run', () => {
    const { kernel, trace, at } = recording()
    kernel.schedule(10, Priority.Core, () => {
      throw new Error('broken')
    })
    at(20, 1)

    expect(() => kernel.run()).toThrow('broken')
    expect(kernel.now).toBe(10)
    expect(kernel.run()).toBe('empty')
    expect(trace).toEqual(['20:1'])
  })

  test('refuses what it cannot do, with a stable code', () => {
    const { kernel, at } = recording()
    at(10, 1)
    kernel.run()

    expect(codeOf(() => at(9, 1))).toBe('kernel/past')
    expect(codeOf(() => at(10.5, 1))).toBe('kernel/time')
    expect(codeOf(() => at(NaN, 1))).toBe('kernel/time')
    expect(codeOf(() => at(MAX_TIME + 1, 1))).toBe('kernel/overflow')
    expect(codeOf(() => at(Infinity, 1))).toBe('kernel/overflow')
    for (const priority of [-1, 32, 1.5, NaN]) expect(codeOf(() => at(20, 1, priority))).toBe('kernel/priority')
    expect(codeOf(() => kernel.run(9))).toBe('kernel/past')
    expect(codeOf(() => kernel.run(20, NaN))).toBe('kernel/events')
    expect(codeOf(() => kernel.advanceTo(9))).toBe('kernel/past')
    expect(kernel.pending).toBe(0)
    expect(() => at(MAX_TIME, 1)).not.toThrow()
  })

  test('cannot be run by what it runs', () => {
    const kernel = new Kernel()
    kernel.schedule(0, Priority.Core, () => {
      kernel.run()
    })
    expect(() => kernel.run()).toThrow(KernelError)
    expect(kernel.run()).toBe('empty')
  })
})
