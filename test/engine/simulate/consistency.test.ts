import type { Program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../src/engine/simulate/machine/machine.js'
import { FREE_OS } from '../../../src/engine/simulate/os/os-config.js'
import { random } from '../../../src/engine/simulate/os/policies/random.js'
import { Simulation } from '../../../src/engine/simulate/simulation.js'
import bankAccount from '../../../src/scenarios/bank-account.js'
import fileCheckThenCreate from '../../../src/scenarios/file-check-then-create.js'
import lostUpdate from '../../../src/scenarios/lost-update.js'
import ticketSellers from '../../../src/scenarios/ticket-sellers.js'
import { buildProgram } from '../../oracle/build-program.js'
import { printProgram } from '../../oracle/print-program.js'
import { statementsOf } from '../../oracle/program-tree.js'
import { anyProgram } from '../../oracle/random-programs.js'
import { finish } from '../support/finish.js'
import { smallMachine } from './machines.js'
import { endOfRun, endsOf } from './outcomes.js'

const SEEDS = 10_000
/** An outcome this likely is missed by all seeds once in 500 million times. */
const LIKELY = 0.002

/** One core, on which after every operation anybody who can go on is equally likely to do so: the explorer's random scheduler. */
const RANDOM: Machine = { ...smallMachine(1), os: FREE_OS, policy: random() }

function runOnce(
  of: Program,
  params: Readonly<Record<string, unknown>>,
  twins: boolean,
  seed: number,
  machine = RANDOM,
): string {
  return endOfRun(
    finish(new Simulation(of, machine, { params, twins, seed, drawsWays: true, maxEvents: 100_000 }).run()),
  )
}

/** How often each end came of so many seeds. */
function endsOfRuns(
  of: Program,
  params: Readonly<Record<string, unknown>>,
  twins: boolean,
  seeds: number,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (let seed = 0; seed < seeds; seed++) {
    const end = runOnce(of, params, twins, seed)
    counts.set(end, (counts.get(end) ?? 0) + 1)
  }
  return counts
}

type Case = readonly [name: string, of: Program, params: Readonly<Record<string, unknown>>]

const PLAIN: readonly Case[] = [
  ['lost update', lostUpdate, { times: 2, threads: 2 }],
  ['bank account', bankAccount, {}],
  ['check, then act', fileCheckThenCreate, {}],
]
const LOCKED: readonly Case[] = [['ticket sellers', ticketSellers, { sellers: 2, tickets: 3 }]]

/** Every end is one of the explorer's, and each comes as often as the explorer's probability says. */
async function expectSameEnds(of: Program, params: Readonly<Record<string, unknown>>, twins: boolean): Promise<void> {
  const ends = (await endsOf(of, { params, twins }))!
  const counts = endsOfRuns(of, params, twins, SEEDS)
  expect([...ends.keys()]).toEqual(expect.arrayContaining([...counts.keys()]))
  for (const [end, probability] of ends) {
    const count = counts.get(end) ?? 0
    if (probability >= LIKELY) expect(count, end).toBeGreaterThan(0)
    const spread = Math.sqrt(SEEDS * probability * (1 - probability))
    expect(Math.abs(count - SEEDS * probability), `${end}: probability ${probability}`).toBeLessThan(5 * spread + 1)
  }
}

describe('With random preemption, 10,000 seeds end as the explorer says, and as often', () => {
  test.each([...PLAIN, ...LOCKED])('%s', async (_name, of, params) => expectSameEnds(of, params, false))

  test.each(LOCKED)('%s whose primitives are their twins', async (_name, of, params) =>
    expectSameEnds(of, params, true),
  )
})

describe('Random programs', () => {
  const trees = fc
    .sample(anyProgram, { seed: 5, numRuns: 80 })
    .filter((tree) => !statementsOf(tree).some(({ kind }) => kind === 'assume'))

  test('end as the explorer says they can, under random preemption and on several cores', async () => {
    let compared = 0
    for (const tree of trees) {
      const of = buildProgram(tree)
      for (const twins of tree.locks === 0 ? [false] : [false, true]) {
        const ends = await endsOf(of, { twins, maxStates: 50_000 })
        if (ends === null) continue
        for (let seed = 0; seed < 6; seed++) {
          for (const machine of [RANDOM, smallMachine(1, 10_000), smallMachine(2), smallMachine(3)]) {
            const end = runOnce(of, {}, twins, seed, machine)
            // Who waits for what nobody will do turns in a loop for ever.
            if (end.startsWith('stopped')) continue
            expect([...ends.keys()], printProgram(tree)).toContain(end)
            compared++
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(1000)
  })
})
