import { program, replay } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { replayText } from '../../src/report/replay-text.js'
import { makeStyle } from '../../src/report/report-style.js'
import * as subjects from './support/subjects.js'
import { canonicalRun, replayOf, withoutColours, withoutPlaces } from './support/subjects.js'

const style = makeStyle('en')

describe('A replayed run as text', () => {
  test('ends with what came out and why', async () => {
    const text = withoutPlaces(replayText(await replayOf(subjects.lostUpdate, 'property'), style))
    expect(text).toBe(`lost update

      A             B             counter
   1  read → 0                    0
   2                read → 0      0
   3                write 1       1
   4  write 1                     1

in the end: counter = 1
✗ both are kept
  A's write (here) overwrites B's (here): nothing orders A's read and write of counter with respect to B's.

data races in this run:
  A's read (here) and B's write (here) of counter race: nothing orders them. A and B have not synchronised before.
  B's read (here) and A's write (here) of counter race: nothing orders them. B and A have not synchronised before.
  B's write (here) and A's write (here) of counter race: nothing orders them. B and A have not synchronised before.
`)
  })

  test.each([
    ['deadlock', subjects.circle, /✗ [\s\S]*each waits for the next/],
    ['error', subjects.failing, /✗ [\s\S]*A ends by an error that nobody catches/],
    ['misuse', subjects.misusing, /✗ [\s\S]*A misuses an object/],
    ['race', subjects.lostUpdate, /✗ [\s\S]*race: nothing orders them/],
    ['endless', subjects.endless, /↻ [\s\S]*✗ [\s\S]*lead back to the same state/],
    ['property', subjects.wrongState, /✗ one at most\n[\s\S]*inside = 2/],
  ] as const)('names the cause of a %s', async (kind, subject, says) => {
    expect(replayText(await replayOf(subject, kind), style)).toMatch(says)
  })

  test('in French is French', async () => {
    const text = replayText(await replayOf(subjects.circle, 'deadlock'), makeStyle('fr'))
    expect(text).toContain('chacun attend le suivant')
    expect(text).not.toMatch(/waits|holds/)
  })

  test('has no colours unless they are wanted, and the same words if they are', async () => {
    const run = await replayOf(subjects.circle, 'deadlock')
    expect(replayText(run, style)).not.toContain('\u001b')
    expect(withoutColours(replayText(run, makeStyle('en', true)))).toBe(replayText(run, style))
  })

  test('says so if nothing goes wrong', () => {
    const fine = program('fine', {}, (_params, p) => {
      p.thread('A', () => p.yieldNow())
    })
    expect(replayText(canonicalRun(fine), style)).toContain('✓ Nothing goes wrong in this run.')
  })

  test('says so if the program could go on', () => {
    const run = replay(subjects.endless, canonicalRun(subjects.endless).token, { adapt: true })
    expect(replayText({ ...run, isOver: false, outcome: null, holds: true }, style)).toContain(
      'The token ends here; the program could go on.',
    )
  })

  test('says how far a token of a changed program was followed', () => {
    expect(replayText(canonicalRun(subjects.lostUpdate), style)).toContain(
      'The program has changed since: it first differs at step 1; 1 of 1 choices were followed',
    )
  })
})
