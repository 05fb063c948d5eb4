// Installs the package as a user gets it, in an empty folder, and uses it there: the command, the library, the types.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { strict as assert } from 'node:assert'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const compiler = join(repository, 'node_modules/typescript/bin/tsc')
const folder = mkdtempSync(join(tmpdir(), 'entrelacs-packed-'))
const home = join(folder, 'user')

const lostUpdate = `import { program } from 'entrelacs'
import { times } from './times.js'

export default program('mine', { times }, ({ times }, p) => {
  const counter = p.cell('counter', 0)
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      for (let i = 0; i < times; i++) {
        const seen = yield* counter.read()
        yield* counter.write(seen + 1)
      }
    })
  p.finally('both are kept', (final) => final(counter) === 2 * times)
})
`

const library = `import { strict as assert } from 'node:assert'
import { EntrelacsError, explore, program, replay, simulate } from 'entrelacs'
import { Environment } from 'entrelacs/kernel'
import { scenarios } from 'entrelacs/scenarios'
import bankAccount from 'entrelacs/scenarios/bank-account'

const report = await explore(bankAccount)
assert.equal(report.verdict, 'violated')
assert.equal(report.counts.interleavings, '6')
assert.equal(replay(bankAccount, report.violations[0].token).outcome.final.balance, 7000)

const mine = program('mine', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('A', () => x.add(1))
})
assert.equal((await explore(mine)).verdict, 'holds')
assert.throws(() => replay(mine, 'no token'), EntrelacsError)
assert.ok(scenarios.length > 5)
const run = await simulate(bankAccount, { machine: 'cloud-vm', seed: 3 })
assert.equal(run.cores.length, 2)
assert.deepEqual(await simulate(bankAccount, { machine: 'cloud-vm', seed: 3 }), run)
assert.equal(new Environment().now, 0)
`

const consumer = `import { explore, program, replay, type ExploreReport, type Steps } from 'entrelacs'
import { scenarios, type Scenario } from 'entrelacs/scenarios'
import bankAccount from 'entrelacs/scenarios/bank-account'

const typed = program('typed', { times: 1, name: 'x', on: true }, ({ times, name, on }, p) => {
  const given: [number, string, boolean] = [times, name, on]
  // @ts-expect-error a parameter has the type of its default
  const wrongParameter: string = times
  const counter = p.cell('counter', 0)
  const words = p.atomic('words', ['a'])
  const sums = p.array('sums', 3)
  const lock = p.lock('lock')
  const child = p.thread('A', function* () {
    const seen: number = yield* counter.read()
    // @ts-expect-error a cell of numbers gives numbers
    const wrongRead: string = yield* counter.read()
    // @ts-expect-error and takes no texts
    yield* counter.write('text')
    const before: string[] = yield* words.exchange([])
    // @ts-expect-error only numbers can be added to
    yield* words.add(1)
    const sum: number = yield* sums.read(0)
    const taken: boolean = yield* lock.tryAcquire()
    const held: number = yield* lock.hold(function* () {
      return yield* counter.read()
    })
    const helper = yield* p.spawn('helper', function* () {
      yield* p.yieldNow()
      return 'done'
    })
    const result: string | undefined = yield* helper.join()
    return [seen, before, sum, taken, held, result, given, wrongParameter, wrongRead].length
  })
  p.finally('typed', (final) => {
    const value: number = final(counter)
    // @ts-expect-error what a property sees has the type of the cell
    const wrongValue: string = final(counter)
    const length: number | undefined = final.result(child)
    return value === 0 || wrongValue === '' || length === 9
  })
})

function* helper(): Steps<number> {
  return 1
}

export async function use(): Promise<[ExploreReport, number, readonly Scenario[]]> {
  const report = await explore(typed, { params: { times: 2 } })
  // @ts-expect-error there is no such strategy
  await explore(bankAccount, { strategy: 'guess' })
  const [violation] = report.violations
  const steps = violation === undefined ? 0 : replay(typed, violation.token).steps.length
  return [report, steps + [...helper()].length, scenarios]
}
`

/** Runs a command to its end in the user's folder and returns what it wrote. */
function run(command, args, { cwd = home, expected = 0 } = {}) {
  console.log(`$ ${[command, ...args].join(' ').replaceAll(repository, '')}`)
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: environment() })
  assert.equal(status, expected, `it ended with ${status} instead of ${expected}:\n${stdout}${stderr}`)
  return stdout
}

/** The environment without what npm tells its scripts: the user's npm is another one. */
function environment() {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_') && name !== 'FORCE_COLOR')
  return { ...Object.fromEntries(entries), LC_ALL: 'C.UTF-8' }
}

function pack() {
  run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: repository })
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '')
  const names = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n')
  for (const name of ['package.json', 'README.md', 'dist/cli/main.js', 'dist/index.js', 'dist/index.d.ts'])
    assert.ok(names.includes(`package/${name}`), `the package has no ${name}`)
  assert.deepEqual(
    names.filter((name) => /^package\/(test|bench|node_modules|\.ci)\//.test(name)),
    [],
  )
  return tarball
}

function install(tarball) {
  mkdirSync(home)
  run('npm', ['init', '-y', '--silent'])
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--silent', tarball])
}

function write(name, content) {
  writeFileSync(join(home, name), content)
}

function checkCommand() {
  write('times.ts', 'export const times: number = 1\n')
  write('mine.ts', lostUpdate)
  const report = JSON.parse(run('npx', ['--no-install', 'entrelacs', 'explore', 'mine.ts', '--json'], { expected: 1 }))
  assert.equal(report.verdict, 'violated')
  assert.equal(report.counts.interleavings, '6')
  assert.deepEqual(
    report.outcomes.map(({ final, interleavings }) => [final.counter, interleavings]),
    [
      [1, '4'],
      [2, '2'],
    ],
  )
  const [{ token }] = report.violations
  const replayed = run('npx', ['--no-install', 'entrelacs', 'replay', 'mine.ts', token], { expected: 1 })
  assert.match(replayed, /✗ both are kept\n {2}A's write \(mine\.ts:10\) overwrites B's/)
  run('npx', ['--no-install', 'entrelacs', 'explore', 'bank-account-locked'])
}

function checkLibrary() {
  write('library.mjs', library)
  run(process.execPath, ['library.mjs'])
}

function checkTypes() {
  write('consumer.ts', consumer)
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', 'false']
  run(process.execPath, [compiler, ...options, 'consumer.ts'])
}

try {
  install(pack())
  checkCommand()
  checkLibrary()
  checkTypes()
  console.log('The package works as it is installed.')
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
