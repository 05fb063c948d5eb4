import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreText } from '../../src/report/explore-text.js'
import type { Language } from '../../src/report/messages.js'
import { makeStyle } from '../../src/report/report-style.js'
import { explored, lostUpdate } from './support/subjects.js'

const apart = program('apart', {}, (_params, p) => {
  for (const name of ['A', 'B']) {
    const own = p.atomic(`own ${name}`, 0)
    p.thread(name, () => own.write(1))
  }
})

const waiting = (mayFail: boolean) =>
  program('waiting', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    p.thread('A', function* () {
      for (;;) {
        yield* p.at('turn')
        if ((yield* x.read()) === 1) return
      }
    })
    p.thread('B', () => x.write(1))
    if (mayFail) p.finally('x is 0', (final) => final(x) === 0)
  })

async function textOf(subject: Parameters<typeof explored>[0], language: Language = 'en'): Promise<string> {
  const { report } = await explored(subject, { reduction: true })
  return exploreText(report, { source: 'subject.ts', replays: [] }, makeStyle(language, false, 100))
}

describe('The report on a reduced graph', () => {
  test('says that it is one, and what that proves', async () => {
    expect(await textOf(apart)).toBe(`apart
explored completely, with reduction: 3 states, 2 transitions (interleavings are not counted)

outcomes
  ✓ own A = 1, own B = 1

✓ holds. No schedule breaks it: those that the 3 states leave out only take independent steps in another order (a state missed: below 1e-18).
`)
  })

  test('says so in French', async () => {
    expect(await textOf(apart, 'fr')).toBe(`apart
exploré en entier, avec réduction : 3 états, 2 transitions (entrelacements non comptés)

issues
  ✓ own A = 1, own B = 1

✓ vérifié. Aucun ordonnancement ne le met en défaut : ceux que les 3 états laissent de côté ne font que des pas indépendants dans un autre ordre (état manqué : moins de 1e-18).
`)
  })

  test('shows what goes wrong, without numbers', async () => {
    const text = await textOf(lostUpdate)

    expect(text).toContain('the least: 1 preemption, 4 steps')
    expect(text).not.toMatch(/\d+ interleavings?|1 in \d/)
  })

  test('does not say that there is no endless run', async () => {
    expect(await textOf(waiting(false))).toContain(
      '? unknown: nothing went wrong as far as it was explored, but threads can go round in a cycle of states, and the reduction does not tell whether they may do so for ever.\n',
    )
    expect(await textOf(waiting(false), 'fr')).toContain(
      "? inconnu : aucun problème dans ce qui a été exploré, mais les fils peuvent tourner en rond d'un état à l'autre, et la réduction ne dit pas s'ils le peuvent sans fin.\n",
    )
  })

  test('leaves it open beside what it has found', async () => {
    expect(await textOf(waiting(true))).toContain(
      'Threads can go round in a cycle of states; whether they may do so for ever, the reduction does not tell.\n✗ violated: one thing goes wrong.\n',
    )
    expect(await textOf(waiting(true), 'fr')).toContain(
      "Les fils peuvent tourner en rond d'un état à l'autre ; s'ils le peuvent sans fin, la réduction ne le dit pas.\n✗ en défaut : un problème.\n",
    )
  })
})
