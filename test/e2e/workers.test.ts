import { afterAll, describe, expect, test } from 'vitest'
import { Workshop } from './support/workshop.js'

const workshop = new Workshop()
afterAll(() => workshop.remove())

const PROGRAMS = {
  // Every execution fails in its own way: the one that is shown must not depend on who has found what.
  'counter.ts': `export default program('counter', { threads: 3, times: 2 }, ({ threads, times }, p) => {
  const x = p.cell('x', 0)
  for (let i = 0; i < threads; i++)
    p.thread(\`T\${i}\`, function* () {
      for (let n = 0; n < times; n++) yield* x.write((yield* x.read()) + 1)
    })
  p.finally('nothing is lost', (final) => final(x) === threads * times)
})`,
  'always.ts': `export default program('always', { threads: 3 }, ({ threads }, p) => {
  const a = p.atomic('a', 0)
  const b = p.atomic('b', 0)
  for (let i = 0; i < threads; i++)
    p.thread(\`T\${i}\`, function* () {
      yield* a.add(1)
      if ((yield* p.choose(2)) === 1) yield* b.write((yield* a.read()) + 1)
      yield* b.add(1)
    })
  p.always('b is never far ahead', (now) => now(a) < 2 || now(b) < 2 * threads)
})`,
  'spawning.ts': `export default program('spawning', { children: 3 }, ({ children }, p) => {
  const lock = p.lock('lock')
  const other = p.lock('other')
  const x = p.atomic('x', 0)
  p.thread('parent', function* () {
    const all = []
    for (let i = 0; i < children; i++)
      all.push(
        yield* p.spawn(function* () {
          const [first, second] = i % 2 === 0 ? [lock, other] : [other, lock]
          yield* first.acquire()
          yield* second.acquire()
          yield* x.write((yield* x.read()) + 1)
          yield* second.release()
          yield* first.release()
          return i
        }),
      )
    let sum = 0
    for (const child of all) sum += yield* child.join()
    return sum
  })
  p.thread('reader', function* () {
    return yield* x.read()
  })
})`,
  // Which child is joined, and that one never is, no worker need have met alone.
  'joining.ts': `export default program('joining', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('main', function* () {
    const [often, seldom] = [yield* p.spawn('often', () => x.add(1)), yield* p.spawn('seldom', () => x.add(2))]
    yield* p.spawn('never', () => x.add(4))
    if ((yield* x.read()) === 6) yield* seldom.join()
    else yield* often.join()
  })
  p.thread('other', () => x.add(8))
})`,
  'daemon.ts': `export default program('daemon', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('clock', function* () {
    for (let i = 0; i < 4; i++) yield* x.add(1)
  }, { daemon: true })
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      const seen = yield* x.read()
      yield* x.write(seen + 10)
      return yield* x.read()
    })
})`,
} as const

for (const [name, text] of Object.entries(PROGRAMS))
  workshop.write(name, `import { program } from 'entrelacs'\n\n${text}\n`)

/** Everything but times and the steps that were taken again. */
function results(stdout: string): unknown {
  const { elapsedMs: _time, workers: _workers, counts, ...rest } = JSON.parse(stdout)
  return { ...rest, counts: { ...counts, steps: null } }
}

describe('However many workers share the work, the report is the same', () => {
  for (const name of Object.keys(PROGRAMS))
    test(name, { timeout: 60_000 }, async () => {
      const args = ['explore', name, '--strategy', 'dpor', '--json']
      const alone = await workshop.run(args)
      expect(alone.stderr).toBe('')
      expect(JSON.parse(alone.stdout)).toMatchObject({ complete: true })
      for (const workers of ['2', '3']) {
        const shared = await workshop.run([...args, '--workers', workers])
        expect(shared.code).toBe(alone.code)
        expect(results(shared.stdout)).toEqual(results(alone.stdout))
        expect(JSON.parse(shared.stdout).workers).toEqual({ wanted: Number(workers), used: Number(workers) })
      }
    })
})

describe('Workers', () => {
  test('imply the strategy dpor, and are told of', async () => {
    const run = await workshop.run(['explore', 'counter.ts', '--workers', '2'])
    expect(run.stdout).toContain('one for each trace\nshared by 2 workers')
  })

  test('cannot share the work of other strategies', async () => {
    const run = await workshop.run(['explore', 'counter.ts', '--strategy', 'graph', '--workers', '2'])
    expect(run).toMatchObject({ code: 2 })
    expect(run.stderr).toContain('several workers can only share the work of strategy dpor')
  })

  test('must be at least one', async () => {
    const run = await workshop.run(['explore', 'counter.ts', '--workers', '0'])
    expect(run).toMatchObject({ code: 2 })
  })

  test('explore programs of the gallery, too', async () => {
    const run = await workshop.run(['explore', 'philosophers', '--workers', '2', '--json'])
    expect(run.code).toBe(1)
    expect(JSON.parse(run.stdout)).toMatchObject({ complete: true, workers: { used: 2 } })
  })

  test('stop at the first failure if that is all that is wanted', async () => {
    workshop.write(
      'late.ts',
      `import { program } from 'entrelacs'

export default program('late', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  for (let i = 1; i <= 7; i++)
    p.thread(\`T\${i}\`, function* () {
      yield* x.compareExchange(i - 1, i)
      yield* x.write(i)
    })
  p.finally('it does not end at 1', (final) => final(x) !== 1)
})
`,
    )
    const run = await workshop.run(['explore', 'late.ts', '--workers', '2', '--until', 'first', '--json'])
    expect(run.code).toBe(1)
    const report = JSON.parse(run.stdout)
    expect(report).toMatchObject({ complete: false, stopped: { reason: 'first' } })
    expect(report.violations).toHaveLength(1)
  })

  test('report what the program does wrong in them', async () => {
    workshop.write(
      'fault.ts',
      `import { program } from 'entrelacs'

export default program('fault', {}, (_params, p) => {
  const x = p.atomic('x', 2_000_000_000)
  for (const name of ['A', 'B', 'C', 'D'])
    p.thread(name, function* () {
      for (let i = 0; i < 4; i++) yield* x.write(Math.min(2_000_000_000, (yield* x.read()) + 1))
    })
  p.thread('E', function* () {
    yield* x.add((yield* x.read()) > 0 ? 2_000_000_000 : 0)
  })
})
`,
    )
    const run = await workshop.run(['explore', 'fault.ts', '--workers', '2'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('fault.ts:10')
  })

  test('that run on without an operation are ended, and the thread is named', { timeout: 60_000 }, async () => {
    workshop.write(
      'stuck.ts',
      `import { program } from 'entrelacs'

export default program('stuck', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  for (let i = 1; i <= 9; i++)
    p.thread(\`T\${i}\`, function* () {
      yield* x.compareExchange(i, i + 1)
      yield* x.write(i)
    })
  p.thread('endless', function* () {
    let seen = 0
    for (let i = 0; i < 5; i++) seen = seen * 10 + (yield* x.read())
    while (seen === 98765) {}
  })
})
`,
    )
    const run = await workshop.run(['explore', 'stuck.ts', '--workers', '2', '--patience', '1'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('thread “endless” has been running for 1 s without performing an operation')
  })
})
