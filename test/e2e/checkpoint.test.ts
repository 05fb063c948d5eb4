import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Random } from '../../src/engine/random.js'
import { SEED } from '../engine/support/seed.js'
import { ended, type Run, start } from './support/run.js'
import { Workshop } from './support/workshop.js'

const workshop = new Workshop()
afterAll(() => workshop.remove())

/** Eight writers and one reader: 200,000 states. */
workshop.write(
  'lastzero.ts',
  `import { program } from 'entrelacs'

export default program('lastzero', { n: 8 }, ({ n }, p) => {
  const a = Array.from({ length: n + 1 }, (_, i) => p.atomic(\`a\${i}\`, 0))
  p.thread('reader', function* () {
    let i = n
    while ((yield* a[i].read()) !== 0) i--
    return i
  })
  for (let j = 1; j <= n; j++)
    p.thread(\`writer\${j}\`, function* () {
      yield* a[j].write((yield* a[j - 1].read()) + 1)
    })
  p.finally('the first writer is seen', (final) => final(a[n]) > 0)
})
`,
)

/** Locks in both orders around an increment that is not atomic: deadlocks, lost updates, spawned threads. */
workshop.write(
  'mixture.ts',
  `import { program } from 'entrelacs'

export default program('mixture', { rounds: 2 }, ({ rounds }, p) => {
  const x = p.atomic('x', 0)
  const first = p.lock('first')
  const second = p.lock('second')
  const work = (one, other) =>
    function* () {
      for (let i = 0; i < rounds; i++) {
        yield* x.write((yield* x.read()) + 1)
        yield* x.add(1)
      }
      yield* one.acquire()
      yield* other.acquire()
      yield* other.release()
      yield* one.release()
    }
  p.thread('A', work(first, second))
  p.thread('B', function* () {
    const child = yield* p.spawn(work(second, first))
    yield* child.join()
  })
  p.thread('C', function* () {
    yield* x.write((yield* x.read()) + 10)
    yield* x.add(1)
  })
  p.finally('nothing is lost', (final) => final(x) === 4 * rounds + 11)
})
`,
)

const random = new Random(SEED)

/** What must be equal: everything but times, the steps that were taken again, and where it was kept. */
function results({ stdout }: Run): unknown {
  const { elapsedMs: _time, checkpoint: _file, workers: _workers, counts, ...rest } = JSON.parse(stdout)
  return { ...rest, counts: { ...counts, steps: null } }
}

async function killedAfter(args: readonly string[], ms: number): Promise<Run | null> {
  const child = start(args, { cwd: workshop.folder })
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  const run = await ended(child)
  clearTimeout(timer)
  return run.code === null ? null : run
}

describe('An exploration that is killed at 20 random moments and taken up again has the totals of one that is not', () => {
  for (const [file, strategy, workers] of [
    ['lastzero.ts', 'graph', []],
    ['mixture.ts', 'dpor', []],
    ['mixture.ts', 'dpor', ['--workers', '2']],
  ] as const)
    test(`${file} with ${strategy} ${workers.join(' ')}`, { timeout: 300_000 }, async () => {
      const args = ['explore', file, '--strategy', strategy, '--json']
      const whole = await workshop.run(args)
      expect([0, 1]).toContain(whole.code)
      const checkpoint = `${strategy}${workers.length}.checkpoint`
      const kept = [...args, ...workers, '--checkpoint', checkpoint, '--checkpoint-every', '0.05']
      let kills = 0
      let resumed = 0
      for (let finished = 0; kills < 20;) {
        const run = await killedAfter(kept, 150 + random.below(900))
        if (run === null) kills++
        if (existsSync(join(workshop.folder, checkpoint))) resumed++
        if (run === null) continue
        expect(results(run)).toEqual(results(whole))
        expect(++finished).toBeLessThan(200)
      }
      expect(resumed).toBeGreaterThan(5)
      expect(results(await workshop.run(kept))).toEqual(results(whole))
      expect(existsSync(join(workshop.folder, checkpoint))).toBe(false)
    })
})

