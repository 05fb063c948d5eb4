import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'
import { BUILD_TIMEOUT, ensureBuilt, repository } from './support/build.js'
import { exploreShape, parseLine, replayShape } from './support/json.js'
import { entrelacs, shell } from './support/run.js'
import { lostUpdateFile, Workshop } from './support/workshop.js'

const ESCAPE = '\u001b'
const workshop = new Workshop()

beforeAll(async () => {
  await ensureBuilt()
  workshop.write('mine.ts', lostUpdateFile)
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

/** The report of `explore --json`, without the time it took. */
async function exploreJson(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await workshop.run(['explore', ...args, '--json'])
  const { elapsedMs: _elapsed, ...report } = parseLine(stdout)
  return report
}

describe('The exit code', () => {
  test('is 0 for a program that holds', async () => {
    const { code, stdout } = await entrelacs(['explore', 'bank-account-locked'])
    expect(code).toBe(0)
    expect(stdout).toContain('✓ holds')
  })

  test('is 1 for a program that is violated', async () => {
    const { code, stdout } = await entrelacs(['explore', 'bank-account'])
    expect(code).toBe(1)
    expect(stdout).toContain('✗ both transfers count')
  })

  test('is 2 for bad usage', async () => {
    const { code, stdout, stderr } = await entrelacs(['explore', 'bank-account', '--no-such-option'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--no-such-option')
  })

  test('is 3 if a bound was reached and nothing went wrong', async () => {
    const { code, stdout } = await entrelacs(['explore', 'philosophers-ordered', '--max-states', '50'])
    expect(code).toBe(3)
    expect(stdout).toContain('the bound on states was reached')
  })

  test('is 3 if executions were only sampled and nothing went wrong', async () => {
    const args = ['explore', 'philosophers-ordered', '--strategy', 'random', '--samples', '20']
    const { code, stdout } = await entrelacs(args)
    expect(code).toBe(3)
    expect(stdout).toContain('only 20 executions were sampled')
  })

  test('of a replay tells whether the run goes wrong', async () => {
    const [wrong, right] = await Promise.all([
      entrelacs(['replay', 'bank-account', 'e1.A1B2A1.qsp8']),
      entrelacs(['replay', 'bank-account-locked', 'e1.A4B4.00000000', '--adapt']),
    ])
    expect([wrong.code, right.code]).toEqual([1, 0])
  })
})

describe('A bound', () => {
  test('does not make a failure forgotten that was seen before', async () => {
    // The executions that are run before the search show the deadlock, with probability 19/120 each.
    const { code, stdout } = await entrelacs(['explore', 'philosophers', '--max-states', '50'])
    expect(stdout).not.toContain('nothing went wrong')
    expect(code).toBe(1)
  })

  test('on memory is reported with what to do', async () => {
    const { code, stdout } = await entrelacs(['explore', 'philosophers-ordered', '--max-memory', '1K'])
    expect(code).toBe(3)
    expect(stdout).toContain('the bound on memory was reached')
    expect(stdout).toContain('p.at(label, …locals)')
  })

  test('is told in JSON as well', async () => {
    const report = await exploreJson('philosophers-ordered', '--max-states', '50')
    expect(report).toMatchObject({
      verdict: 'unknown',
      complete: false,
      counts: { interleavings: null },
      stopped: { reason: 'states' },
    })
  })
})

describe('The list', () => {
  test('names every program of the gallery, with its title', async () => {
    const { code, stdout } = await entrelacs(['list'])
    expect(code).toBe(0)
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ +/, ' '))
    for (const { name, title } of scenarios) expect(lines).toContain(`${name} ${title.en}`)
  })

  test('is what the command shows without arguments', async () => {
    const [nothing, list] = await Promise.all([entrelacs([]), entrelacs(['list'])])
    expect(nothing).toEqual(list)
  })

  test('is one line of JSON where that is asked for', async () => {
    const { stdout } = await entrelacs(['list', '--json'])
    const { schema, programs } = parseLine(stdout)
    expect(schema).toBe(1)
    expect((programs as { readonly name: string }[]).map(({ name }) => name)).toEqual(scenarios.map(({ name }) => name))
  })
})

describe('Help', () => {
  test.each([[['--help']], [['list', '--help']], [['explore', '--help']], [['replay', '--help']], [['help']]])(
    'is given by %j, with exit code 0',
    async (args) => {
      const { code, stdout, stderr } = await entrelacs(args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('Usage: entrelacs')
    },
  )

  test('says what the exit codes mean', async () => {
    const { stdout } = await entrelacs(['explore', '--help'])
    expect(stdout).toMatch(/0 holds .* 1 violated .* 2 bad .* 3 unknown .* 70 internal/)
  })

  test('tells the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }
    expect(await entrelacs(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('JSON', () => {
  const explorations: [string[]][] = [
    ...scenarios.map(({ name }): [string[]] => [[name]]),
    [['mine.ts', '--param', 'times=2']],
    [['mine.ts', '--until', 'first']],
    [['mine.ts', '--strategy', 'random', '--samples', '30']],
    [['philosophers', '--max-states', '50']],
    [['join-and-spawn', '--param', 'join=false']],
  ]

  test.each(explorations)('of explore %j is one line of the agreed shape, alone on both outputs', async (args) => {
    const { stdout, stderr } = await workshop.run(['explore', ...args, '--json'])
    expect(exploreShape(parseLine(stdout), 'report')).toEqual([])
    expect(stderr).toBe('')
  })

  test('says what the design shows for the lost update', async () => {
    expect(await exploreJson('lost-update')).toMatchObject({
      schema: 1,
      program: 'lost update',
      params: { times: 1 },
      strategy: 'graph',
      verdict: 'violated',
      complete: true,
      counts: {
        executions: null,
        deadlocked: null,
        assumeFailed: null,
        blocked: null,
        steps: null,
        transitions: 14,
        interleavings: '6',
      },
      outcomes: [
        { final: { counter: 1 }, holds: false, interleavings: '4', probability: 0.5, executions: null },
        { final: { counter: 2 }, holds: true, interleavings: '2', probability: 0.5, executions: null },
      ],
      violations: [{ kind: 'property', schedule: 'A B B A', preemptions: 1, steps: 4, criticalStep: 2 }, {}, {}, {}],
    })
  })

  test('of sampling fills in what a sampling strategy knows', async () => {
    const report = await exploreJson('mine.ts', '--strategy', 'random', '--samples', '30', '--seed', '5')
    expect(report).toMatchObject({
      strategy: 'random',
      complete: false,
      counts: { executions: 30, deadlocked: 0, assumeFailed: 0, steps: 120, states: null, interleavings: null },
    })
  })

  test.each(['pct', 'pos', 'surw'])('of sampling names its strategy: %s', async (strategy) => {
    const args = ['--strategy', strategy, '--depth', '2', '--samples', '30', '--seed', '5']
    expect(await exploreJson('mine.ts', ...args)).toMatchObject({
      strategy,
      seed: '5',
      depth: strategy === 'pct' ? 2 : null,
      counts: { executions: 30, steps: 120 },
    })
  })

  test('of a bounded search tells the counts for every bound', async () => {
    const report = await exploreJson('mine.ts', '--preemptions', '0')
    expect(report).toMatchObject({
      strategy: 'dpor',
      complete: false,
      counts: { executions: 2, deadlocked: 0, assumeFailed: 0, blocked: 0 },
      bounds: [{ kind: 'preemptions', bound: 0, executions: 2, deadlocked: 0, assumeFailed: 0 }],
      stopped: { reason: 'preemptions' },
    })
    expect(await exploreJson('mine.ts', '--delays', '9')).toMatchObject({ complete: true, counts: { executions: 4 } })
  })

  test('of a replay is one line that tells every step', async () => {
    const { code, stdout, stderr } = await entrelacs(['replay', 'bank-account', 'e1.A1B2A1.qsp8', '--json'])
    const line = parseLine(stdout)
    expect({ code, stderr, faults: replayShape(line, 'replay') }).toEqual({ code: 1, stderr: '', faults: [] })
    expect((line['steps'] as { readonly thread: string }[]).map(({ thread }) => thread)).toEqual([
      'deposit',
      'withdrawal',
      'withdrawal',
      'deposit',
    ])
  })

  test('stays alone on standard output if the program itself writes there', async () => {
    workshop.writeThread('talks.ts', `console.log('hello from the program')\n    yield* x.read()`)
    const { stdout } = await workshop.run(['explore', 'talks.ts', '--json'])
    expect(exploreShape(parseLine(stdout), 'report')).toEqual([])
  })
})

describe('The same seed', () => {
  test.each([[['--strategy', 'random', '--samples', '40']], [['--strategy', 'graph']]])(
    'gives the same report twice, byte for byte but the time, with %j',
    async (options) => {
      const args = ['explore', 'mine.ts', '--param', 'times=2', '--seed', '42', '--json', ...options]
      const runs = [await workshop.run(args), await workshop.run(args)].map(({ stdout }) =>
        stdout.replace(/"elapsedMs":[\d.]+/, '"elapsedMs":0'),
      )
      expect(runs[0]).toBe(runs[1])
    },
  )

  test('differs from another one', async () => {
    const sample = (seed: string) =>
      exploreJson('lost-update', '--param', 'times=3', '--strategy', 'random', '--samples', '40', '--seed', seed)
    const [one, other] = [await sample('1'), await sample('2')]
    expect(one['outcomes']).not.toEqual(other['outcomes'])
  })

  test('may be a text', async () => {
    expect(await exploreJson('mine.ts', '--strategy', 'random', '--samples', '3', '--seed', 'été')).toMatchObject({
      seed: 'été',
    })
  })
})

describe('Colours', () => {
  const colourful = (env: Record<string, string>) => entrelacs(['explore', 'bank-account'], { env })

  test('are left out where the output is no terminal', async () => {
    const { stdout, stderr } = await colourful({})
    expect(stdout + stderr).not.toContain(ESCAPE)
  })

  test('can be forced', async () => {
    expect((await colourful({ FORCE_COLOR: '1' })).stdout).toContain(`${ESCAPE}[31m`)
  })

  test('are left out wherever NO_COLOR is set, forced or not', async () => {
    expect((await colourful({ FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain(ESCAPE)
  })

  test('change nothing but the look', async () => {
    const [plain, coloured] = [await colourful({}), await colourful({ FORCE_COLOR: '1' })]
    expect(coloured.stdout.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '')).toBe(plain.stdout)
  })

  test('of an error follow the same rules', async () => {
    const fail = (env: Record<string, string>) => entrelacs(['explore', 'nothing-like-this'], { env })
    expect((await fail({})).stderr).toMatch(/^error: /)
    expect((await fail({ FORCE_COLOR: '1' })).stderr).toContain(`${ESCAPE}[31merror:`)
  })
})

describe('The language', () => {
  test('is French with --lang fr', async () => {
    const { code, stdout } = await entrelacs(['explore', 'bank-account', '--lang', 'fr'])
    expect(code).toBe(1)
    expect(stdout).toContain('exploré en entier')
    expect(stdout).toContain('écrase celle de withdrawal')
  })

  test('is that of the environment otherwise', async () => {
    const { stdout } = await entrelacs(['list'], { env: { LC_ALL: 'fr_FR.UTF-8' } })
    expect(stdout).toContain('Programmes de la galerie')
  })

  test('of the option wins over that of the environment', async () => {
    const { stdout } = await entrelacs(['list', '--lang', 'en'], { env: { LC_ALL: 'fr_FR.UTF-8' } })
    expect(stdout).toContain('Programs of the gallery')
  })

  test('does not change the JSON', async () => {
    const french = await exploreJson('bank-account', '--lang', 'fr')
    expect(french).toEqual(await exploreJson('bank-account'))
  })

  test('is refused if it is neither English nor French', async () => {
    const { code, stderr } = await entrelacs(['list', '--lang', 'de'])
    expect(code).toBe(2)
    expect(stderr).toContain('the languages are en and fr')
  })
})

describe('A reader that closes the pipe early', () => {
  test('is no error', async () => {
    const { stdout, stderr } = await shell('entrelacs explore bank-account | head -1; echo "${PIPESTATUS[0]}"')
    expect(stdout).toBe('bank account (opening = 2000, deposit = 5000, withdrawal = 1000)\n1\n')
    expect(stderr).toBe('')
  })

  test('is no error in the middle of a long line either', async () => {
    const line =
      'entrelacs explore ticket-sellers --param tickets=16 --json | head -c 10; code="${PIPESTATUS[0]}"; echo; echo "$code"'
    const { stdout, stderr } = await shell(line)
    expect(stdout).toBe('{"schema":\n1\n')
    expect(stderr).toBe('')
  })
})

describe('The text of a report', () => {
  test('names a command that replays the failure', async () => {
    workshop.write("it's mine/a b.ts", lostUpdateFile)
    const { stdout } = await workshop.run(['explore', "it's mine/a b.ts"])
    const replay = /replay it: (entrelacs replay .*)/.exec(stdout)?.[1] ?? ''
    const { code, stdout: replayed } = await shell(replay, { cwd: workshop.folder })
    expect(code).toBe(1)
    expect(replayed).toContain('✗ both are kept')
  })

  test('names a command that tells whether the gallery’s repair does it', async () => {
    const { stdout } = await entrelacs(['explore', 'bank-account'])
    const repair = /Its repair: (entrelacs explore .*)/.exec(stdout)?.[1] ?? ''
    expect(repair).toBe('entrelacs explore bank-account --repair bank-account-locked')
    expect((await shell(repair)).code).toBe(0)
  })

  test('names lines of the user’s TypeScript', async () => {
    const { stdout } = await workshop.run(['explore', 'mine.ts'])
    expect(stdout).toContain("A's write (mine.ts:9) overwrites B's (mine.ts:9)")
  })
})
