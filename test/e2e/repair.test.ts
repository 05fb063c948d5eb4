import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'
import { BUILD_TIMEOUT, ensureBuilt, repository } from './support/build.js'
import { errorShape, exploreShape, parseLine, repairShape } from './support/json.js'
import { ended, entrelacs, plainEnvironment, type Run, start } from './support/run.js'
import { lostUpdateFile, Workshop } from './support/workshop.js'

const workshop = new Workshop()

const lockedFile = lostUpdateFile
  .replace("'mine', { times: 1 }", "'mine, locked', { times: 2, tries: 1 }")
  .replace("p.cell('counter', 0)", "p.cell('counter', 0)\n  const lock = p.lock('lock')")
  .replace('const seen', 'yield* lock.acquire()\n        const seen')
  .replace('yield* counter.write(seen + 1)', 'yield* counter.write(seen + 1)\n        yield* lock.release()')

const announce = "import { writeSync } from 'node:fs'\nwriteSync(2, 'loading\\n')\n"

const manyStates = `${announce}import { program } from 'entrelacs'
export default program('many states', {}, (_params, p) => {
  for (let t = 0; t < 12; t++) p.thread(\`T\${t}\`, function* () {
    for (let i = 0; i < 8; i++) yield* p.choose(3)
  })
})
`

const neverYields = `import { program } from 'entrelacs'
export default program('never yields', {}, (_params, p) => {
  p.thread('A', function* () {
    yield* p.yieldNow()
    for (;;) {}
  })
})
`

