import type { HistoryLimit } from '../errors.js'
import type { ExploreReport, HistoryKind, LongestThread } from './explore-report.js'
import { EXECUTION_LIMIT } from './random-search.js'

/** What a report says about a search that stopped early. */
export type Stopped = NonNullable<ExploreReport['stopped']>

const CLAIM = 'p.at(label, …locals) at the head of the loop'
const CLAIM_HINT = `let it say ${CLAIM}`

/**
 * Why a search stopped early and what follows, as a sentence.
 *
 * @param detail what could not be followed (`history`), or the bound on preemptions or delays.
 * @param longest who has performed the most operations.
 * @param limit what kind of thing could not be followed (`history`).
 */
export function stopMessage(reason: Stopped['reason'], detail: string, longest = '', limit?: HistoryKind): string {
  switch (reason) {
    case 'states':
      return `the bound on states was reached; ${longest}`
    case 'memory':
      return `the bound on memory was reached; ${longest}; if a thread loops for ever, ${CLAIM_HINT}`
    case 'history':
      return `${detail}${historyHint(limit)}`
    case 'preemptions':
    case 'delays':
      return `only schedules with at most ${detail} ${detail === '1' ? reason.slice(0, -1) : reason} were explored`
    case 'cycles':
      return 'threads can go round in a cycle of states, and the reduction does not tell whether they may do so for ever'
    case 'bitstate':
      return 'states were remembered by a few bits each, so that some may have been taken for known'
    case 'aborted':
      return 'stopped on request'
    case 'first':
      return 'stopped at the first failure, as asked'
  }
}

/** What a report says about a search that met what it cannot follow. */
export function stoppedByHistory(error: HistoryLimit): Stopped {
  const limit = error.code === 'limit/values' ? 'values' : 'operations'
  return { reason: 'history', message: stopMessage('history', error.message, '', limit), limit }
}

/** The same of one that runs each execution to its end, and has met one that takes too long for that. */
export function stoppedByLength(): Stopped {
  const detail = `an execution takes more than ${EXECUTION_LIMIT} steps, and dpor runs each to its end`
  return { reason: 'history', message: stopMessage('history', detail, '', 'steps'), limit: 'steps' }
}

/** A thread's operations in a sentence of `stopMessage`. */
export function longestText({ thread, operations }: LongestThread): string {
  return `thread “${thread}” has performed up to ${operations} operations`
}

function historyHint(limit: HistoryKind | undefined): string {
  if (limit === 'threads') return ''
  if (limit === 'values') return '; explore a smaller instance, or keep smaller values in shared objects'
  if (limit === 'steps') return `; strategy graph sees whether it goes on for ever, if threads that loop say ${CLAIM}`
  return `; if it loops for ever, ${CLAIM_HINT}`
}
