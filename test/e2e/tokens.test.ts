import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { errorShape, parseLine } from './support/json.js'
import type { Run } from './support/run.js'
import { lostUpdateFile, Workshop } from './support/workshop.js'

const workshop = new Workshop()
let token = ''

beforeAll(async () => {
  await ensureBuilt()
  workshop.write('mine.ts', lostUpdateFile)
  const { stdout } = await workshop.run(['explore', 'mine.ts', '--json'])
  const { violations } = parseLine(stdout) as { violations: readonly { readonly token: string }[] }
  token = violations[0].token
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

/** Replays the token of the original file on a changed copy. */
function replayChanged(change: (text: string) => string, ...options: string[]): Promise<Run> {
  const changed = change(lostUpdateFile)
  expect(changed).not.toBe(lostUpdateFile)
  workshop.write('changed.ts', changed)
  return workshop.run(['replay', 'changed.ts', token, ...options])
}

/** The file with other names and comments, which performs the same operations. */
function renamed(text: string): string {
  return `// This is another comment.\n${text
    .replaceAll('counter', 'total')
    .replaceAll('seen', 'before')
    .replaceAll("'A', 'B'", "'left', 'right'")
    .replace('both are kept', 'nothing is lost')}`
}

describe('A token', () => {
  test('replays the failure it was made of', async () => {
    const { code, stdout } = await workshop.run(['replay', 'mine.ts', token])
    expect(code).toBe(1)
    expect(stdout).toContain('✗ both are kept')
    expect(stdout).toContain("A's write (mine.ts:9) overwrites B's (mine.ts:9)")
  })

  test('survives a comment', async () => {
    const { code, stdout } = await replayChanged((text) => text.replace('const seen', '// look first\n const seen'))
    expect(code).toBe(1)
    expect(stdout).toContain('✗ both are kept')
  })

  test('survives other names of variables, objects, threads and properties', async () => {
    const { code, stdout } = await replayChanged(renamed)
    expect(code).toBe(1)
    expect(stdout).toContain('✗ nothing is lost')
    expect(stdout).toContain('left')
  })

  test('carries its parameters', async () => {
    const explored = await workshop.run(['explore', 'mine.ts', '--param', 'times=2', '--json'])
    const { violations } = parseLine(explored.stdout) as { violations: readonly { readonly token: string }[] }
    const { code, stdout } = await workshop.run(['replay', 'mine.ts', violations[0].token, '--json'])
    expect(code).toBe(1)
    expect(parseLine(stdout)).toMatchObject({ params: { times: 2 }, holds: false })
  })

  test('is shown whole with --step where there is no terminal', async () => {
    const [whole, stepped] = await Promise.all([
      workshop.run(['replay', 'mine.ts', token]),
      workshop.run(['replay', 'mine.ts', token, '--step']),
    ])
    expect(stepped).toEqual(whole)
  })
})

describe('A token of another program', () => {
  test('is refused, with the step at which a changed value first differs', async () => {
    const { code, stdout, stderr } = await replayChanged((text) => text.replace('seen + 1', 'seen + 2'))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/it first differs at step 3, where B now does write 2 \(changed\.ts:9\)[\s\S]*--adapt/)
  })

  test('is refused if an operation was added before', async () => {
    const { code, stderr } = await replayChanged((text) =>
      text.replace('const seen', 'yield* p.yieldNow()\nconst seen'),
    )
    expect(code).toBe(2)
    expect(stderr).toMatch(/it first differs at step 1, where A now does yieldNow/)
  })

  test('is refused if threads end earlier', async () => {
    const { code, stderr } = await replayChanged((text) => text.replace(/yield\* counter\.write\(.*\)/, 'void seen'))
    expect(code).toBe(2)
    expect(stderr).toMatch(/differs at step 3, where thread “B” has ended/)
  })

  test('is refused if a thread is gone', async () => {
    const { code, stderr } = await replayChanged((text) => text.replace("'A', 'B'", "'A'"))
    expect(code).toBe(2)
    expect(stderr).toMatch(/differs at step 2, where there is no thread B/)
  })

  test('is refused if a parameter it carries is gone', async () => {
    const withParameter = token.replace('e1.', 'e1.pgone=1.')
    const { code, stderr } = await workshop.run(['replay', 'mine.ts', withParameter])
    expect(code).toBe(2)
    expect(stderr).toMatch(/of another program[\s\S]*no parameter “gone”/)
  })

  test('is refused on a program of the gallery', async () => {
    const { code, stderr } = await workshop.run(['replay', 'bank-account', token])
    expect(code).toBe(2)
    expect(stderr).toContain('this token is of another program')
  })

  test('is an error object with --json', async () => {
    const { code, stdout } = await replayChanged((text) => text.replace('seen + 1', 'seen + 2'), '--json')
    const line = parseLine(stdout)
    expect({ code, faults: errorShape(line, 'error') }).toEqual({ code: 2, faults: [] })
    expect(line).toMatchObject({ error: { code: 'token/other-program' } })
  })

  test('is followed as far as it applies with --adapt', async () => {
    const { code, stdout } = await replayChanged(
      (text) => text.replace('p.cell', 'p.atomic').replace(/const seen.*\n.*/, 'yield* counter.add(1)'),
      '--adapt',
    )
    expect(code).toBe(0)
    expect(stdout).toContain('it first differs at step 1; 2 of 4 choices were followed')
  })
})

describe('A text that is no token', () => {
  test.each([
    'nonsense',
    'e1',
    'e1.',
    'e1.A1B2A1',
    'e1.A1B2A1.',
    'e1.A1B2A1.!!!!',
    'e1.ptimes=x.A1B2A1.fcnn',
    'e1.0A.0000',
  ])('%s is malformed', async (text) => {
    const { code, stdout, stderr } = await workshop.run(['replay', 'mine.ts', text, '--json'])
    expect(code).toBe(2)
    expect(parseLine(stdout)).toMatchObject({ error: { code: 'token/malformed' } })
    expect(stderr).toMatch(/is not a token\n {2}a token looks like e1\./)
  })

  test('may be a token of another version', async () => {
    const { code, stderr } = await workshop.run(['replay', 'mine.ts', 'e2.A1B2A1.fcnn'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/version e2[\s\S]*it reads version e1/)
  })
})
