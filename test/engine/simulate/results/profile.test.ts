import { program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import type { ProfileRow } from '../../../../src/engine/simulate/simulate-report.js'
import { Simulation, type SimulationOptions } from '../../../../src/engine/simulate/simulation.js'
import { scenarios } from '../../../../src/scenarios/index.js'
import { finish } from '../../support/finish.js'
import { smallMachine } from '../machines.js'

const bank = program('bank', { deposits: 3 }, ({ deposits }, p) => {
  const lock = p.lock('lock')
  const balance = p.cell('balance', 0)
  class Account {
    *deposit(amount: number): Steps<void> {
      yield* lock.acquire()
      yield* add(amount)
      yield* lock.release()
    }
  }
  function* add(amount: number): Steps<void> {
    yield* balance.write((yield* balance.read()) + amount)
    yield* work(1)
  }
  function* work(depth: number): Steps<void> {
    yield* p.compute(1)
    if (depth > 0) yield* work(depth - 1)
  }
  const account = new Account()
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      for (let i = 0; i < deposits; i++) yield* account.deposit(10)
      yield* p.sleep(0.001)
    })
})

function profiled(options: SimulationOptions = {}) {
  return finish(new Simulation(bank, smallMachine(1), { profile: true, ...options }).run())
}

function rowsOf(profile: readonly ProfileRow[], thread: string): Map<string, ProfileRow> {
  return new Map(profile.filter((row) => row.thread === thread).map((row) => [row.function, row]))
}

const sum = (rows: readonly ProfileRow[], column: 'own' | 'cumulative') =>
  rows.reduce((all, row) => all + row[column], 0)

describe('The profile of a run', () => {
  test.each([{}, { twins: false }, { gil: '3.12' }, { mapping: 'M:N' }])(
    'counts the calls of each function by each thread: %o',
    (options) => {
      const { profile } = profiled(options)
      for (const thread of ['A', 'B']) {
        const rows = rowsOf(profile!, thread)
        const calls = Object.fromEntries([...rows].map(([name, row]) => [name, row.calls]))
        expect(calls).toEqual({
          '(body)': 1,
          'Account.deposit': 3,
          add: 3,
          work: 6,
        })
      }
    },
  )

  test.each([{}, { twins: false }, { gil: '3.12' }, { mapping: 'M:N' }])(
    'gives every moment on a core to one function, and to all that have called it: %o',
    (options) => {
      const { profile, threads } = profiled(options)
      for (const { name, running } of threads) {
        const rows = rowsOf(profile!, name)
        expect(sum([...rows.values()], 'own')).toBeCloseTo(running, 3)
        expect(rows.get('(body)')!.cumulative).toBeCloseTo(running, 3)
        const deposit = rows.get('Account.deposit')!
        expect(deposit.cumulative).toBeLessThanOrEqual(rows.get('(body)')!.cumulative)
        expect(rows.get('work')!.cumulative).toBeLessThanOrEqual(rows.get('add')!.cumulative)
        expect(deposit.perCall).toBeCloseTo(deposit.cumulative / 3, 2)
      }
    },
  )

  test('sees what is waited for', () => {
    const rows = rowsOf(profiled().profile!, 'A')
    expect(rows.get('Account.deposit')!.waiting).toBeLessThan(1e6)
    expect(rows.get('(body)')!.waiting).toBeGreaterThan(1e6)
    expect(rows.get('work')!.waiting).toBeLessThan(rows.get('(body)')!.waiting)
  })

  test('is the same every time, and changes nothing about the run', async () => {
    for (const { name, load } of scenarios) {
      const { default: tested } = await load()
      const run = (profile: boolean) => {
        const options = { profile, twins: false, maxEvents: 10_000 }
        return finish(new Simulation(tested, smallMachine(2), options).run())
      }
      const { profile, ...report } = run(true)
      expect([name, report]).toEqual([name, run(false)])
      expect(run(true).profile).toEqual(profile)
    }
  })

  test('leaves generators as they were', () => {
    const { next } = Object.getPrototypeOf(function* () {}).prototype as { next: unknown }
    profiled()
    expect(Object.getPrototypeOf(function* () {}).prototype).toHaveProperty('next', next)
  })
})
