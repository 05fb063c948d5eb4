import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../src/checkpoint/checkpoint-file.js'
import { FileKeeper } from '../../src/checkpoint/file-keeper.js'
import type { Checkpoint } from '../../src/engine/explore/checkpoint.js'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'entrelacs-test-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const owner = { program: 'p', params: { n: 1 }, strategy: 'graph', modes: '', setup: 'x' } as const

async function keep(keeper: FileKeeper, checkpoint: Checkpoint): Promise<void> {
  for (const pause of keeper.keep(checkpoint)) await pause
}

describe('A checkpoint in a file', () => {
  test('is read as it was written, whatever its size', async () => {
    const parts = {
      nothing: null,
      empty: [],
      noNumbers: new Int32Array(0),
      // Larger than a record: it is written in pieces.
      numbers: Int32Array.from({ length: 400_000 }, (_, i) => i * 3),
      pages: Array.from({ length: 9 }, (_, i) => new Int32Array(65_536).fill(i)),
      threads: [new Uint16Array([1, 2, 65_535])],
      values: [undefined, 1n << 70n, Number.NaN, 'text', { deep: [1, { er: true }] }],
      many: Array.from({ length: 5000 }, (_, i) => ({ identity: `outcome ${i}`, executions: i })),
    }
    const file = join(folder, 'kept')
    await keep(await FileKeeper.open(file), { owner, parts })
    expect(await readCheckpoint(file)).toEqual({ owner, parts })
  })

  test('is not there at first, nor once it is cleared', async () => {
    const file = join(folder, 'kept')
    const keeper = await FileKeeper.open(file)
    expect(keeper).toMatchObject({ kept: null, isKept: false })
    await keep(keeper, { owner, parts: { a: 1 } })
    expect((await FileKeeper.open(file)).kept).toEqual({ owner, parts: { a: 1 } })
    await keeper.clear()
    expect(existsSync(file)).toBe(false)
  })

  test('that cannot be written is no reason to stop: why is kept for the report', async () => {
    const gone = join(folder, 'gone')
    const keeper = await FileKeeper.open(join(folder, 'kept'), 0.001)
    rmSync(folder, { recursive: true })
    await keep(keeper, { owner, parts: { a: 1 } })
    expect(keeper.failure).toContain('ENOENT')
    expect(keeper.isDue()).toBe(false)
    expect(existsSync(gone)).toBe(false)
  })

  test('replaces the one before only when it is whole', async () => {
    const file = join(folder, 'kept')
    const keeper = await FileKeeper.open(file)
    await keep(keeper, { owner, parts: { a: 1 } })
    const half = keeper.keep({ owner, parts: { a: 2, b: new Int32Array(1_000_000) } })
    for (let i = 0; i < 3; i++) await half.next().value
    expect(await readCheckpoint(file)).toEqual({ owner, parts: { a: 1 } })
  })

  test('takes a positive number of seconds between two', async () => {
    await expect(FileKeeper.open(join(folder, 'kept'), 0)).rejects.toThrow('positive number of seconds')
  })
})
