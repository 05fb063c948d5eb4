import type { ExploreReport } from '../engine/explore/explore-report.js'
import { formatWhole } from './figures.js'
import type { ReportStyle } from './report-style.js'
import { workInEnglish, workInFrench } from './work-messages.js'

/** Who did the work, and from where it went on. */
export function workLines({ workers, checkpoint }: ExploreReport, { language }: ReportStyle): string[] {
  const messages = language === 'fr' ? workInFrench : workInEnglish
  const lines: string[] = []
  if (checkpoint?.resumed === true) lines.push(messages.resumed(checkpoint.file))
  if (workers !== undefined)
    lines.push(workers.used > 1 ? messages.shared(formatWhole(workers.used, language)) : messages.oneWorkerOnly)
  return lines
}

/** Where what is left to do is kept. */
export function keptLines({ checkpoint }: ExploreReport, { language, paint }: ReportStyle): string[] {
  const messages = language === 'fr' ? workInFrench : workInEnglish
  if (checkpoint === undefined) return []
  if (checkpoint.failure !== null) return [`${paint.doubt('?')} ${messages.notKept(checkpoint.failure)}`]
  return checkpoint.kept ? [messages.kept(checkpoint.file)] : []
}
