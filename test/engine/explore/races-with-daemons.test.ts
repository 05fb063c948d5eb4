import { explore, program, type Program, type Strategy } from 'entrelacs'
import { describe, expect, test } from 'vitest'

const SAMPLING: readonly Strategy[] = ['random', 'pct', 'pos', 'surw']
const EXHAUSTIVE: readonly Strategy[] = ['graph', 'dpor']

/** Two daemons that would race if the program were not over before either steps. */
const overAtOnce = program('over at once', {}, (_params, p) => {
  const x = p.cell('x', 0)
  for (const name of ['D', 'E']) p.thread(name, () => x.write(1), { daemon: true })
  p.thread('A', function* () {})
})

/** The second daemon is there only once the program is over. */
const overWhenItMeets = program('over when it meets', {}, (_params, p) => {
  const x = p.cell('x', 0)
  p.thread('D', () => x.write(1), { daemon: true })
  p.thread('A', function* () {
    yield* p.spawn('E', () => x.write(2), { daemon: true })
  })
})

/** A race whose second access ends the program, so that the daemon's has to come first. */
const lastWord = (daemonFirst: boolean): Program =>
  program('last word', {}, (_params, p) => {
    const x = p.cell('x', 0)
    const declareDaemon = () => p.thread('D', () => x.read(), { daemon: true })
    if (daemonFirst) declareDaemon()
    p.thread('A', function* () {
      yield* x.read()
      yield* x.write(1)
    })
    if (!daemonFirst) declareDaemon()
  })

describe('Accesses of daemons that are pending when the program is over', () => {
  test.each([...EXHAUSTIVE, ...SAMPLING])('are no race (%s)', async (strategy) => {
    for (const subject of [overAtOnce, overWhenItMeets])
      expect((await explore(subject, { strategy, samples: 20 })).violations).toEqual([])
  })
})

describe('A race with the access that ends the program', () => {
  test.each(
    [...EXHAUSTIVE, ...SAMPLING].flatMap((strategy) => [true, false].map((first) => [strategy, first] as const)),
  )('is shown with the daemon first (%s, daemon declared first: %s)', async (strategy, daemonFirst) => {
    const { violations } = await explore(lastWord(daemonFirst), { strategy, samples: 20 })
    expect(violations.map(({ kind, schedule }) => `${kind}: ${schedule}`)).toEqual(['race: D A A'])
  })
})
