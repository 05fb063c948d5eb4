import { explore, type ExploreOptions, program, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreText, quoteForShell } from '../../src/report/explore-text.js'
import { type Language, messagesIn } from '../../src/report/messages.js'
import { makeStyle } from '../../src/report/report-style.js'
import { endless, explored, failing, lostUpdate, withoutColours, withoutPlaces, wrongEnd } from './support/subjects.js'

interface TextOptions extends ExploreOptions {
  readonly language?: Language
  readonly coloured?: boolean
  readonly columns?: number
  readonly repair?: string
}

/** The report on a program as text, without places. */
async function textOf(subject: Program, given: TextOptions = {}): Promise<string> {
  const { language = 'en', coloured = false, columns = 100, repair, ...options } = given
  const { report, replays } = await explored(subject, options)
  const context = { source: 'subject.ts', replays, repair }
  return withoutPlaces(exploreText(report, context, makeStyle(language, coloured, columns)))
}

const sectionsOf = (text: string): string[] => text.trimEnd().split(/\n\n(?=\S)/)

/** The text without what is not the report's to say: the characters that tokens end with. */
const withoutHashes = (text: string): string => text.replaceAll(/(e1\.\w+)\.\w+/g, '$1.…')

const held = program('held', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  for (const name of ['A', 'B']) p.thread(name, () => x.add(1))
  p.finally('two', (final) => final(x) === 2)
})

/** A program with many outcomes: `n` of them, all wrong. */
const many = (n: number): Program =>
  program('many', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    p.thread('A', function* () {
      yield* x.write(yield* p.choose(n))
    })
    p.finally('never', () => false)
  })

describe('The report on a violated program', () => {
  test('in English is this text', async () => {
    expect(withoutHashes(await textOf(lostUpdate))).toBe(`lost update
explored completely: 12 states, 14 transitions, 6 interleavings

outcomes
  ✗ counter = 1   4 of 6 interleavings · 1 in 2
  ✓ counter = 2   2 of 6 interleavings · 1 in 2

✗ both are kept     4 of 6 interleavings · 1 in 2 under a random scheduler
  token e1.A1B2A1.…
  replay it: entrelacs replay subject.ts e1.A1B2A1.…
  the least: 1 preemption, 4 steps

      A             B             counter
   1  read → 0                    0
   2                read → 0      0   ← from here on it cannot be avoided
   3                write 1       1
   4  write 1                     1
  A's write (here) overwrites B's (here): nothing orders A's read and write of counter with respect to B's.

✗ data race on cell “counter”: write by A, write by B
  token e1.A2B2.…
  replay it: entrelacs replay subject.ts e1.A2B2.…
  the least: 0 preemptions, 4 steps

      A             B             counter
   1  read → 0                    0
   2  write 1                     1
   3                read → 1      1
   4                write 2       2
  A's write (here) and B's write (here) of counter race: nothing orders them. A and B have not synchronised before.

✗ data race on cell “counter”: write by A, read by B
  token e1.A2B1.…
  replay it: entrelacs replay subject.ts e1.A2B1.…
  the least: 0 preemptions, 3 steps
  A's write (here) and B's read (here) of counter race: nothing orders them. A and B have not synchronised before.

✗ data race on cell “counter”: read by A, write by B
  token e1.B2A1.…
  replay it: entrelacs replay subject.ts e1.B2A1.…
  the least: 0 preemptions, 3 steps
  B's write (here) and A's read (here) of counter race: nothing orders them. B and A have not synchronised before.

✗ violated: 4 things go wrong.
`)
  })

  test('in French has the same sections', async () => {
    const [heading, outcomes, property, ...rest] = sectionsOf(await textOf(lostUpdate, { language: 'fr' }))
    expect(heading).toBe('lost update\nexploré en entier : 12 états, 14 transitions, 6 entrelacements')
    expect(outcomes).toBe(`issues
  ✗ counter = 1   4 entrelacements sur 6 · 1 sur 2
  ✓ counter = 2   2 entrelacements sur 6 · 1 sur 2`)
    expect(property).toMatch(
      /^✗ both are kept {5}4 entrelacements sur 6 · 1 sur 2 sous un ordonnanceur aléatoire\n {2}jeton /,
    )
    expect(rest.at(-1)).toBe('✗ en défaut : 4 problèmes.')
  })

  test('has no colours unless they are wanted, and the same words if they are', async () => {
    const [plain, coloured] = [await textOf(lostUpdate), await textOf(lostUpdate, { coloured: true })]
    expect(plain).not.toContain('\u001b')
    expect(coloured).toContain('\u001b[31m✗\u001b[39m')
    expect(withoutColours(coloured)).toBe(plain)
  })

  test('names a command for the repair if there is one', async () => {
    expect(await textOf(lostUpdate, { repair: 'entrelacs explore repaired' })).toMatch(
      /\nIts repair: entrelacs explore repaired\n$/,
    )
  })

  test('says so if no schedule can avoid it', async () => {
    expect(await textOf(wrongEnd)).toContain('It cannot be avoided: every schedule shows it.')
    expect(await textOf(lostUpdate)).not.toContain('every schedule shows it')
  })

  test('speaks of one thing and of one preemption in the singular', async () => {
    const text = await textOf(failing)
    expect(text).toContain('✗ violated: one thing goes wrong.')
    expect(await textOf(lostUpdate)).toContain('the least: 1 preemption, 4 steps')
  })
})

