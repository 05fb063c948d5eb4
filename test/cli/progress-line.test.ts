import type { ExploreProgress } from 'entrelacs'
import { expect, test } from 'vitest'
import { ProgressLine } from '../../src/cli/progress-line.js'

function terminal(isTTY: boolean, columns = 120) {
  const written: string[] = []
  return { isTTY, columns, written, write: (text: string) => written.push(text) }
}

function executing(executions: number, estimate: ExploreProgress['estimate'] = null): ExploreProgress {
  return { phase: 'searching', states: 0, transitions: 0, executions, depth: 12, estimate }
}

test('Executions are told with their rate, the estimated total, its interval and the time left', () => {
  const out = terminal(true)
  let now = 1000
  const line = new ProgressLine('en', false, out, () => now)

  line.show(executing(1000))
  now = 3000
  line.show(executing(201_000, { executions: 1_234_567, low: 800_000, high: 2_345_678 }))

  expect(out.written.at(-1)).toBe(
    '\r\u001b[2K201,000 executions, 100,000/s of about 1,200,000 (800,000 to 2,300,000), 11 s left',
  )
})

test('Progress is told in French', () => {
  const out = terminal(true)
  const line = new ProgressLine('fr', false, out, () => 0)

  line.show(executing(7, { executions: 40, low: 20, high: 90 }))

  expect(out.written.join('')).toContain('7 exécutions, 0/s sur environ 40 (20 à 90), encore …')
})

test('A line is cut to the width of the terminal and taken away at the end', () => {
  const out = terminal(true, 20)
  const line = new ProgressLine('en', false, out, () => 0)

  line.show(executing(123_456, { executions: 1e6, low: 1e5, high: 1e7 }))
  line.clear()

  expect(out.written[0]!.replace('\r\u001b[2K', '')).toHaveLength(19)
  expect(out.written[1]).toBe('\r\u001b[2K')
})

test('Where there is no terminal nothing is written, unless it is asked for', () => {
  const silent = terminal(false)
  const asked = terminal(false)
  new ProgressLine('en', false, silent).show(executing(1))
  const line = new ProgressLine('en', true, asked, () => 0)
  line.show(executing(1))
  line.clear()

  expect(silent.written).toEqual([])
  expect(asked.written).toEqual(['1 executions, 0/s\n'])
})

test('Another exploration has a rate of its own', () => {
  const out = terminal(true)
  let now = 0
  const line = new ProgressLine('en', false, out, () => now)

  line.show(executing(1000))
  now = 1000
  line.restart()
  line.show(executing(10))
  now = 2000
  line.show(executing(50))

  expect(out.written.at(-1)).toContain('50 executions, 40/s')
})