describe('A checkpoint', () => {
  /** One that was left by an exploration that reached a bound. */
  async function leave(name: string, more: readonly string[] = []): Promise<string> {
    const bound = ['--param', 'n=6', '--max-states', '3000']
    const run = await workshop.run(['explore', 'lastzero.ts', ...bound, '--checkpoint', name, ...more])
    expect(run.code).toBe(3)
    return join(workshop.folder, name)
  }

  const goOn = (name: string, more: readonly string[] = []) =>
    workshop.run(['explore', 'lastzero.ts', '--param', 'n=6', '--checkpoint', name, ...more])

  test('of an exploration that reached a bound is gone on from, and then removed', async () => {
    const file = await leave('bound')
    const run = await goOn('bound', ['--json'])
    expect(JSON.parse(run.stdout)).toMatchObject({ complete: true, checkpoint: { file: 'bound', resumed: true } })
    expect(results(run)).toEqual(results(await workshop.run(['explore', 'lastzero.ts', '--param', 'n=6', '--json'])))
    expect(existsSync(file)).toBe(false)
  })

  test('that is cut short is refused and left as it is', async () => {
    const file = await leave('short')
    const size = readFileSync(file).length
    for (const length of [0, 10, 30, 1000, size - 1]) {
      truncateSync(file, length)
      const run = await goOn('short')
      expect(run.code).toBe(2)
      expect(run.stderr).toMatch(/short is (damaged|no checkpoint)/)
      expect(readFileSync(file).length).toBe(length)
      await leave('spare')
      writeFileSync(file, readFileSync(join(workshop.folder, 'spare')))
    }
  })

  test('of which one bit is another one is refused, wherever it is', async () => {
    const file = await leave('bit')
    const content = readFileSync(file)
    for (let i = 0; i < 20; i++) {
      const changed = Buffer.from(content)
      changed[random.below(content.length)] ^= 1 << random.below(8)
      writeFileSync(file, changed)
      const run = await goOn('bit')
      expect(run.code).toBe(2)
      expect(run.stderr).toMatch(/damaged|no checkpoint|another version/)
    }
  })

  test('of another program, other parameters or another strategy is refused, and told which', async () => {
    await leave('foreign')
    const parameters = await workshop.run(['explore', 'lastzero.ts', '--checkpoint', 'foreign'])
    expect(parameters).toMatchObject({ code: 2 })
    expect(parameters.stderr).toContain('the parameters {"n":6}, not {"n":8}')
    const strategy = await goOn('foreign', ['--strategy', 'dpor'])
    expect(strategy).toMatchObject({ code: 2 })
    expect(strategy.stderr).toContain('the strategy graph, not dpor')
    const program = await workshop.run(['explore', 'mixture.ts', '--checkpoint', 'foreign'])
    expect(program).toMatchObject({ code: 2 })
    expect(program.stderr).toContain('the program "lastzero", not "mixture"')
  })

  test('of a program whose threads do something else now is refused', async () => {
    const file = await leave('changed')
    const source = readFileSync(join(workshop.folder, 'lastzero.ts'), 'utf8')
    workshop.write('lastzero.ts', source.replace('+ 1)', '+ 2)'))
    const run = await goOn('changed')
    workshop.write('lastzero.ts', source)
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('the program has changed since the checkpoint was written')
    expect(existsSync(file)).toBe(true)
  })

  test('is not spoken of where the first failure came before there was one', async () => {
    const run = await workshop.run(['explore', 'mixture.ts', '--until', 'first', '--checkpoint', 'none'])
    expect(run.code).toBe(1)
    expect(run.stdout).not.toContain('Kept in')
    expect(existsSync(join(workshop.folder, 'none'))).toBe(false)
  })

  test('that is no checkpoint at all is refused', async () => {
    const run = await goOn('lastzero.ts')
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('lastzero.ts is no checkpoint')
  })

  test('in a folder that is not there is refused before anything is explored', async () => {
    const run = await goOn('nowhere/checkpoint')
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('no checkpoint can be written to the folder')
  })

  for (const more of [['--strategy', 'random'], ['--reduction'], ['--bitstate'], ['--preemptions', '1']])
    test(`does not go with ${more.join(' ')}`, async () => {
      const run = await goOn('other', more)
      expect(run.code).toBe(2)
      expect(run.stderr).toContain('only the strategies graph and dpor keep checkpoints')
    })
})