beforeAll(async () => {
  await ensureBuilt()
  workshop.write('mine.ts', lostUpdateFile)
  workshop.write('my repair.ts', lockedFile)
  workshop.write('many-states.ts', manyStates)
  workshop.write('never-yields.ts', neverYields)
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

function explore(source: string, repair: string, ...more: string[]): Promise<Run> {
  return workshop.run(['explore', source, '--repair', repair, ...more])
}

/** The one object that is printed, checked. */
async function exploreJson(source: string, repair: string, ...more: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await explore(source, repair, '--json', ...more)
  const report = parseLine(stdout)
  expect([...exploreShape(report, 'report'), ...repairShape(report['repair'], 'repair')]).toEqual([])
  return report
}

const lastLine = (stdout: string): string => stdout.trimEnd().split('\n').at(-1) ?? ''

describe('A repair that does it', () => {
  test('is told in English, after both reports, with exit code 0', async () => {
    const { code, stdout, stderr } = await explore('bank-account', 'bank-account-locked')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^bank account \([\s\S]*✗ both transfers count[\s\S]*✗ violated[\s\S]*\nbank account, locked \([\s\S]*✓ holds/,
    )
    expect(lastLine(stdout)).toBe(
      '✓ repaired: 2 of 2 failing outcomes and 4 of 4 violations are gone, nothing new fails.',
    )
    expect(stdout).not.toContain('Its repair')
  })

  test('is told in French', async () => {
    const { code, stdout } = await explore('bank-account', 'bank-account-locked', '--lang', 'fr')
    expect(code).toBe(0)
    expect(lastLine(stdout)).toBe(
      "✓ réparé : 2 issues en défaut sur 2 et 4 problèmes sur 4 ont disparu, rien de nouveau n'apparaît.",
    )
  })

  test('is told in JSON, in the one object on the first program, which nothing else changes', async () => {
    const { elapsedMs: _elapsed, repair, ...rest } = await exploreJson('bank-account', 'bank-account-locked')
    const alone = parseLine((await entrelacs(['explore', 'bank-account', '--json'])).stdout)
    expect({ ...rest, elapsedMs: alone['elapsedMs'] }).toEqual(alone)
    expect(repair).toMatchObject({
      program: 'bank account, locked',
      source: 'bank-account-locked',
      report: { verdict: 'holds', program: 'bank account, locked' },
      comparison: {
        verdict: 'repaired',
        complete: { broken: true, repaired: true },
        outcomes: { removed: [{ final: { balance: 1000 } }, { final: { balance: 7000 } }], remaining: [], lost: [] },
        violations: {
          removed: [{ kind: 'property' }, { kind: 'race' }, { kind: 'race' }, { kind: 'race' }],
          remaining: [],
          added: [],
        },
        ignored: [],
      },
    })
  })

  test('is found by every strategy that is complete', async () => {
    const { code } = await explore('bank-account', 'bank-account-locked', '--strategy', 'dpor')
    expect(code).toBe(0)
  })

  test.each(scenarios.filter(({ repairedBy }) => repairedBy !== undefined).map((s) => [s.name, s.repairedBy!]))(
    'is the one of the gallery for %s',
    async (name, repairedBy) => {
      expect(await exploreJson(name, repairedBy)).toMatchObject({ repair: { comparison: { verdict: 'repaired' } } })
    },
  )
})

describe('A repair that does not', () => {
  test('is told with exit code 1, and with commands that replay what still fails', async () => {
    const { code, stdout } = await explore('bank-account', 'bank-account')
    expect(code).toBe(1)
    expect(stdout).toContain('✗ not repaired: 2 failing outcomes and 4 violations remain.\n\nstill fails\n')
    expect(stdout).toMatch(/✗ both transfers count\n {4}replay it: entrelacs replay bank-account e1\.A1B2A1\.qsp8\n/)
  })

  test('is told in French', async () => {
    const { code, stdout } = await explore('bank-account', 'bank-account', '--lang', 'fr')
    expect(code).toBe(1)
    expect(stdout).toContain('✗ pas réparé : 2 issues en défaut et 4 problèmes demeurent.\n\ntoujours en défaut\n')
  })
})

describe('A repair of which too little is known', () => {
  test('is told with exit code 3', async () => {
    const { code, stdout } = await explore('mine.ts', 'philosophers-ordered', '--max-states', '50')
    expect(code).toBe(3)
    expect(stdout).toContain('? unknown whether it is repaired')
  })

  test('is told in JSON by null', async () => {
    expect(
      await exploreJson('bank-account', 'bank-account-locked', '--strategy', 'random', '--samples', '20'),
    ).toMatchObject({
      repair: {
        comparison: {
          verdict: 'unknown',
          complete: { broken: false, repaired: false },
          outcomes: { removed: null, lost: null },
        },
      },
    })
  })
})

describe('Files of a user', () => {
  test('are explored in one go, each as itself', async () => {
    const { code, stdout, stderr } = await explore('mine.ts', 'my repair.ts')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^mine \(times = 1\)\n/)
    expect(stdout).toContain('\nmine, locked (times = 1, tries = 1)\n')
  })

  test('get the parameters that they have', async () => {
    const report = await exploreJson('mine.ts', 'my repair.ts', '--param', 'times=3', '--param', 'tries=2')
    expect(report).toMatchObject({ params: { times: 3 }, repair: { report: { params: { times: 3, tries: 2 } } } })
    expect(report['params']).not.toHaveProperty('tries')
  })

  test('name themselves in commands', async () => {
    const { stdout } = await explore('my repair.ts', 'mine.ts')
    expect(stdout).toMatch(/replay it: entrelacs replay mine\.ts e1\./)
    expect((await explore('mine.ts', 'mine.ts')).code).toBe(1)
  })
})

describe('Bad input', () => {
  const inputs: [string, string[], string, RegExp][] = [
    ['a misspelt repair', ['bank-account-loked'], 'usage/unknown-program', /did you mean bank-account-locked/],
    ['a repair that is not there', ['nowhere.ts'], 'usage/no-such-file', /there is no file nowhere\.ts/],
    ['an empty name', [''], 'usage/unknown-program', /the name of the program is empty/],
    [
      'a parameter that neither program has',
      ['bank-account-locked', '--param', 'x=1'],
      'usage/unknown-parameter',
      /“bank account” has no parameter “x”/,
    ],
  ]

  test.each(inputs)('is refused before anything is explored: %s', async (_title, args, errorCode, says) => {
    const { code, stdout, stderr } = await explore('bank-account', ...(args as [string]))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    const json = await explore('bank-account', ...(args as [string]), '--json')
    expect(json.code).toBe(2)
    expect(errorShape(parseLine(json.stdout), 'error')).toEqual([])
    expect(parseLine(json.stdout)).toMatchObject({ error: { code: errorCode } })
  })

  test('that shows only while the repair is explored leaves the report on the first program', async () => {
    const { code, stdout, stderr } = await explore('bank-account', 'never-yields.ts', '--patience', '1')
    expect(code).toBe(2)
    expect(stdout).toContain('✗ violated: 4 things go wrong.')
    expect(stderr).toMatch(/never-yields\.ts:3.*thread “A” has been running for 1 s/)
  })

  test('of both is told by its own place, though threads have the same name', async () => {
    const { stderr } = await explore('mine.ts', 'never-yields.ts', '--patience', '1')
    expect(stderr).toContain('never-yields.ts:3')
  })
})

describe('Ctrl-C', () => {
  /** Interrupts a comparison a while after the file with many states was loaded. */
  async function interrupted(args: readonly string[]): Promise<Run> {
    const child: ChildProcess = start(['explore', ...args], { cwd: workshop.folder })
    const run = ended(child)
    await new Promise((resolve) => child.stderr!.once('data', resolve))
    await pause(900)
    child.kill('SIGINT')
    return run
  }

  test('while the first program is explored ends both with what is known', async () => {
    const { code, stdout } = await interrupted(['many-states.ts', '--repair', 'bank-account-locked'])
    expect(code).toBe(3)
    expect(stdout).toMatch(
      /^many states\n[\s\S]*stopped on request[\s\S]*\nbank account, locked [\s\S]*stopped on request/,
    )
    expect(stdout).toContain('? unknown whether it is repaired')
  })

  test('while the repair is explored keeps all of the first report', async () => {
    const { code, stdout } = await interrupted(['bank-account', '--repair', 'many-states.ts', '--json'])
    expect(code).toBe(3)
    expect(parseLine(stdout)).toMatchObject({
      verdict: 'violated',
      complete: true,
      repair: { report: { stopped: { reason: 'aborted' } }, comparison: { verdict: 'unknown' } },
    })
  })
})

test('npm start ends with the comparison', async () => {
  const { code, stdout } = await ended(
    spawn(process.execPath, [join(repository, 'dist/cli/start.js')], { env: plainEnvironment() }),
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\$ entrelacs explore bank-account --repair bank-account-locked\n\nbank account /)
  expect(lastLine(stdout)).toMatch(/^✓ repaired: /)
})

test('npm start with arguments is the command', async () => {
  const { code, stdout } = await ended(
    spawn(process.execPath, [join(repository, 'dist/cli/start.js'), 'list'], { env: plainEnvironment() }),
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ {2}life-of-a-thread /m)
  expect(stdout).not.toContain('✓ repaired')
  const unknown = await ended(
    spawn(process.execPath, [join(repository, 'dist/cli/start.js'), 'lits'], { env: plainEnvironment() }),
  )
  expect(unknown.code).toBe(2)
})
