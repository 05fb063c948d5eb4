import { program, type Program, type ViolationKind } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { causeOf, formatState } from '../../src/report/cause.js'
import { makeStyle } from '../../src/report/report-style.js'
import * as subjects from './support/subjects.js'
import { replayOf, withoutPlaces } from './support/subjects.js'

interface Sentence {
  readonly title: string
  readonly subject: Program
  readonly kind: ViolationKind
  readonly en: string
  readonly fr: string
}

const sentences: Sentence[] = [
  {
    title: 'A lost update',
    subject: subjects.lostUpdate,
    kind: 'property',
    en: "A's write (here) overwrites B's (here): nothing orders A's read and write of counter with respect to B's.",
    fr: "L'écriture de A (here) écrase celle de B (here) : rien n'ordonne la lecture et l'écriture de counter par A avec celles de B.",
  },
  {
    title: 'A value that is out of date',
    subject: subjects.staleRead,
    kind: 'property',
    en: 'customer goes on (here) from a value of open that clerk has changed since (here): nothing keeps the two together.',
    fr: 'customer poursuit (here) avec une valeur de open que clerk a changée depuis (here) : rien ne tient les deux ensemble.',
  },
  {
    title: 'A wrong end',
    subject: subjects.wrongEnd,
    kind: 'property',
    en: 'In the end: list = [3].',
    fr: 'À la fin : list = [3].',
  },
  {
    title: 'A wrong state',
    subject: subjects.wrongState,
    kind: 'property',
    en: "After B's last step (here): inside = 2.",
    fr: 'Après le dernier pas de B (here) : inside = 2.',
  },
  {
    title: 'A circle of threads that wait',
    subject: subjects.circle,
    kind: 'deadlock',
    en: 'A waits for right, which B holds (here); B waits for left, which A holds (here): each waits for the next, and nobody can go on.',
    fr: 'A attend right, que B détient (here); B attend left, que A détient (here): chacun attend le suivant et personne ne peut avancer.',
  },
  {
    title: 'A thread that waits for itself',
    subject: subjects.self,
    kind: 'deadlock',
    en: 'A waits for door, which it holds itself (here).',
    fr: "A attend door, qu'il détient lui-même (here).",
  },
  {
    title: 'An uncaught error',
    subject: subjects.failing,
    kind: 'error',
    en: 'A ends by an error that nobody catches (here): RangeError: on purpose',
    fr: "A se termine par une erreur que personne n'intercepte (here) : RangeError: on purpose",
  },
  {
    title: 'A future that another thread has cancelled',
    subject: subjects.asksForTheCancelled,
    kind: 'error',
    en: 'reader asks for the result of report (here), which impatient had cancelled (here): nobody catches the CancelledError.',
    fr: "reader demande le résultat de report (here), que impatient avait annulé (here) : personne n'intercepte l'erreur CancelledError.",
  },
  {
    title: 'A future of a pool that its own submitter has cancelled',
    subject: subjects.cancelsAndAsks,
    kind: 'error',
    en: 'main asks for the result of pool’s job 1 of main (here), which it had cancelled (here): nobody catches the CancelledError.',
    fr: "main demande le résultat de pool’s job 1 of main (here), qu'il avait annulé (here) : personne n'intercepte l'erreur CancelledError.",
  },
  {
    title: 'A thread that waits for what nobody can give any more',
    subject: subjects.lateWaiter,
    kind: 'deadlock',
    en: "A waits (acquire permits) (here), and nobody is left who could end that: giver's release (here) came before it, at step 1.",
    fr: 'A attend (acquire permits) (here), et il ne reste personne pour y mettre fin : release de giver (here) est venu avant, au pas 1.',
  },
  {
    title: 'A thread that waits for a notification that came before it',
    subject: subjects.missedNotify,
    kind: 'deadlock',
    en: "A waits (wait news) (here), and nobody is left who could end that: giver's notify (here) came before it, at step 2.",
    fr: 'A attend (wait news) (here), et il ne reste personne pour y mettre fin : notify de giver (here) est venu avant, au pas 2.',
  },
  {
    title: 'A thread that is passed over',
    subject: subjects.starved,
    kind: 'starvation',
    en: 'The last 3 steps lead back to the same state; repeated for ever, everybody has a turn, but A gets on no more.',
    fr: "Les 3 derniers pas ramènent au même état ; répétés sans fin, chacun a son tour, mais A n'avance plus.",
  },
  {
    title: 'A fair run without end',
    subject: subjects.endless,
    kind: 'endless',
    en: 'The last 2 steps lead back to the same state; repeated for ever, they give every thread its turn.',
    fr: 'Les 2 derniers pas ramènent au même état ; répétés sans fin, ils donnent son tour à chaque fil.',
  },
]