describe('The report on a program that holds', () => {
  test('says what that is founded on', async () => {
    expect(await textOf(held)).toMatch(
      /✓ holds\. No schedule breaks it: all 2 interleavings are covered by \d+ states \(a state missed: below 1e-\d+\)\.\n$/,
    )
  })

  test('names its parameters', async () => {
    const text = await textOf(
      program('with parameters', { times: 2, name: 'x' }, (_params, p) => {
        p.thread('A', () => p.yieldNow())
      }),
    )
    expect(text.split('\n')[0]).toBe('with parameters (times = 2, name = x)')
  })
})

describe('The report on a search that was stopped', () => {
  test('says why, and claims nothing about the rest', async () => {
    const text = await textOf(held, { maxStates: 2 })
    expect(text).toContain('Stopped early: the bound on states was reached')
    expect(text).toContain(
      '? unknown: nothing went wrong as far as it was explored, but the bound on states was reached',
    )
    expect(text).not.toMatch(/interleavings are covered|explored completely|✓ holds/)
  })

  test('in French says the same', async () => {
    const text = await textOf(held, { maxStates: 2, language: 'fr' })
    expect(text).toContain('? inconnu')
    expect(text).not.toContain('exploré en entier')
  })
})

const long = program('long', { steps: 3 }, ({ steps }, p) => {
  const x = p.atomic('x', 0)
  p.thread('walker', function* () {
    for (let i = 0; i < steps; i++) yield* x.add(1)
  })
  p.thread('other', () => x.read())
})

/** Every second execution never ends, and its states repeat. */
const cutOff = program('cut off', {}, (_params, p) => {
  p.thread('A', function* () {
    if (!(yield* p.choose(2))) return
    for (;;) {
      yield* p.at('again')
      yield* p.yieldNow()
    }
  })
})

const hoarding = program('hoarding', {}, (_params, p) => {
  const x = p.atomic('x', '')
  p.thread('A', function* () {
    for (let i = 0; i < 20; i++) yield* x.write(`${i}`.repeat(10_000))
  })
})

const crowd = program('crowd', {}, (_params, p) => {
  for (let i = 0; i < 2001; i++) p.thread(`T${i}`, () => p.yieldNow())
})

