import { describe, expect, test } from 'vitest'
import { simulate, type SimulateReport } from 'entrelacs'
import { scenarios } from '../../src/scenarios/index.js'
import { makeStyle } from '../../src/report/report-style.js'
import { sweepText } from '../../src/report/sweep-text.js'
import { textWidth } from '../../src/report/text-width.js'

async function runs(name: string, variations: Readonly<Record<string, object>>) {
  const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
  const all: { value: string; report: SimulateReport }[] = []
  for (const [value, options] of Object.entries(variations))
    all.push({ value, report: await simulate(program, options) })
  return all
}

describe('Runs side by side', () => {
  test('are a line each, with what they took against the first', async () => {
    const swept = await runs('prime-factors', { '1': { cores: 1 }, '2': { cores: 2 } })
    const lines = sweepText({ name: 'cores', runs: swept }, makeStyle('en', false, 80)).split('\n')
    const [one, two] = swept.map(({ report }) => report.makespan)
    expect(lines.find((line) => line.startsWith('1 '))).toMatch(/ 1\.00 {2}✓ █+$/)
    expect(lines.find((line) => line.startsWith('2 '))).toContain((one! / two!).toFixed(2))
    expect(lines.filter((line) => textWidth(line) > 80)).toEqual([])
  })

  test('say which of them went wrong, and leave open what differs', async () => {
    const swept = await runs('priority-inversion', {
      priorities: { policy: 'priorities', cores: 1 },
      eevdf: { policy: 'eevdf', cores: 1 },
    })
    const text = sweepText({ name: 'policy', runs: swept }, makeStyle('fr', false, 80))
    const wrong = swept.filter(({ report }) => report.verdict === 'violated').map(({ value }) => value)
    expect(wrong).toContain('priorities')
    expect(text.replaceAll('\n', ' ')).toContain(`Une erreur avec ${wrong.join(', ')}`)
    expect(text).toContain('politique …')
  })

  test('fit into narrow terminals without bars', async () => {
    const swept = await runs('prime-factors', { '1': { seed: 1 }, '2': { seed: 2 } })
    const lines = sweepText({ name: 'seed', runs: swept }, makeStyle('en', false, 36)).split('\n')
    expect(lines.filter((line) => textWidth(line) > 36)).toEqual([])
  })
})
