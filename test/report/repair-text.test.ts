import { compareRepair, explore, type ExploreOptions, program, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import type { Language } from '../../src/report/messages.js'
import { makeStyle } from '../../src/report/report-style.js'
import { repairText } from '../../src/report/repair-text.js'
import { circle, failing, lostUpdate, withoutColours, wrongState } from './support/subjects.js'

interface TextOptions {
  readonly language?: Language
  readonly columns?: number
  readonly coloured?: boolean
  readonly broken?: ExploreOptions
  readonly repaired?: ExploreOptions
}

/** What is said of a repair, without what a token ends with. */
async function textOf(broken: Program, repair: Program, given: TextOptions = {}): Promise<string> {
  const { language = 'en', columns = 100, coloured = false } = given
  const reports = { broken: await explore(broken, given.broken), repaired: await explore(repair, given.repaired) }
  const findings = { ...reports, comparison: compareRepair(reports.broken, reports.repaired), source: 'a b.ts' }
  return repairText(findings, makeStyle(language, coloured, columns)).replaceAll(/(e1\.\w+)\.\w+/g, '$1.…')
}

const verdictOf = (text: string): string => text.split('\n').findLast((line) => /^[✓✗?] /.test(line)) ?? ''

const locked = program('locked', {}, (_params, p) => {
  const counter = p.cell('counter', 0)
  const lock = p.lock('lock')
  for (const name of ['A', 'B'])
    p.thread(name, () =>
      lock.hold(function* () {
        yield* counter.write((yield* counter.read()) + 1)
      }),
    )
  p.finally('both are kept', (final) => final(counter) === 2)
})

/** `n` outcomes, of which the first `wrong` are wrong. */
const graded = (n: number, wrong: number): Program =>
  program('graded', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    p.thread('A', function* () {
      yield* x.write(yield* p.choose(n))
    })
    p.finally('high enough', (final) => final(x) >= wrong)
  })

describe('The text on a repair that does it', () => {
  test('in English is this one', async () => {
    expect(await textOf(lostUpdate, locked)).toMatch(
      new RegExp(
        [
          '^locked',
          String.raw`explored completely: \d+ states, \d+ transitions, 2 interleavings`,
          '',
          String.raw`✓ holds\. No schedule breaks it: all 2 interleavings .*`,
          '',
          String.raw`✓ repaired: 1 of 1 failing outcome and 4 of 4 violations are gone, nothing new fails\.`,
          '$',
        ].join('\n'),
      ),
    )
  })

  test('in French says the same', async () => {
    const text = await textOf(lostUpdate, locked, { language: 'fr' })
    expect(verdictOf(text)).toBe(
      "✓ réparé : 1 issue en défaut sur 1 et 4 problèmes sur 4 ont disparu, rien de nouveau n'apparaît.",
    )
  })

  test('does not speak of failing outcomes where none fails', async () => {
    expect(verdictOf(await textOf(wrongState, locked))).toBe('✓ repaired: 1 of 1 violation is gone, nothing new fails.')
    expect(verdictOf(await textOf(wrongState, locked, { language: 'fr' }))).toBe(
      "✓ réparé : 1 problème sur 1 a disparu, rien de nouveau n'apparaît.",
    )
  })

  test('names what was right and is no longer reached', async () => {
    const repair = program('one way', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', () => x.write(3))
    })
    expect(await textOf(graded(4, 2), repair)).toMatch(/\n\nwas right, and is no longer reached\n {2}✓ x = 2\n$/)
    expect(await textOf(graded(4, 2), repair, { language: 'fr' })).toContain(
      "\ncorrect auparavant, et n'est plus atteint\n  ✓ x = 2\n",
    )
  })

  test('is colourful only if that is wanted', async () => {
    const [plain, coloured] = [await textOf(lostUpdate, locked), await textOf(lostUpdate, locked, { coloured: true })]
    expect(plain).not.toContain('\u001b')
    expect(coloured).toContain('\u001b[32m✓\u001b[39m repaired')
    expect(withoutColours(coloured)).toBe(plain)
  })
})

