import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { parseLine } from './support/json.js'
import { lostUpdateFile, Workshop } from './support/workshop.js'

const workshop = new Workshop()

beforeAll(() => ensureBuilt(), BUILD_TIMEOUT)
afterAll(() => workshop.remove())

const parts = `import type { Program } from 'entrelacs'
export enum Side { Left = 1, Right }
export const enum Stride { One = 1 }
export interface Thing { readonly program?: Program }
export const increment: number = Stride.One
`

const whole = (imported: string): string => `import { program } from 'entrelacs'
import type { Cell } from 'entrelacs'
import { increment, Side, type Thing } from '${imported}'

const thing: Thing = {}

export default program('whole', { side: 'left' }, ({ side }, p) => {
  const counter: Cell<number> = p.cell('counter', Side.Right as number)
  p.thread('A', function* () {
    yield* counter.write((yield* counter.read()) + increment)
    return Object.keys(thing).length
  })
  p.finally('three on the left', (final) => final(counter) === 3 && side === 'left')
})
`

async function verdictOf(...args: string[]): Promise<unknown> {
  const { stdout } = await workshop.run(['explore', ...args, '--json'])
  return parseLine(stdout)['verdict']
}

describe('A file of the user, outside any project,', () => {
  test('may be TypeScript', async () => {
    expect(await verdictOf(workshop.write('mine.ts', lostUpdateFile))).toBe('violated')
  })

  test('may be JavaScript', async () => {
    expect(await verdictOf(workshop.write('mine.js', lostUpdateFile))).toBe('violated')
    expect(await verdictOf(workshop.write('mine.mjs', lostUpdateFile))).toBe('violated')
  })

  test('may be given by a path from the root', async () => {
    expect(await verdictOf(`${workshop.folder}/${workshop.write('rooted.ts', lostUpdateFile)}`)).toBe('violated')
  })

  test.each(['./parts.js', './parts', './parts.ts'])(
    'may import %s beside it, with types, interfaces and enums',
    async (imported) => {
      workshop.write('parts.ts', parts)
      expect(await verdictOf(workshop.write('whole.ts', whole(imported)))).toBe('holds')
    },
  )

  test('may lie in a folder whose settings say otherwise', async () => {
    workshop.write('old/package.json', '{ "type": "commonjs" }')
    workshop.write('old/tsconfig.json', '{ "extends": "./nowhere.json", "compilerOptions": { "target": "es5" } }')
    expect(await verdictOf(workshop.write('old/mine.ts', lostUpdateFile))).toBe('violated')
  })

  test('may export a program of the gallery again', async () => {
    const again = "export { default } from 'entrelacs/scenarios/bank-account'\n"
    expect(await verdictOf(workshop.write('again.ts', again))).toBe('violated')
  })

  test('may have been written on Windows', async () => {
    const text = `\uFEFF${lostUpdateFile.replaceAll('\n', '\r\n')}`
    expect(await verdictOf(workshop.write('windows.ts', text))).toBe('violated')
  })

  test('takes parameters of every type from the command line', async () => {
    const typed = `import { program } from 'entrelacs'
export default program('typed', { count: 1, name: 'x', on: false }, ({ count, name, on }, p) => {
  p.thread('A', () => p.yieldNow())
  p.finally('as given', () => count === -2.5 && name === 'a=b' && on === true)
})
`
    workshop.write('typed.ts', typed)
    expect(await verdictOf('typed.ts')).toBe('violated')
    expect(await verdictOf('typed.ts', '--param', 'count=-2.5', '--param', 'name=a=b', '--param', 'on=true')).toBe(
      'holds',
    )
  })

  test('may be called like a program of the gallery if it is given by a path', async () => {
    workshop.write('bank-account', 'not even a program')
    workshop.write('bank-account.ts', lostUpdateFile)
    const { stdout } = await workshop.run(['explore', './bank-account.ts', '--json'])
    expect(parseLine(stdout)).toMatchObject({ program: 'mine' })
  })
})
