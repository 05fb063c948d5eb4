import { describe, expect, test } from 'vitest'
import type { BlockedThread } from '../../../src/engine/detect/blocked-threads.js'
import { waitCycle } from '../../../src/engine/detect/wait-cycle.js'

const waiting = (thread: string, holder: string | null): BlockedThread => ({
  thread,
  holder,
  operation: 'acquire x',
  object: 'x',
  place: undefined,
})
const names = (blocked: readonly BlockedThread[]) => waitCycle(blocked)?.map(({ thread }) => thread) ?? null

describe('The circle of a deadlock', () => {
  test('is in the order of who waits for whom', () => {
    expect(names([waiting('A', 'C'), waiting('B', 'A'), waiting('C', 'B')])).toEqual(['A', 'C', 'B'])
  })

  test('leaves out those who wait for one of it', () => {
    expect(names([waiting('X', 'A'), waiting('A', 'B'), waiting('B', 'A'), waiting('Y', 'X')])).toEqual(['A', 'B'])
  })

  test('may be one thread that waits for itself', () => {
    expect(names([waiting('A', 'B'), waiting('B', 'B')])).toEqual(['B'])
  })

  test('is none where somebody waits for nobody, or for who is not blocked', () => {
    expect(names([waiting('A', 'B'), waiting('B', null)])).toBeNull()
    expect(names([waiting('A', 'ended')])).toBeNull()
    expect(names([])).toBeNull()
  })
})
