import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { GIL_VERSIONS, type GilVersion } from '../../../../src/engine/simulate/gil/gil-config.js'
import { type Computer, MICROSECOND, MILLISECOND, run } from './support/computer.js'
import { spinners } from './support/programs.js'

const WORK = 20_000

/** How many times as fast as one thread after the other, by threads on so many cores. */
function speedUp(version: GilVersion, cores: number, threads: number): number {
  const gil = GIL_VERSIONS[version]
  const alone = run(spinners, { threads: 1, work: WORK }, { cores, gil }).time
  return (threads * alone) / run(spinners, { threads, work: WORK }, { cores, gil }).time
}

const parts = program(
  'parts',
  { parts: 4, work: WORK, code: 'interpreted' as string },
  ({ parts: count, work, code }, p) => {
    for (let i = 0; i < count; i++)
      p.thread(`part ${i}`, function* () {
        yield* p.compute(work, { code: code as 'native' })
      })
  },
)

const inProcesses = program('in processes', { parts: 4, work: WORK }, ({ parts: count, work }, p) => {
  const processes = Array.from({ length: count }, (_, i) =>
    p.process(`part ${i}`, function* () {
      yield* p.compute(work)
    }),
  )
  p.thread('main', function* () {
    for (const each of processes) yield* each.start()
    for (const each of processes) yield* each.join()
  })
})

const downloads = program('downloads', { threads: 4, each: 50 }, ({ threads, each }, p) => {
  for (let i = 0; i < threads; i++)
    p.thread(`download ${i}`, function* () {
      for (let n = 0; n < each; n++) {
        yield* p.io('receive')
        yield* p.call('handle')
      }
    })
})

const oneAndAnother = program('one and another', { code: 'builtin' as string }, ({ code }, p) => {
  const begun = p.cell('begun', false)
  p.thread('long', function* () {
    yield* p.compute(WORK, { code: code as 'builtin' })
  })
  p.thread('short', function* () {
    yield* begun.write(true)
  })
})

describe('Threads that compute', () => {
  test.each(['3.9', '3.12', '3.14'] as const)(
    'are no faster together in CPython %s, with two cores or with four',
    (version) => {
      for (const cores of [1, 2, 4]) {
        expect(speedUp(version, cores, 4)).toBeLessThanOrEqual(1)
        expect(speedUp(version, cores, 4)).toBeGreaterThan(0.95)
      }
    },
  )

  test('are slower together in CPython 2.7 the more cores there are: they wake each other in vain', () => {
    const one = speedUp('2.7', 1, 2)
    const two = speedUp('2.7', 2, 2)

    expect(one).toBeGreaterThan(0.95)
    expect(two).toBeLessThan(0.9)
    expect(two).toBeGreaterThan(0.4)
    const { total } = run(spinners, { threads: 2, work: WORK }, { cores: 2, gil: GIL_VERSIONS['2.7'] })
    expect(total.wasted).toBeGreaterThan(100)
  })

  test.each(['none', '3.13t', '3.14t'] as const)(
    'are as much faster as there are cores without a lock (%s)',
    (version) => {
      expect(speedUp(version, 2, 2)).toBeGreaterThan(1.9)
      expect(speedUp(version, 4, 4)).toBeGreaterThan(3.8)
    },
  )

  test('take the published share longer each in builds without the lock', () => {
    const alone = (version: GilVersion) =>
      run(spinners, { threads: 1, work: WORK }, { cores: 1, gil: GIL_VERSIONS[version] }).time

    expect(alone('3.13t') / alone('3.13')).toBeCloseTo(1.4, 3)
    expect(alone('3.14t') / alone('3.14')).toBeCloseTo(1.08, 3)
  })

  test('are faster together if their code is native, which works outside of the lock, and not if it is built in', () => {
    const time = (code: string) => run(parts, { code }, { cores: 4, gil: GIL_VERSIONS['3.12'] }).time

    expect(time('interpreted') / time('native')).toBeGreaterThan(3.8)
    expect(time('builtin') / time('interpreted')).toBeGreaterThan(0.95)
  })

  test('are let in only at the end of a builtin function, and after an interval by interpreted code', () => {
    const waited = (code: string) =>
      run(oneAndAnother, { code }, { cores: 2, gil: GIL_VERSIONS['3.12'] }).account('short').waited / MILLISECOND

    expect(waited('builtin')).toBeGreaterThan(19.9)
    expect(waited('interpreted')).toBeGreaterThan(5)
    expect(waited('interpreted')).toBeLessThan(5.2)
    expect(waited('native')).toBeLessThan(0.1)
  })
})

describe('Processes', () => {
  const time = (version: GilVersion, computer: Partial<Computer> = {}) =>
    run(inProcesses, {}, { cores: 4, gil: GIL_VERSIONS[version], ...computer }).time

  test('have a lock each, in every version', () => {
    for (const version of ['2.7', '3.9', '3.12'] as const)
      expect(time(version, { cores: 1 }) / time(version)).toBeGreaterThan(3.8)
  })

  test('that are sub-interpreters share one before 3.12, and have one each since', () => {
    const gain = (version: GilVersion) =>
      time(version, { cores: 1, subInterpreters: true }) / time(version, { subInterpreters: true })

    expect(gain('3.11')).toBeLessThan(1.02)
    expect(gain('3.12')).toBeGreaterThan(3.8)
  })
})

describe('Threads that wait for devices', () => {
  test.each(['2.7', '3.9', '3.14'] as const)('wait side by side in CPython %s', (version) => {
    const time = (threads: number) =>
      run(downloads, { threads }, { cores: 1, gil: GIL_VERSIONS[version], devices: after(1000 * MICROSECOND) }).time

    expect((4 * time(1)) / time(4)).toBeGreaterThan(3.8)
  })
})

/** A device that answers every request after so long. */
function after(latency: number): NonNullable<Computer['devices']> {
  return (kernel) => ({
    receive: {
      submit(_bytes, done, thread) {
        kernel.schedule(kernel.now + latency, 4, done, thread)
      },
    },
  })
}
