import { explore, type ExploreReport, type Program, replay } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'

async function load(name: string): Promise<Program> {
  return (await scenarios.find((scenario) => scenario.name === name)!.load()).default
}

/** A bug everybody knows: the scenario that has it, how it shows, and how short the schedule is that shows it. */
interface KnownBug {
  readonly bug: string
  readonly scenario: string
  readonly kind: string
  /** What the message says, at least. */
  readonly says: string
  readonly preemptions: number
  readonly steps: number
}

const KNOWN_BUGS: readonly KnownBug[] = [
  {
    bug: 'a missed notify: if for while',
    scenario: 'publisher-if',
    kind: 'property',
    says: 'nobody reads what is not there',
    preemptions: 1,
    steps: 17,
  },
  {
    bug: 'a notify before anybody waits',
    scenario: 'publisher-missed',
    kind: 'deadlock',
    says: 'subscriber 1 waits (wait news); subscriber 2 waits (wait news)',
    preemptions: 0,
    steps: 7,
  },
  {
    bug: 'a nested lock',
    scenario: 'nested-lock',
    kind: 'deadlock',
    says: 'transfer waits for account, which it holds itself',
    preemptions: 0,
    steps: 1,
  },
  {
    bug: 'locks taken in opposite orders',
    scenario: 'philosophers',
    kind: 'deadlock',
    says: 'P1 waits for fork 2, which P2 holds; P2 waits for fork 3',
    preemptions: 1,
    steps: 5,
  },
  {
    bug: 'check, then act',
    scenario: 'file-check-then-create',
    kind: 'property',
    says: 'who takes the report for theirs has written it',
    preemptions: 1,
    steps: 6,
  },
  {
    bug: 'double-checked publication',
    scenario: 'double-checked',
    kind: 'property',
    says: 'nobody uses what is not made',
    preemptions: 1,
    steps: 9,
  },
  {
    bug: 'ABA on a stack built with compareExchange',
    scenario: 'stack-aba',
    kind: 'property',
    says: 'no node belongs to two',
    preemptions: 1,
    steps: 15,
  },
  {
    bug: 'empty, then get',
    scenario: 'empty-then-get',
    kind: 'deadlock',
    says: 'subscriber 1 waits (get queue)',
    preemptions: 1,
    steps: 13,
  },
  {
    bug: 'a semaphore released too often',
    scenario: 'oversold',
    kind: 'property',
    says: 'no more inside than seats',
    preemptions: 1,
    steps: 9,
  },
  {
    bug: 'a bounded semaphore released too often',
    scenario: 'oversold-bounded',
    kind: 'misuse',
    says: 'bounded semaphore “free seats” is released',
    preemptions: 0,
    steps: 5,
  },
  {
    bug: 'a forgotten taskDone',
    scenario: 'forgotten-task-done',
    kind: 'deadlock',
    says: 'main waits (join queue)',
    preemptions: 0,
    steps: 8,
  },
  {
    bug: 'a blocked event loop',
    scenario: 'blocked-loop',
    kind: 'property',
    says: 'whoever computes does not keep the loop',
    preemptions: 0,
    steps: 8,
  },
  {
    bug: 'a cancelled task that leaves a lock held',
    scenario: 'cancelled-task',
    kind: 'deadlock',
    says: 'next waits for lock',
    preemptions: 0,
    steps: 19,
  },
]

describe.each(['graph', 'dpor'] as const)('Within the default budget, %s finds', (strategy) => {
  test.each(KNOWN_BUGS)(
    '$bug, by the shortest schedule, in $scenario',
    async ({ scenario, kind, says, preemptions, steps }) => {
      const report = await explore(await load(scenario), { strategy })
      expect(report).toMatchObject({ verdict: 'violated', complete: true })
      const found = report.violations.find((violation) => violation.kind === kind && violation.message.includes(says))
      expect(found, report.violations.map(({ message }) => message).join('\n')).toMatchObject({
        preemptions,
        steps,
        isLeast: true,
      })
    },
  )
})

describe('What repairs a known bug', () => {
  const repairs = new Set(
    KNOWN_BUGS.map(({ scenario }) => scenarios.find(({ name }) => name === scenario)!.repairedBy!),
  )

  test.each([...repairs])('%s holds under both strategies', async (name) => {
    for (const strategy of ['graph', 'dpor'] as const)
      expect(await explore(await load(name), { strategy })).toMatchObject({ verdict: 'holds', complete: true })
  })
})

describe('The schedule that is shown', () => {
  const stepsOf = async (name: string) => {
    const subject = await load(name)
    const { violations }: ExploreReport = await explore(subject)
    return replay(subject, violations.find(({ kind }) => kind === 'property')!.token).steps
  }

  test('of double-checked publication stops one thread between flag and value', async () => {
    const steps = await stepsOf('double-checked')
    const at = steps.findIndex(({ label }) => label === 'read → null')
    expect(steps.slice(at - 2, at + 1).map(({ object, label }) => `${object}: ${label}`)).toEqual([
      'is made: write true',
      'is made: read → true',
      'value: read → null',
    ])
  })

  test('of a stack lets its top go and come back, which the name ABA stands for', async () => {
    const tops = (await stepsOf('stack-aba')).map(({ shows }) => shows['top'])
    expect(tops.filter((node, i) => node !== tops[i - 1])).toEqual([1, 2, 0, 1, 2, 0])
  })
})
