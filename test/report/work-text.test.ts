import type { ExploreReport } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { keptLines, workLines } from '../../src/report/work-text.js'
import { makePaint } from '../../src/report/paint.js'
import { messagesIn } from '../../src/report/messages.js'
import type { ReportStyle } from '../../src/report/report-style.js'

function style(language: 'en' | 'fr'): ReportStyle {
  return { language, messages: messagesIn(language), paint: makePaint(false), columns: 80 }
}

const report = (more: Partial<ExploreReport>) => ({ complete: true, ...more }) as ExploreReport

describe('The report says of the work', () => {
  test('nothing if one thread did it at once', () => {
    expect(workLines(report({}), style('en'))).toEqual([])
    expect(keptLines(report({}), style('en'))).toEqual([])
  })

  test('how many shared it', () => {
    const shared = report({ workers: { wanted: 4, used: 4 } })
    expect(workLines(shared, style('en'))).toEqual(['shared by 4 workers'])
    expect(workLines(shared, style('fr'))).toEqual(['partagé entre 4 fils de travail'])
  })

  test('why one did it where several were asked for', () => {
    const alone = report({ workers: { wanted: 4, used: 1 } })
    expect(workLines(alone, style('en')).join()).toContain('the program does not name its module')
    expect(workLines(alone, style('fr')).join()).toContain('le programme ne nomme pas son module')
  })

  test('from where it went on', () => {
    const resumed = report({ checkpoint: { file: 'it', resumed: true, kept: false, failure: null } })
    expect(workLines(resumed, style('en'))).toEqual(['gone on from the checkpoint it'])
    expect(workLines(resumed, style('fr'))).toEqual(['repris du point de reprise it'])
  })

  test('where it is kept, if something is left to do', () => {
    const checkpoint = { file: 'it', resumed: false, kept: true, failure: null }
    expect(keptLines(report({ checkpoint, complete: false }), style('en'))).toEqual([
      'Kept in it: the same command goes on from there.',
    ])
    const unkept = { ...checkpoint, kept: false }
    expect(keptLines(report({ checkpoint: unkept, complete: false }), style('en'))).toEqual([])
  })

  test('why it could not be kept', () => {
    const checkpoint = { file: 'it', resumed: false, kept: false, failure: 'no space left' }
    expect(keptLines(report({ checkpoint }), style('en'))).toEqual(['? No checkpoint could be written: no space left.'])
  })
})
