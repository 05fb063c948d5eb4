import { program, type Program, type Replay } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { makeStyle } from '../../src/report/report-style.js'
import { textWidth } from '../../src/report/text-width.js'
import { stepText, traceTable } from '../../src/report/trace-table.js'
import { canonicalRun, circle, endless, lostUpdate, printing, replayOf, withoutColours } from './support/subjects.js'

const wide = makeStyle('en')

/** Threads with these names that write a cell in turns. */
function writers(names: readonly string[], times: number, cell = 'x'): Program {
  return program('writers', {}, (_params, p) => {
    const x = p.atomic(cell, 0)
    for (const name of names)
      p.thread(name, function* () {
        for (let i = 1; i <= times; i++) yield* x.write(i)
      })
    p.finally('never', () => false)
  })
}

async function tableOf(subject: Program, columns = 100): Promise<string[]> {
  return traceTable(await replayOf(subject, 'property'), makeStyle('en', false, columns))
}

describe('The table of a trace', () => {
  test('has a column for each thread, then one for each object, and a row for each step', async () => {
    expect(await tableOf(lostUpdate)).toEqual([
      '      A             B             counter',
      '   1  read → 0                    0',
      '   2                read → 0      0',
      '   3                write 1       1',
      '   4  write 1                     1',
    ])
  })

  test('names the object of a step where there are several', async () => {
    expect(traceTable(await replayOf(circle, 'deadlock'), wide)).toEqual([
      '      A             B              left  right',
      '   1  acquire left                 A     ·',
      '   2                acquire right  A     B',
    ])
  })

  test('leaves out objects that no step touches', async () => {
    const untouched = program('untouched', {}, (_params, p) => {
      const used = p.atomic('used', 0)
      p.atomic('unused', 0)
      p.thread('A', () => used.write(1))
      p.finally('never', () => false)
    })
    expect((await tableOf(untouched))[0]).toBe('      A             used')
  })

  test('keeps its columns below wide characters', async () => {
    const lines = await tableOf(writers(['預金', 'B'], 1, '残高'))
    expect(lines[0]).toBe('      預金          B             残高')
    expect(lines.slice(1)).toEqual(['   1  write 1                     1', '   2                write 1       1'])
  })

  test('cuts what is too long for a cell', async () => {
    const long = program('long', {}, (_params, p) => {
      const x = p.atomic('x', '')
      p.thread('A', () => x.write('a text that is much longer than any cell of a table may be'))
      p.finally('never', () => false)
    })
    expect((await tableOf(long))[1]).toBe('   1  write "a text that is much …  a text that is much longer …')
  })

  test('is no wider than the terminal, however many threads there are', () => {
    for (const threads of [1, 3, 8, 20]) {
      const run = canonicalRun(
        writers(
          Array.from({ length: threads }, (_, i) => `thread ${i}`),
          1,
        ),
      )
      expect(run.steps).toHaveLength(threads)
      for (const columns of [40, 80, 100])
        for (const line of traceTable(run, makeStyle('en', false, columns)))
          expect(textWidth(line)).toBeLessThanOrEqual(columns)
    }
  })

  test('has no colours unless they are wanted', async () => {
    const run = await replayOf(lostUpdate, 'property')
    const coloured = traceTable(run, makeStyle('en', true), { criticalStep: 2 })
    const plain = traceTable(run, wide, { criticalStep: 2 })
    expect(plain.join('\n')).not.toContain('\u001b')
    expect(coloured.join('\n')).toContain('\u001b[')
    expect(coloured.map(withoutColours)).toEqual(plain)
  })
})

describe('On a narrow terminal', () => {
  test('a trace is a list with one line a step', async () => {
    expect(await tableOf(lostUpdate, 40)).toEqual([
      '   1  A: read → 0   counter = 0',
      '   2  B: read → 0   counter = 0',
      '   3  B: write 1   counter = 1',
      '   4  A: write 1   counter = 1',
    ])
  })

  test('what an object shows comes below where both are too long, and is not lost', async () => {
    const lines = await tableOf(writers(['a thread with quite a long name'], 1), 30)
    expect(lines).toEqual(['   1  a thread with quite a l…', '      x = 1'])
  })
})

describe('Remarks in a trace', () => {
  test('say from which step on the failure cannot be avoided', async () => {
    const lines = traceTable(await replayOf(lostUpdate, 'property'), wide, { criticalStep: 2 })
    expect(lines.filter((line) => line.includes('←'))).toEqual([
      '   2                read → 0      0   ← from here on it cannot be avoided',
    ])
  })

  test('say from which step on an endless run repeats', async () => {
    const lines = traceTable(await replayOf(endless, 'endless'), wide)
    expect(lines.filter((line) => line.includes('↻'))).toEqual(['      ↻ from here on the steps repeat for ever'])
  })

  test('show what threads print, before and between their steps', async () => {
    const lines = await tableOf(printing)
    expect(lines[1]).toContain('begins {"at":1}')
    expect(lines.slice(2)).toEqual(['   1  add 1 → 0     1', '      A prints: has added'])
  })
})

describe('A long trace', () => {
  const subject = writers(['A'], 30)

  async function elided(maxRows: number): Promise<{ readonly lines: string[]; readonly run: Replay }> {
    const run = await replayOf(subject, 'property')
    return { run, lines: traceTable(run, wide, { maxRows }).slice(1) }
  }

  test('is shown with its beginning and its end, and a count of what was left out', async () => {
    const { lines } = await elided(9)
    expect(lines.map((line) => line.trim().split(/\s+/)[0])).toEqual([
      '1',
      '2',
      '3',
      '…',
      '25',
      '26',
      '27',
      '28',
      '29',
      '30',
    ])
    expect(lines[3]).toBe('      … 21 steps left out; replaying shows them all')
  })

  test('is shown whole if there is room', async () => {
    const { lines, run } = await elided(30)
    expect(lines).toHaveLength(run.steps.length)
  })

  test('of many thousand steps is no problem', () => {
    const run = canonicalRun(subject)
    const [step] = run.steps
    const many = { ...run, steps: Array.from({ length: 200_000 }, (_, i) => ({ ...step, step: i + 1 })) }
    expect(traceTable(many, wide, { maxRows: 12 })).toHaveLength(14)
  })
})

describe('A step in words', () => {
  test('names its object after the operation if there are several', async () => {
    const [step] = (await replayOf(lostUpdate, 'property')).steps
    expect(stepText(step, false)).toBe('read → 0')
    expect(stepText(step, true)).toBe('read counter → 0')
  })
})
