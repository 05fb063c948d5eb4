import type { ColdStart, Result, SpinResult } from './measure.js'
import { table, type Summary } from './statistics.js'

export const targets = { reduction: 0.7, noReduction: 0.5, coldStart: 4 }

export interface Report {
  readonly node: string
  readonly spin: string | null
  readonly rounds: number
  readonly results: readonly Result[]
  readonly coldStart: ColdStart | null
}

export function describe(report: Report): string {
  const versions = `Node ${report.node}, ${report.spin === null ? 'without SPIN' : `SPIN ${report.spin}`}`
  return [
    `${versions}. Median [min..max] of ${report.rounds} rounds in ms, after warm-up runs that are discarded.`,
    'explore() is the third run in a new process, first the first one, in which V8 still compiles. SPIN is the process of',
    'its verifier, compiled beforehand, with the size of table that suited it best. Ratios: explore(), in brackets first.',
    '',
    timesTable(report.results),
    '',
    countsTable(report.results),
    ...(report.results.some(({ equal }) => !equal)
      ? ['* SPIN keeps only what its processes still need, where our threads keep all they have received.']
      : []),
    '',
    ...report.results.filter(({ target }) => target).flatMap(targetLines),
    report.coldStart === null ? 'cold start: left out, there is no dist/cli' : coldStartLine(report.coldStart),
    ...report.results.flatMap(({ disagreements }) => disagreements.map((text) => `COUNTS DIFFER: ${text}`)),
  ].join('\n')
}

function timesTable(results: readonly Result[]): string {
  const header = ['program', 'explore()', 'first', 'SPIN', 'SPIN no reduction', 'ratio', 'ratio no red.']
  const rows = results.map(({ title, ours, spin }) => {
    const [reduced, full] = spin
    const theirs = [reduced, full].map((their) => (their === undefined ? '-' : times(their.process)))
    const ratios = [reduced, full].map((their) => (their === undefined ? '-' : ratioPair(their)))
    return [title, times(ours.explore), times(ours.first), ...theirs, ...ratios]
  })
  return table([header, ...rows])
}

function countsTable(results: readonly Result[]): string {
  const header = ['program', 'states', 'SPIN', 'SPIN no red.', 'transitions', 'SPIN', 'SPIN no red.', 'equal']
  const rows = results.map(({ title, equal, ours, spin, disagreements }) => {
    const [reduced, full] = spin
    const verdict = disagreements.length > 0 ? 'NO' : equal && full !== undefined ? 'yes' : '-'
    const states = [ours, reduced, full].map((side) => String(side?.states ?? '-'))
    const transitions = [ours, reduced, full].map((side) => String(side?.transitions ?? '-'))
    return [title, ...states, ...transitions, verdict]
  })
  return table([header, ...rows])
}

function targetLines({ title, spin }: Result): string[] {
  return spin.map(({ reduction, ratio, firstRatio }) => {
    const limit = reduction ? targets.reduction : targets.noReduction
    const against = reduction ? 'SPIN' : 'SPIN without reduction'
    const first = `${firstRatio.toFixed(2)} with compiling: ${met(firstRatio, limit)}`
    return `${title} against ${against}: ${ratio.toFixed(2)}, target ${limit}: ${met(ratio, limit)} (${first})`
  })
}

function coldStartLine({ rounds, explore, node, ratio }: ColdStart): string {
  const medians = `${times(explore)} against ${times(node)} for node -e 0, ${rounds} rounds`
  const verdict = `${ratio.toFixed(2)}, target ${targets.coldStart}: ${met(ratio, targets.coldStart)}`
  return `cold start, explore lost-update --json: ${medians}: ${verdict}`
}

const met = (ratio: number, limit: number): string => (ratio <= limit ? 'met' : 'NOT met')
const times = ({ median, min, max }: Summary): string => `${median.toFixed(0)} [${min.toFixed(0)}..${max.toFixed(0)}]`
const ratioPair = ({ ratio, firstRatio }: SpinResult): string => `${ratio.toFixed(2)} (${firstRatio.toFixed(2)})`
