import { describe, expect, test } from 'vitest'
import { Kernel } from '../../../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../../../src/engine/simulate/kernel/priority.js'

describe('The kernel', () => {
  test('lets events happen by time, then by priority class, then in the order in which they were scheduled', () => {
    const kernel = new Kernel()
    const trace: string[] = []
    const note = (argument: number) => trace.push(`${kernel.now}:${argument}`)
    kernel.schedule(20, Priority.Core, note, 5)
    kernel.schedule(10, Priority.Core, note, 2)
    kernel.schedule(10, Priority.Core, note, 3)
    kernel.schedule(10, Priority.Device, note, 1)
    kernel.schedule(10, Priority.Observer, note, 4)

    expect(kernel.run()).toBe('empty')
    expect(trace).toEqual(['10:1', '10:2', '10:3', '10:4', '20:5'])
  })
})
