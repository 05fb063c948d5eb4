import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { parseLine } from './support/json.js'
import { lostUpdateFile, Workshop } from './support/workshop.js'

const workshop = new Workshop()
const inWorkshop = (file: string) => join(workshop.folder, file)
const read = (file: string) => readFileSync(inWorkshop(file), 'utf8')

beforeAll(async () => {
  await ensureBuilt()
  workshop.write('mine.ts', lostUpdateFile)
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

describe('The trace of a simulated run', () => {
  test('is written beside its report, one event a line', async () => {
    const { code, stdout } = await workshop.run(['simulate', 'mine.ts', '--trace', 'run.jsonl', '--json'])
    const lines = read('run.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => parseLine(`${line}\n`))
    expect(lines[0]).toMatchObject({ event: 'run', schema: 1, machine: 'laptop', seed: '1' })
    expect(lines.filter(({ event }) => event === 'step')).toHaveLength(parseLine(stdout)['operations'] as number)
    expect(code).toBe(0)
  })

  test('comes on standard output, the same as in a file', async () => {
    const { code, stdout } = await workshop.run(['export', 'mine.ts', '--format', 'jsonl', '--gil', '3.12'])
    await workshop.run(['export', 'mine.ts', '--format', 'jsonl', '--gil', '3.12', '-o', 'exported.jsonl'])
    expect(read('exported.jsonl')).toBe(stdout)
    expect(stdout).toContain('"interpreter":"3.12"')
    expect(code).toBe(0)
  })

  test('can be written for Perfetto', async () => {
    const { stdout } = await workshop.run(['export', 'mine.ts', '--format', 'perfetto', '-o', 'run.json', '--json'])
    expect(parseLine(stdout)).toMatchObject({ format: 'perfetto', file: expect.stringMatching(/run\.json$/) })
    const { traceEvents } = JSON.parse(read('run.json')) as { traceEvents: readonly { ph: string }[] }
    expect(new Set(traceEvents.map(({ ph }) => ph))).toEqual(new Set(['M', 'B', 'E', 'X', 'C']))
  })

  test('is refused in formats that there are not, and for tokens, which have no times', async () => {
    const format = await workshop.run(['export', 'mine.ts', '--format', 'svg'])
    expect(format).toMatchObject({ code: 2, stdout: '' })
    expect(format.stderr).toContain('perfetto, jsonl')
    const token = await workshop.run(['export', 'mine.ts', 'e1.A1B2A1.qsp8'])
    expect(token).toMatchObject({ code: 2, stdout: '' })
    expect(token.stderr).toContain('--seed')
  })

  test('is refused where it cannot be written, before anything is run', async () => {
    for (const args of [
      ['export', 'mine.ts', '-o', 'nowhere/run.json', '--json'],
      ['simulate', 'mine.ts', '--trace', '.', '--json'],
    ]) {
      const { code, stdout } = await workshop.run(args)
      expect(parseLine(stdout)['error']).toMatchObject({ code: 'usage/unwritable' })
      expect(code).toBe(2)
    }
  })

  test('of a program that cannot run leaves the file as it was', async () => {
    workshop.write('old.json', 'kept')
    const { code } = await workshop.run(['export', 'no-such-program', '-o', 'old.json'])
    expect({ code, old: read('old.json') }).toEqual({ code: 2, old: 'kept' })
    expect(existsSync(inWorkshop('old.json'))).toBe(true)
  })
})

test('The profile of a run names the functions of a file', async () => {
  workshop.write(
    'functions.ts',
    `import { program } from 'entrelacs'

export default program('functions', {}, (_params, p) => {
  const cell = p.cell('cell', 0)
  function* add(amount: number) {
    yield* cell.write((yield* cell.read()) + amount)
  }
  function* twice(amount: number) {
    yield* add(amount)
    yield* add(amount)
  }
  p.thread('A', function* () {
    yield* twice(1)
    yield* add(2)
  })
})
`,
  )
  const { stdout } = await workshop.run(['simulate', 'functions.ts', '--profile', '--json'])
  const rows = parseLine(stdout)['profile'] as readonly { function: string; calls: number }[]
  expect(rows.map((row) => [row.function, row.calls])).toEqual([
    ['(body)', 1],
    ['add', 3],
    ['twice', 1],
  ])
  const text = await workshop.run(['simulate', 'functions.ts', '--profile'])
  expect(text.stdout).toMatch(/^A +add +3 /m)
})