const stops: readonly [string, Program, TextOptions, string][] = [
  [
    'states',
    long,
    { maxStates: 3 },
    'la limite sur les états a été atteinte ; le fil « walker » a effectué jusqu’à 3 opérations',
  ],
  [
    'memory',
    long,
    { maxMemory: 1 },
    'la limite sur la mémoire a été atteinte ; le fil « walker » a effectué jusqu’à 0 opération ; si un fil boucle sans fin, qu’il dise p.at(étiquette, …locales) en tête de la boucle',
  ],
  [
    'values',
    hoarding,
    { maxHeap: 50_000 },
    'les valeurs dans les objets partagés prennent trop de place ; explorez une instance plus petite, ou gardez-y de plus petites valeurs',
  ],
  ...[{}, { equivalence: 'reads-from' as const }].map((how): [string, Program, TextOptions, string] => [
    `steps ${Object.values(how).join('')}`,
    cutOff,
    { strategy: 'dpor', ...how },
    'une exécution prend trop de pas, et dpor mène chacune à son terme ; le fil « A » a effectué jusqu’à 1 opération ; la stratégie graph voit si elle continue sans fin',
  ]),
  ['threads', crowd, { strategy: 'random' }, 'le programme a plus de fils que l’échantillonnage n’en suit'],
  ['first', lostUpdate, { until: 'first' }, 'arrêté au premier problème, comme demandé'],
  ['aborted', lostUpdate, { signal: AbortSignal.abort() }, 'arrêté à la demande'],
  ['preemptions', lostUpdate, { preemptions: 0 }, 'seuls les ordonnancements d’au plus 0 préemption ont été explorés'],
  ['delays', lostUpdate, { delays: 1 }, 'seuls les ordonnancements d’au plus 1 retard ont été explorés'],
]

describe('Why a search stopped', () => {
  test.each(stops)('is said in French: %s', async (_title, subject, options, sentence) => {
    const text = (await textOf(subject, { ...options, language: 'fr' })).replaceAll('’', "'")
    expect(text.toLowerCase()).toContain(sentence.replaceAll('’', "'").toLowerCase())
    expect(text).not.toMatch(/\b(the|was|were|only|stopped|performed)\b/)
  })

  test('is said in French: a history', () => {
    const longest = { thread: 'A', operations: 1234 }
    const { stopReason } = messagesIn('fr')
    expect(stopReason({ reason: 'history', message: '', limit: 'operations', longest })).toBe(
      "une exécution est trop longue pour être suivie ; le fil « A » a effectué jusqu'à 1\u202f234 opérations ; si un fil boucle sans fin, qu'il dise p.at(étiquette, …locales) en tête de la boucle",
    )
  })

  test('is English in the JSON all the same', async () => {
    const { stopped } = await explore(long, { maxStates: 3 })
    expect(stopped).toEqual({
      reason: 'states',
      message: 'the bound on states was reached; thread “walker” has performed up to 3 operations',
      longest: { thread: 'walker', operations: 3 },
    })
    expect((await explore(lostUpdate, { delays: 1 })).stopped).toMatchObject({ reason: 'delays', bound: 1 })
  })
})

describe('The report on sampled executions', () => {
  test.each([
    ['en', 8, / executions? cut off after 100,000 steps\n/],
    ['fr', 8, / exécutions? interrompues? après 100\u202f000 pas\n/],
  ] as const)('counts those that were cut off (%s)', async (language, samples, line) => {
    expect(await textOf(cutOff, { strategy: 'random', samples, language })).toMatch(line)
    expect(await textOf(held, { strategy: 'random', samples, language })).not.toMatch(line)
  })

  test.each([
    [1, 'seule 1 exécution a été échantillonnée'],
    [2, 'seules 2 exécutions ont été échantillonnées'],
  ])('agrees in number with %i in French', async (samples, sentence) => {
    expect(await textOf(held, { strategy: 'random', samples, language: 'fr' })).toContain(`, mais ${sentence}.`)
  })

  test('counts executions and names the seed', async () => {
    const text = await textOf(lostUpdate, { strategy: 'random', samples: 200, seed: 7 })
    expect(text).toContain('sampled: 200 executions under a random scheduler, seed 7')
    expect(text).toMatch(/✗ counter = 1 {3}\d+ of 200 executions\n/)
    expect(text).not.toContain('interleavings')
  })

  test.each([
    ['pct', 'en', 'sampled: 200 executions with random priorities of threads (PCT, depth 2), seed 7'],
    ['pos', 'en', 'sampled: 200 executions with random priorities of operations (POS), seed 7'],
    ['surw', 'en', 'sampled: 200 executions with threads drawn by the steps they have left (SURW), seed 7'],
    ['random', 'fr', 'échantillonné : 200 exécutions sous un ordonnanceur aléatoire, graine 7'],
    [
      'pct',
      'fr',
      'échantillonné : 200 exécutions avec des priorités aléatoires des fils (PCT, profondeur 2), graine 7',
    ],
    ['pos', 'fr', 'échantillonné : 200 exécutions avec des priorités aléatoires des opérations (POS), graine 7'],
    [
      'surw',
      'fr',
      'échantillonné : 200 exécutions avec des fils tirés selon les pas qui leur restent (SURW), graine 7',
    ],
  ] as const)('says how strategy %s draws them (%s)', async (strategy, language, line) => {
    const text = await textOf(lostUpdate, { strategy, depth: 2, samples: 200, seed: 7, language })
    expect(text.split('\n')[1]).toBe(line)
  })

  test('shows the least schedules of what they met', async () => {
    const text = await textOf(lostUpdate, { strategy: 'random', samples: 50 })
    expect(text).toContain('the least: 1 preemption, 4 steps')
    expect(text).toContain('the least: 0 preemptions, 3 steps')
  })

  test('that all went well proves nothing', async () => {
    const text = await textOf(held, { strategy: 'random', samples: 50 })
    expect(text).toContain(
      '? unknown: nothing went wrong as far as it was explored, but only 50 executions were sampled.',
    )
  })
})

