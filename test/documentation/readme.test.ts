import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt, repository } from '../e2e/support/build.js'
import { entrelacs, shell } from '../e2e/support/run.js'
import { Workshop } from '../e2e/support/workshop.js'

const readme = readFileSync(join(repository, 'README.md'), 'utf8')
const workshop = new Workshop()

beforeAll(() => ensureBuilt(), BUILD_TIMEOUT)
afterAll(() => workshop.remove())

/** The blocks of README.md of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, is]) => is === language)
    .map(([, , text]) => text)
}

/** The commands of README.md that can be run on its program, without the comments behind them. */
const commands = blocks('sh')
  .flatMap((block) => block.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''))
  .filter((line) => line.startsWith('npx entrelacs '))

describe('README.md', () => {
  test('shows the report as it is', async () => {
    const shown = blocks('').find((block) => block.includes('both transfers count')) ?? ''
    const { stdout } = await entrelacs(['explore', 'bank-account'])
    const report = stdout.split('\n')
    for (const line of shown.trimEnd().split('\n'))
      expect(
        report.some((real) => (line.endsWith(' …') ? real.startsWith(line.slice(0, -2)) : real === line)),
        line,
      ).toBe(true)
  })

  test('shows the pipeline as it is', async () => {
    const shown = blocks('').find((block) => block.includes('with forwarding')) ?? 'nothing'
    const { stdout } = await entrelacs(['processor', 'hazards'])
    expect(stdout).toContain(shown)
  })

  test('has commands to try', () => {
    expect(commands.length).toBeGreaterThan(0)
  })

  test.each(commands)('does not promise too much of %s', async (line) => {
    workshop.write('counter.ts', blocks('ts')[0])
    const { code, stderr } = await shell(line.replace('npx ', ''), { cwd: workshop.folder })
    expect({ stderr, hasRun: code === 0 || code === 1 }).toEqual({ stderr: '', hasRun: true })
  })
})
