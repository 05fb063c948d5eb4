import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { exploreShape, parseLine } from './support/json.js'
import { ended, start } from './support/run.js'
import { Workshop } from './support/workshop.js'

const workshop = new Workshop()

// Written at once and not through the streams of the worker, so that the test knows when the file is being loaded.
const announce = "import { writeSync } from 'node:fs'\nwriteSync(2, 'loading\\n')\n"

const manyStates = `${announce}import { program } from 'entrelacs'
export default program('many states', {}, (_params, p) => {
  for (let t = 0; t < 12; t++) p.thread(\`T\${t}\`, function* () {
    for (let i = 0; i < 8; i++) yield* p.choose(3)
  })
})
`

const stuck = `${announce}import { program } from 'entrelacs'
export default program('stuck', {}, (_params, p) => {
  p.thread('A', function* () {
    for (;;) {}
  })
})
`

beforeAll(async () => {
  await ensureBuilt()
  workshop.write('many-states.ts', manyStates)
  workshop.write('stuck.ts', stuck)
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

function explore(...args: string[]): ChildProcess {
  return start(['explore', ...args], { cwd: workshop.folder })
}

/** Waits until the program's file is being loaded, and then for a while. */
async function underWay(child: ChildProcess, milliseconds: number): Promise<void> {
  await new Promise((resolve) => child.stderr!.once('data', resolve))
  await pause(milliseconds)
}

describe('Ctrl-C', () => {
  test('ends a long search with a report of what is known', async () => {
    const child = explore('many-states.ts')
    const run = ended(child)
    await underWay(child, 700)
    child.kill('SIGINT')
    const { code, stdout } = await run
    expect(code).toBe(3)
    expect(stdout).toContain('Stopped early: stopped on request')
    expect(stdout).toMatch(/[\d,]+ states, [\d,]+ transitions/)
  })

  test('ends a long sampling with as much as was sampled, as JSON', async () => {
    const child = explore('many-states.ts', '--strategy', 'random', '--samples', '1000000000', '--json')
    const run = ended(child)
    await underWay(child, 700)
    child.kill('SIGINT')
    const { code, stdout } = await run
    const report = parseLine(stdout)
    expect({ code, faults: exploreShape(report, 'report') }).toEqual({ code: 3, faults: [] })
    expect(report).toMatchObject({ verdict: 'unknown', stopped: { reason: 'aborted' } })
  })

  test('pressed again leaves at once, whatever the program does', async () => {
    const child = explore('stuck.ts', '--patience', '50')
    const run = ended(child)
    await underWay(child, 300)
    child.kill('SIGINT')
    await pause(300)
    expect(child.exitCode).toBeNull()
    const asked = performance.now()
    child.kill('SIGINT')
    const { code, stdout } = await run
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(performance.now() - asked).toBeLessThan(3000)
  })

  test('pressed again while the file is loaded leaves no temporary file behind', async () => {
    const temporary = join(workshop.folder, 'temporary')
    mkdirSync(temporary)
    workshop.write('load-loop.ts', `${announce}for (;;) {}\n`)
    const child = start(['explore', 'load-loop.ts', '--patience', '50'], {
      cwd: workshop.folder,
      env: { TMPDIR: temporary },
    })
    const run = ended(child)
    await underWay(child, 100)
    expect(readdirSync(temporary)).toHaveLength(1)
    child.kill('SIGINT')
    await pause(300)
    child.kill('SIGINT')
    expect((await run).code).toBe(130)
    expect(readdirSync(temporary)).toEqual([])
  })
})