describe('The outcomes in a report', () => {
  test('begin with what goes wrong, then go by probability', async () => {
    const graded = program('graded', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', function* () {
        yield* x.write(Math.min(2, yield* p.choose(6)))
      })
      p.finally('not 0', (final) => final(x) !== 0)
    })
    const [, outcomes] = sectionsOf(await textOf(graded))
    expect(outcomes.split('\n').slice(1)).toEqual([
      '  ✗ x = 0   1 of 6 interleavings · 1 in 6',
      '  ✓ x = 2   4 of 6 interleavings · 2 in 3',
      '  ✓ x = 1   1 of 6 interleavings · 1 in 6',
    ])
  })

  test('are ten at most, with a count of the others', async () => {
    const [, outcomes] = sectionsOf(await textOf(many(25)))
    expect(outcomes.split('\n')).toHaveLength(12)
    expect(outcomes).toMatch(/\n {4}… and 15 more \(--json shows all\)$/)
  })

  test('tell what threads return and how they fail', async () => {
    const returning = program('returning', {}, (_params, p) => {
      p.thread('A', function* () {
        yield* p.yieldNow()
        return [1, 'two']
      })
      p.thread('B', function* () {
        throw new Error('odd')
      })
    })
    const [, outcomes] = sectionsOf(await textOf(returning, { columns: 140 }))
    expect(outcomes).toContain('✗ A → [1,"two"] · B fails: Error: odd')
  })

  test('tell how many executions were dropped', async () => {
    const assuming = program('assuming', {}, (_params, p) => {
      p.thread('A', function* () {
        yield* p.assume((yield* p.choose(3)) > 0)
      })
    })
    expect(await textOf(assuming)).toContain('1 interleaving dropped by assume')
  })

  test('tell of interleavings without end', async () => {
    expect(await textOf(endless)).toContain('unboundedly many interleavings')
  })
})

describe('The report on a terminal', () => {
  test('of any width wraps no line of an outcome', async () => {
    const wordy = program('wordy', {}, (_params, p) => {
      const x = p.atomic('x', '')
      p.thread('A', () => x.write('many words '.repeat(20)))
    })
    for (const columns of [60, 80, 100, 140]) {
      const [, outcomes] = sectionsOf(await textOf(wordy, { columns }))
      for (const line of outcomes.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
    }
  })
})

describe('A word for the shell', () => {
  test.each([
    ['bank-account', 'bank-account'],
    ['./a/b.ts', './a/b.ts'],
    ['a b.ts', "'a b.ts'"],
    ["it's.ts", String.raw`'it'\''s.ts'`],
    ['$HOME.ts', "'$HOME.ts'"],
    ['', "''"],
  ])('%s is written %s', (word, quoted) => {
    expect(quoteForShell(word)).toBe(quoted)
  })
})

test('A report without any replays still names every violation and its token', async () => {
  const report = await explore(lostUpdate)
  const text = exploreText(report, { source: 'x', replays: [] }, makeStyle('en'))
  for (const { message, token } of report.violations) {
    expect(text).toContain(message)
    expect(text).toContain(token)
  }
})
