import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { Workshop } from './support/workshop.js'

const workshop = new Workshop()
beforeAll(() => ensureBuilt(), BUILD_TIMEOUT)
afterAll(() => workshop.remove())

const body = `(_params, p) => {
  const answer = p.semaphore('answer', 0)
  const log = p.atomic('log', '')
  p.thread('client', function* () {
    if (!(yield* answer.acquire({ timeout: 2 }))) yield* log.update((text) => text + 'too late')
  })
  p.thread('server', function* () {
    yield* p.sleep(1)
    yield* answer.release()
  })
  p.finally('the answer comes in time', (final) => final(log) === '')
}`

workshop.write('free.ts', `import { program } from 'entrelacs'\n\nexport default program('asking', {}, ${body})\n`)
workshop.write(
  'virtual.ts',
  `import { program } from 'entrelacs'\n\nexport default program('asking', {}, ${body}, { time: 'virtual' })\n`,
)
workshop.write(
  'larger.ts',
  `import { program } from 'entrelacs'

export default program('larger', { n: 4 }, ({ n }, p) => {
  const lock = p.lock('lock')
  const x = p.atomic('x', 0)
  for (let i = 0; i < n; i++)
    p.thread(\`T\${i}\`, function* () {
      yield* p.sleep(1)
      yield* lock.acquire()
      yield* x.write((yield* x.read()) * 2 + i)
      if (i % 2 === 0) yield* p.sleep(1)
      yield* lock.release()
    })
  p.finally('not this', (final) => final(x) !== 11)
})
`,
)

const reportOf = (stdout: string) => {
  const { elapsedMs: _time, workers: _workers, checkpoint: _checkpoint, counts, ...rest } = JSON.parse(stdout)
  return { ...rest, counts: { ...counts, steps: null } }
}

describe('What time means', () => {
  test('is what the program says, or else free', async () => {
    const free = await workshop.run(['explore', 'free.ts'])
    expect(free.code).toBe(1)
    expect(free.stdout).toContain('\ntime: free, sleeps and timeouts may end at any moment\n')
    const virtual = await workshop.run(['explore', 'virtual.ts'])
    expect(virtual.code).toBe(0)
    expect(virtual.stdout).toContain('\ntime: virtual, a clock moves on to the next deadline when nobody can step\n')
  })

  test('is what the command line says', async () => {
    const virtual = await workshop.run(['explore', 'free.ts', '--time', 'virtual', '--json'])
    expect(JSON.parse(virtual.stdout)).toMatchObject({ time: 'virtual', timed: true, verdict: 'holds' })
    const free = await workshop.run(['explore', 'virtual.ts', '--time', 'free', '--json'])
    expect(JSON.parse(free.stdout)).toMatchObject({ time: 'free', timed: true, verdict: 'violated' })
  })

  test('is told of in French, too', async () => {
    const run = await workshop.run(['explore', 'virtual.ts', '--lang', 'fr'])
    expect(run.stdout).toContain('temps : virtuel')
  })

  test('is not told of where nobody sleeps or limits a wait', async () => {
    const run = await workshop.run(['explore', 'bank-account'])
    expect(run.stdout).not.toContain('\ntime:')
  })

  test('is free or virtual', async () => {
    const run = await workshop.run(['explore', 'free.ts', '--time', 'real'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('free, virtual')
    const readsFrom = await workshop.run(['explore', 'virtual.ts', '--equivalence', 'reads-from'])
    expect(readsFrom.code).toBe(2)
    expect(readsFrom.stderr).toContain('equivalence reads-from does not go with virtual time')
  })

  test('stands in the token, whatever the program says', async () => {
    const given = await workshop.run(['explore', 'larger.ts', '--time', 'virtual', '--json'])
    const [{ token }] = JSON.parse(given.stdout).violations
    expect(token).toMatch(/^e1\.mtime=virtual\./)
    const replayed = await workshop.run(['replay', 'larger.ts', token])
    expect(replayed.code).toBe(1)
    expect(replayed.stdout).toContain('time: virtual')
    expect(replayed.stdout).toMatch(/\+1 s/)
    const free = await workshop.run(['explore', 'virtual.ts', '--time', 'free', '--json'])
    const other = await workshop.run(['replay', 'virtual.ts', JSON.parse(free.stdout).violations[0].token, '--json'])
    expect(JSON.parse(other.stdout)).toMatchObject({ time: 'free', holds: false })
  })

  test('is the same for several workers, and where the work is taken up again', { timeout: 120_000 }, async () => {
    const args = ['explore', 'larger.ts', '--strategy', 'dpor', '--time', 'virtual', '--json']
    const alone = await workshop.run(args)
    expect(JSON.parse(alone.stdout)).toMatchObject({ complete: true, time: 'virtual', verdict: 'violated' })
    const shared = await workshop.run([...args, '--workers', '2'])
    expect(reportOf(shared.stdout)).toEqual(reportOf(alone.stdout))
    const graph = await workshop.run(['explore', 'larger.ts', '--time', 'virtual', '--json'])
    const finals = (stdout: string) =>
      reportOf(stdout).outcomes.map((outcome: { final: unknown }) => JSON.stringify(outcome.final))
    expect(finals(graph.stdout).sort()).toEqual(finals(alone.stdout).sort())
  })

  test('is part of a checkpoint', async () => {
    const args = ['explore', 'larger.ts', '--max-states', '20', '--checkpoint', 'kept']
    expect([1, 3]).toContain((await workshop.run([...args, '--time', 'virtual'])).code)
    const other = await workshop.run(['explore', 'larger.ts', '--checkpoint', 'kept'])
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('the mode time=virtual, not time=free')
    const same = await workshop.run(['explore', 'larger.ts', '--checkpoint', 'kept', '--time', 'virtual', '--json'])
    const whole = await workshop.run(['explore', 'larger.ts', '--time', 'virtual', '--json'])
    expect(JSON.parse(same.stdout)).toMatchObject({ complete: true, checkpoint: { resumed: true } })
    expect(reportOf(same.stdout)).toEqual(reportOf(whole.stdout))
  })
})