describe.each(['en', 'fr'] as const)('The cause in %s', (language) => {
  const style = makeStyle(language)

  test.each(sentences)('of $title is one sentence', async ({ subject, kind, ...sentence }) => {
    const replay = await replayOf(subject, kind)
    expect(withoutPlaces(causeOf(kind, replay, style))).toBe(sentence[language])
  })

  test('of a data race names both accesses and the cell', async () => {
    const cause = causeOf('race', await replayOf(subjects.lostUpdate, 'race'), style)
    for (const part of ['A', 'B', 'write', 'read', 'counter']) expect(cause).toContain(part)
    expect(cause.match(/\.ts:\d+/g)).toHaveLength(2)
  })

  test('of a misuse names the thread, the lock and the place', async () => {
    const cause = withoutPlaces(causeOf('misuse', await replayOf(subjects.misusing, 'misuse'), style))
    expect(cause).toMatch(
      language === 'en' ? /^A misuses an object \(here\): .*door.*\.$/ : /^A emploie mal .*door.*\.$/,
    )
    expect(cause).not.toMatch(/\.\.$/)
  })

  test('of a livelock says that no thread can end', async () => {
    const cause = causeOf('livelock', await replayOf(subjects.endless, 'endless'), style)
    expect(cause).toMatch(language === 'en' ? /no thread can ever end\.$/ : /aucun fil ne peut finir\.$/)
  })

  test('of a thread that waits for a blocked one tells of both', async () => {
    const cause = causeOf('deadlock', await replayOf(subjects.waitsAlone, 'deadlock'), style)
    expect(cause).toContain(language === 'en' ? 'parent waits' : 'parent attend')
    expect(cause).toContain(language === 'en' ? 'child waits for door, which it holds itself' : 'child attend door')
  })
})

describe('The cause of a lost update', () => {
  const style = makeStyle('en')

  test('is told for the element of an array that was overwritten', async () => {
    const shared = program('array', {}, (_params, p) => {
      const sums = p.array('sums', 2)
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* sums.write(1, (yield* sums.read(1)) + 1)
        })
      p.finally('both are kept', (final) => final(sums)[1] === 2)
    })
    const cause = causeOf('property', await replayOf(shared, 'property'), style)
    expect(cause).toMatch(/^A's write .* overwrites B's .* read and write of sums /)
  })

  test('is not claimed for different elements', async () => {
    const apart = program('apart', {}, (_params, p) => {
      const sums = p.array('sums', 2)
      for (const [i, name] of ['A', 'B'].entries())
        p.thread(name, function* () {
          yield* sums.write(i, (yield* sums.read(i)) + 1)
        })
      p.finally('never', () => false)
    })
    expect(causeOf('property', await replayOf(apart, 'property'), style)).toBe('In the end: sums = [1,1].')
  })

  test('is not claimed for a thread that reads again before it writes', async () => {
    const again = program('again', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', function* () {
        yield* x.write((yield* x.read()) + 1)
        yield* x.write((yield* x.read()) + 1)
      })
      p.finally('never', () => false)
    })
    expect(causeOf('property', await replayOf(again, 'property'), style)).toBe('In the end: x = 2.')
  })
})

describe('A state in words', () => {
  test('names every object', () => {
    expect(formatState({ counter: 1, list: [1, 2], name: 'x' })).toBe('counter = 1, list = [1,2], name = "x"')
  })

  test('without objects is a dash', () => {
    expect(formatState({})).toBe('–')
  })
})