describe('The text on a repair that does not', () => {
  test('in English tells what is gone, what remains and what is new, and how to replay it', async () => {
    const [, , ...rest] = (await textOf(lostUpdate, circle)).split('\n\n')
    expect(rest.join('\n\n'))
      .toBe(`✗ not repaired: 1 of 1 failing outcome and 4 of 4 violations are gone, 1 failing outcome and 1 violation are new.
Compared without counter: only one of the two programs shows it.

fails only with the repair
  ✗ deadlock · A waits: acquire right · B waits: acquire left · left = "A", right = "B"
  ✗ deadlock: A waits for right, which B holds; B waits for left, which A holds
    replay it: entrelacs replay 'a b.ts' e1.A1B1.…
`)
  })

  test('in French does so too', async () => {
    const [, , ...rest] = (await textOf(failing, failing, { language: 'fr' })).split('\n\n')
    expect(rest.join('\n\n')).toBe(`✗ pas réparé : 1 issue en défaut et 1 problème demeurent.

toujours en défaut
  ✗ A échoue : RangeError: on purpose
  ✗ A: RangeError: on purpose
    le rejouer : entrelacs replay 'a b.ts' e1.A1.…
`)
  })

  test.each([
    ['en', '✗ not repaired: 2 of 4 failing outcomes are gone, 2 failing outcomes and 1 violation remain.'],
    ['fr', '✗ pas réparé : 2 issues en défaut sur 4 ont disparu, 2 issues en défaut et 1 problème demeurent.'],
  ] as const)('agrees in number (%s)', async (language, sentence) => {
    expect(verdictOf(await textOf(graded(6, 4), graded(6, 2), { language }))).toBe(sentence)
  })

  test.each([
    ['en', '✗ not repaired: 1 failing outcome and 1 violation remain, 1 failing outcome is new.'],
    ['fr', "✗ pas réparé : 1 issue en défaut et 1 problème demeurent, 1 issue en défaut s'ajoute."],
  ] as const)('leaves out what is none (%s)', async (language, sentence) => {
    expect(verdictOf(await textOf(graded(6, 1), graded(6, 2), { language }))).toBe(sentence)
  })

  test('lists ten of a kind at most', async () => {
    const text = await textOf(graded(30, 25), graded(30, 25))
    expect(text).toContain('… and 16 more (--json shows all)')
    expect(text.match(/^ {2}✗/gm)).toHaveLength(10)
  })
})

describe('The text on a repair of which too little is known', () => {
  test.each([
    [
      'en',
      '? unknown whether it is repaired: nothing fails as far as the repair was explored, but that proves nothing.',
    ],
    [
      'fr',
      '? réparation incertaine : aucun problème dans ce qui a été exploré de la réparation, mais cela ne prouve rien.',
    ],
  ] as const)('says so (%s)', async (language, sentence) => {
    const text = await textOf(lostUpdate, locked, { language, repaired: { maxStates: 2 } })
    expect(verdictOf(text)).toBe(sentence)
    expect(text).not.toMatch(/gone|disparu|no longer|plus atteint/)
  })

  test('says nothing of what is gone if it fails all the same', async () => {
    const text = await textOf(graded(6, 4), graded(6, 2), { repaired: { until: 'first' } })
    expect(verdictOf(text)).toMatch(/^✗ not repaired: \d failing outcomes? and 1 violation remain\.$/)
  })

  test.each([
    ['en', 'The first program was not explored completely: it may fail in more ways than are known here.'],
    [
      'fr',
      "Le premier programme n'a pas été exploré en entier : il peut avoir d'autres problèmes que ceux qui sont connus ici.",
    ],
  ] as const)('says so of the first program (%s)', async (language, sentence) => {
    expect(await textOf(lostUpdate, locked, { language, broken: { until: 'first' } })).toContain(`.\n${sentence}\n`)
    expect(await textOf(lostUpdate, locked, { language })).not.toContain(sentence)
  })
})

describe('The text on a program that nothing is known to be wrong with', () => {
  test.each([
    ['en', undefined, '✓ nothing to repair: neither program fails.'],
    ['fr', undefined, "✓ rien à réparer : aucun des deux programmes n'est en défaut."],
    ['en', 2, '✓ the repair holds, and no failure of the first program is known.'],
    ['fr', 2, "✓ la réparation est vérifiée, et aucun problème du premier programme n'est connu."],
  ] as const)('does not say that it was repaired (%s, %s states)', async (language, maxStates, sentence) => {
    const broken = maxStates === undefined ? {} : { maxStates }
    expect(verdictOf(await textOf(locked, locked, { language, broken }))).toBe(sentence)
  })
})

describe('What outcomes were compared without', () => {
  const ending = (...names: string[]) =>
    program('ending', {}, (_params, p) => {
      for (const name of names) p.atomic(name, 1)
      p.thread('A', () => p.yieldNow())
    })

  test.each([
    ['en', ['x'], ['x', 'y'], 'Compared without y: only one of the two programs shows it.'],
    ['fr', ['x'], ['x', 'y'], 'Comparé sans y : un seul des deux programmes le montre.'],
    ['en', ['x', 'z'], ['x', 'y'], 'Compared without z, y: only one of the two programs shows them.'],
    ['fr', ['x', 'z'], ['x', 'y'], 'Comparé sans z, y : un seul des deux programmes les montre.'],
    ['en', ['x'], [...'xabcdef'], 'Compared without a, b, c, d, e, …: only one of the two programs shows them.'],
  ] as const)('is named (%s, %j, %j)', async (language, broken, repaired, sentence) => {
    expect(await textOf(ending(...broken), ending(...repaired), { language })).toContain(`\n${sentence}\n`)
  })

  test('is not spoken of where there is nothing', async () => {
    expect(await textOf(lostUpdate, locked)).not.toContain('Compared without')
  })
})

test('On a narrow terminal no outcome is wider than it', async () => {
  const wordy = program('wordy', {}, (_params, p) => {
    const x = p.atomic('x', '')
    p.thread('A', () => x.write('many words '.repeat(20)))
    p.finally('never', () => false)
  })
  const lines = (await textOf(wordy, wordy, { columns: 40 })).split('\n')
  expect(lines.find((line) => line.includes('many words'))).toMatch(/^.{1,40}$/)
})
