import type { ExploreReport } from './explore-report.js'

/** Why a search stopped early and what follows, as a sentence. */
export function stopMessage(
  reason: NonNullable<ExploreReport['stopped']>['reason'],
  detail: string,
  longest = '',
): string {
  switch (reason) {
    case 'states':
      return `the bound on states was reached; ${longest}`
    case 'memory':
      return `the bound on memory was reached; ${longest}; if a thread loops for ever, let it say p.at(label, …locals) at the head of the loop`
    case 'history':
      return `${detail}; if it loops for ever, let it say p.at(label, …locals) at the head of the loop`
    case 'preemptions':
    case 'delays':
      return `only schedules with at most ${detail} ${detail === '1' ? reason.slice(0, -1) : reason} were explored`
    case 'aborted':
      return 'stopped on request'
    case 'first':
      return 'stopped at the first failure, as asked'
  }
}
