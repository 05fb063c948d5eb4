import type { Warning } from '../engine/detect/leftovers.js'
import type { ExploreReport } from '../engine/explore/explore-report.js'
import { formatPlace } from '../engine/place.js'
import { formatOdds, formatWhole } from './figures.js'
import type { ReportStyle } from './report-style.js'

/** What is no violation, but hardly meant: a line each. */
export function warningLines({ warnings = [] }: ExploreReport, style: ReportStyle): string[] {
  const { paint } = style
  return warnings.map((warning) => `${paint.doubt('!')} ${sentence(warning, style)}${figures(warning, style)}`)
}

function sentence({ kind, object, thread, place, message }: Warning, { messages: { warning } }: ReportStyle): string {
  switch (kind) {
    case 'never-released':
      return warning.neverReleased(object ?? '', thread)
    case 'leaked-task':
      return warning.leakedTask(object ?? '', thread, message.slice(message.indexOf(': ') + 2))
    case 'never-joined':
      return warning.neverJoined(thread, place === undefined ? '' : ` (${formatPlace(place)})`)
  }
}

function figures({ interleavings, probability }: Warning, { messages, language }: ReportStyle): string {
  if (interleavings === null || interleavings === 'unbounded') return ''
  const odds = probability === null ? '' : ` · ${formatOdds(probability, language)}`
  return `   ${messages.interleavings(formatWhole(interleavings, language))}${odds}`
}
