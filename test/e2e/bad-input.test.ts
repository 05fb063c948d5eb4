import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { errorShape, parseLine } from './support/json.js'
import { entrelacs, shell } from './support/run.js'
import { lostUpdateFile, Workshop } from './support/workshop.js'

/** Bad input and how the command line answers: exit code 2, a stable code, where it is, and what to do. */
interface BadInput {
  readonly title: string
  readonly args: readonly string[]
  readonly code: string
  readonly says: RegExp
  /** `file:line:column` before the message, the file within the workshop. */
  readonly at?: string
}

const workshop = new Workshop()
const explore = (file: string, ...more: string[]): string[] => ['explore', file, ...more]

beforeAll(async () => {
  workshop.write('mine.ts', lostUpdateFile)
  await ensureBuilt()
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

const names: BadInput[] = [
  {
    title: 'An equivalence beside a strategy that has none',
    args: explore('mine.ts', '--equivalence', 'reads-from', '--strategy', 'graph'),
    code: 'usage/equivalence-needs-dpor',
    says: /strategy graph does not go with an equivalence[\s\S]*ask for dpor/,
  },
  {
    title: 'An equivalence beside a bound that tells its executions apart',
    args: explore('mine.ts', '--equivalence', 'reads-from', '--preemptions', '1'),
    code: 'usage/equivalence-and-bound',
    says: /equivalence reads-from does not go with a bound on preemptions/,
  },
  {
    title: 'An unknown program',
    args: explore('zzzzzzzzzzzz'),
    code: 'usage/unknown-program',
    says: /there is no program “zzzzzzzzzzzz”[\s\S]*entrelacs list/,
  },
  {
    title: 'A misspelt program',
    args: explore('bank-acount'),
    code: 'usage/unknown-program',
    says: /there is no program “bank-acount”[\s\S]*did you mean bank-account\?/,
  },
  {
    title: 'A missing file',
    args: explore('nowhere.ts'),
    code: 'usage/no-such-file',
    says: /there is no file nowhere\.ts/,
  },
  {
    title: 'A missing file in a missing folder',
    args: explore('no/where'),
    code: 'usage/no-such-file',
    says: /there is no file no\/where/,
  },
  { title: 'A folder', args: explore('.'), code: 'usage/not-a-file', says: /\. is a folder[\s\S]*\.ts or \.js/ },
  {
    title: 'A text file',
    args: explore(workshop.write('notes.txt', 'hello')),
    code: 'usage/unknown-language',
    says: /notes\.txt is neither TypeScript nor JavaScript/,
  },
]

const parameters: BadInput[] = [
  {
    title: 'An unknown parameter',
    args: explore('mine.ts', '--param', 'tims=2'),
    code: 'usage/unknown-parameter',
    says: /“mine” has no parameter “tims”[\s\S]*its parameters are times/,
  },
  {
    title: 'A parameter of a program that has none',
    args: explore('child-error', '--param', 'tims=2'),
    code: 'usage/unknown-parameter',
    says: /has no parameters/,
  },
  {
    title: 'A parameter that is no number',
    args: explore('mine.ts', '--param', 'times=many'),
    code: 'usage/wrong-parameter-type',
    says: /parameter “times” of “mine” cannot be "many"[\s\S]*number, like its default 1/,
  },
  {
    title: 'An empty number',
    args: explore('mine.ts', '--param', 'times='),
    code: 'usage/wrong-parameter-type',
    says: /cannot be ""/,
  },
  {
    title: 'A parameter that is no boolean',
    args: explore('critical-section', '--param', 'lock=maybe'),
    code: 'usage/wrong-parameter-type',
    says: /cannot be "maybe"[\s\S]*boolean, like its default true/,
  },
  {
    title: 'A parameter with the name of something that every object has',
    args: explore('mine.ts', '--param', 'constructor=1'),
    code: 'usage/unknown-parameter',
    says: /has no parameter “constructor”/,
  },
]

const files: BadInput[] = [
  {
    title: 'A file that does not parse',
    args: explore(workshop.write('syntax.ts', "import { program } from 'entrelacs'\n\nexport default program(;\n")),
    code: 'program/does-not-parse',
    at: 'syntax.ts:3:24',
    says: /syntax\.ts does not parse: Unexpected ";"/,
  },
  {
    title: 'A file that imports a file that does not parse',
    args: explore(
      (workshop.write('broken.ts', '\n  const a = ;\n'), workshop.write('imports-broken.ts', "import './broken.js'\n")),
    ),
    code: 'program/does-not-parse',
    at: 'broken.ts:2:13',
    says: /does not parse/,
  },
  {
    title: 'A file without a default export',
    args: explore(workshop.write('no-default.ts', 'export const x = 1\n')),
    code: 'program/no-default',
    at: 'no-default.ts:1:1',
    says: /no-default\.ts has no default export[\s\S]*export default program\(/,
  },
  {
    title: 'An empty file',
    args: explore(workshop.write('empty.ts', '')),
    code: 'program/no-default',
    says: /empty\.ts has no default export/,
  },
  {
    title: 'A default export that is no program',
    args: explore(workshop.write('five.ts', 'export default 5\n')),
    code: 'program/no-default',
    says: /the default export of five\.ts is no program/,
  },
  {
    title: 'A default export that only looks like a program',
    args: explore(workshop.write('fake.ts', "export default { name: 'fake', declare() {} }\n")),
    code: 'program/no-default',
    says: /the default export of fake\.ts is no program/,
  },
  {
    title: 'An import of a missing file',
    args: explore(workshop.write('missing.ts', "import x from './nowhere.js'\nexport default x\n")),
    code: 'program/missing-import',
    at: 'missing.ts:1:15',
    says: /Could not resolve "\.\/nowhere\.js"/,
  },
  {
    title: 'An import of a package that is not installed',
    args: explore(workshop.write('package.ts', "import x from 'no-such-package-here'\nexport default x\n")),
    code: 'program/missing-import',
    at: 'package.ts:1:15',
    says: /Could not resolve "no-such-package-here"[\s\S]*install/,
  },
  {
    title: 'A file that fails while it is loaded',
    args: explore(workshop.write('fails.ts', "const a = 1\nthrow new Error('on purpose')\nexport default a\n")),
    code: 'program/import-fails',
    at: 'fails.ts:2:7',
    says: /fails\.ts fails while it is loaded: on purpose/,
  },
]

const programFile = (setup: string): string =>
  `import { program } from 'entrelacs'\nexport default program('odd', {}, (_params, p) => {\n  ${setup}\n})\n`

const setups: BadInput[] = [
  {
    title: 'A setup that is asynchronous',
    args: explore(
      workshop.write(
        'late.ts',
        `import { program } from 'entrelacs'
export default program('late', {}, async (_params, p) => {
  await Promise.reject(new Error('also this'))
  p.thread('A', function* () {})
})
`,
      ),
    ),
    code: 'program/async-setup',
    says: /the setup of “late” is an async function/,
  },
  {
    title: 'A program without threads',
    args: explore(workshop.write('threadless.ts', programFile('void p'))),
    code: 'program/no-threads',
    says: /“odd” declares no thread/,
  },
  {
    title: 'A body that is no generator function',
    args: explore(workshop.write('body.ts', programFile("p.thread('A', (() => 5) as never)"))),
    code: 'program/not-a-generator',
    at: 'body.ts:3:5',
    says: /the body of thread “A” is not a generator function/,
  },
  {
    title: 'A property that throws',
    args: explore(
      workshop.write(
        'property.ts',
        programFile("p.thread('A', () => p.yieldNow())\n  p.finally('odd', () => [].at(0)!.length)"),
      ),
    ),
    code: 'program/property-throws',
    at: 'property.ts:4:5',
    says: /property “odd” throws: TypeError/,
  },
]

const threads: BadInput[] = [
  {
    title: 'A thread that yields something that is no operation',
    args: explore(workshop.writeThread('number.ts', 'yield 5 as never')),
    code: 'program/not-an-operation',
    says: /thread “A” yields a number, which is no operation[\s\S]*yield\*/,
  },
  {
    title: 'A thread that yields an operation without delegating to it',
    args: explore(workshop.writeThread('star.ts', 'yield x.read() as never')),
    code: 'program/not-an-operation',
    says: /write yield\* instead of yield/,
  },
  {
    title: 'A thread that prints for ever and performs no operation',
    args: explore(workshop.writeThread('prints.ts', "for (;;) yield* p.print('again')")),
    code: 'program/never-steps',
    says: /thread “A” loops without ever performing an operation/,
  },
  {
    title: 'An integer that overflows',
    args: explore(workshop.writeThread('overflow.ts', 'yield* x.write(2 ** 31)')),
    code: 'program/int-overflow',
    at: 'overflow.ts:8:14',
    says: /cell “x”[\s\S]*thread “A” is 2147483648, which does not fit in a 32-bit integer/,
  },
  {
    title: 'A value that is not plain data',
    args: explore(workshop.writeThread('map.ts', 'yield* list.write(new Map() as never)')),
    code: 'program/not-plain-data',
    at: 'map.ts:8:17',
    says: /is a Map: only plain data can be shared/,
  },
  {
    title: 'A thread that changes a value it has read',
    args: explore(workshop.writeThread('changes.ts', 'const seen = yield* list.read()\n    seen.push(3)')),
    code: 'program/mutates-value',
    at: 'changes.ts:9:10',
    says: /thread “A” changes a value it has read[\s\S]*make a copy/,
  },
  {
    title: 'A thread that reads a clock',
    args: explore(workshop.writeThread('clock.ts', 'yield* x.write(Number(process.hrtime.bigint() % 1000000007n))')),
    code: 'program/not-a-function-of-results',
    at: 'clock.ts:8:14',
    says: /thread “A” is not a function of the results[\s\S]*no clock/,
  },
  {
    title: 'A thread that draws random numbers',
    args: explore(workshop.writeThread('random.ts', 'yield* x.write(Math.floor(Math.random() * 1e9))')),
    code: 'program/not-a-function-of-results',
    at: 'random.ts:8:14',
    says: /thread “A” is not a function of the results[\s\S]*p\.choose/,
  },
  {
    title: 'A thread that counts its runs in a variable outside itself',
    args: explore(workshop.writeThread('closure.ts', 'shared++\n    yield* x.write(shared)')),
    code: 'program/not-a-function-of-results',
    says: /thread “A” is not a function of the results[\s\S]*no variable shared/,
  },
]

const loops: BadInput[] = [
  {
    title: 'A thread that never yields',
    args: explore(workshop.writeThread('loop.ts', 'yield* x.read()\n    for (;;) {}'), '--patience', '1'),
    code: 'program/never-yields',
    says: /thread “A” has been running for 1 s without performing an operation[\s\S]*--patience/,
  },
  {
    title: 'A setup that never ends',
    args: explore(workshop.write('setup-loop.ts', programFile('for (;;) void p')), '--patience', '1'),
    code: 'program/never-yields',
    says: /the setup has been running for 1 s/,
  },
  {
    title: 'A file that is never loaded',
    args: explore(workshop.write('load-loop.ts', 'for (;;) {}\n'), '--patience', '1'),
    code: 'program/never-yields',
    says: /the file, while it is loaded, has been running for 1 s/,
  },
]

/** Files that do not finish loading, so that what they were loaded from is left to the command line. */
const unfinished: readonly [string, string][] = [
  ['never ends', 'for (;;) {}\n'],
  ['waits for ever', 'await new Promise(() => {})\n'],
  ['ends the process', 'process.exit(3)\n'],
  ['throws', "throw new Error('on purpose')\n"],
  ['is loaded', lostUpdateFile],
]

/** With `--json` one run shows both: the object for programs on standard output, the text for people on the other. */
async function expectRefused({ args, code, says, at }: BadInput): Promise<void> {
  const run = await workshop.run([...args, '--json'])
  const line = parseLine(run.stdout)
  expect({ exit: run.code, faults: errorShape(line, 'error') }).toEqual({ exit: 2, faults: [] })
  expect(line).toMatchObject({ error: { code } })
  expect(run.stderr).toMatch(says)
  if (at !== undefined) expect(run.stderr).toContain(`error: ${join(workshop.folder, at)}: `)
}

describe.each([
  ['Names and paths', names],
  ['Parameters', parameters],
  ['Files', files],
  ['Setups', setups],
  ['Threads', threads],
  ['Code that never ends', loops],
])('%s:', (_subject, inputs) => {
  test.each(inputs)('$title is refused as $code', expectRefused)
})

describe('No temporary file stays behind of a file that', () => {
  test.each(unfinished)('%s', async (title, content) => {
    const temporary = join(workshop.folder, `temporary ${title}`)
    mkdirSync(temporary)
    const file = workshop.write(`${title}.ts`, content)
    await workshop.run(['explore', file, '--patience', '1'], { env: { TMPDIR: temporary } })
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe('A setup that throws', () => {
  test('is the program’s fault, at the place where it throws', async () => {
    workshop.write('setup-throws.ts', programFile('throw new Error(`on purpose ${typeof p}`)'))
    const { code, stdout, stderr } = await workshop.run(['explore', 'setup-throws.ts'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('setup-throws.ts:3:9')
    expect(stderr).toContain('on purpose object')
    expect(stderr).not.toContain('fault of Entrelacs')
  })
})

describe('A file with an odd name', () => {
  test.each(['é/ovér.ts', '50% off.ts', 'part#1.ts', 'a b/[c].ts'])('is named as it is called: %s', async (name) => {
    workshop.writeThread(name, 'yield* x.write(2 ** 31)')
    const { stderr } = await workshop.run(['explore', name])
    expect(stderr).toContain(`error: ${join(workshop.folder, name)}:8:14: `)
  })
})

describe('An error without --json', () => {
  test('leaves standard output empty', async () => {
    const { code, stdout, stderr } = await workshop.run(['explore', 'five.ts'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .*\n {2}.*\n$/)
  })
})

describe('Bad usage', () => {
  const usages: [string[], RegExp][] = [
    [['explore'], /missing required argument 'program'/],
    [['explore', 'bank-account', 'more'], /too many arguments/],
    [['explore', 'bank-account', '--param'], /argument missing/],
    [['explore', 'bank-account', '--param', 'deposit'], /write name=value/],
    [['explore', 'bank-account', '--param', '=1'], /write name=value/],
    [['explore', 'bank-account', '--repair'], /argument missing/],
    [['explore', 'bank-account', '--strategy', 'guess'], /Allowed choices are graph, .*random, pct, pos, surw/],
    [['explore', 'bank-account', '--until', 'tomorrow'], /Allowed choices are first, complete/],
    [['explore', 'bank-account', '--max-states', '0'], /a whole number of at least 1/],
    [['explore', 'bank-account', '--max-states', 'many'], /a whole number of at least 1/],
    [['explore', 'bank-account', '--samples', '1.5'], /a whole number of at least 1/],
    [['explore', 'bank-account', '--samples', '5'], /--samples <count>' goes with --strategy random, pct, pos or surw/],
    [['explore', 'bank-account', '--strategy', 'dpor', '--depth', '2'], /--depth <count>' goes with --strategy pct/],
    [['explore', 'bank-account', '--strategy', 'pct', '--depth', '0'], /a whole number of at least 1/],
    [['explore', 'bank-account', '--equivalence', 'guess'], /Allowed choices are mazurkiewicz, reads-from/],
    [['explore', 'bank-account', '--preemptions', '-1'], /a whole number, 0 or more/],
    [['explore', 'bank-account', '--reduction', '--strategy', 'dpor'], /dpor does not go with reduction/],
    [['explore', 'bank-account', '--bitstate', '--strategy', 'pct'], /pct does not go with bitstate/],
    [['explore', 'bank-account', '--bitstate', 'much'], /500M or 2G/],
    [['explore', 'bank-account', '--delays', 'few'], /a whole number, 0 or more/],
    [['explore', 'bank-account', '--max-memory', 'lots'], /500M or 2G/],
    [['explore', 'bank-account', '--patience', '0'], /a positive number/],
    [['explore', 'bank-account', '--sead', '1'], /unknown option '--sead'[\s\S]*--seed/],
    [['replay'], /missing required argument 'program'/],
    [['replay', 'bank-account'], /missing required argument 'token'/],
  ]

  test.each(usages)('%j is refused with a hint', async (args, says) => {
    const { code, stdout, stderr } = await entrelacs(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
  })
})

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  test.each(['list', 'simulate bank-account', 'simulate bank-account --json'])(
    '%s says that it cannot write',
    async (args) => {
      const { code, stderr } = await shell(`entrelacs ${args} > /dev/full`)
      expect(code).toBe(2)
      expect(stderr).toMatch(/^error: the output cannot be written: ENOSPC[^\n]*\n$/)
    },
  )

  test('keeps no error from being told', async () => {
    const { code, stderr } = await shell('entrelacs simulate nothing --json > /dev/full')
    expect(code).toBe(2)
    expect(stderr).toContain('there is no program')
  })
})
