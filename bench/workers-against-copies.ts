import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Setting } from './setting.js'
import { summarize, type Summary } from './statistics.js'

/** What two workers do of what two independent copies of a search with one worker do together. */
export interface SharedResult {
  readonly title: string
  readonly executions: number
  /** One of the copies that run at the same time. */
  readonly copy: Summary
  readonly workers: Summary
  /** The throughput of the workers over that of both copies: the median of the rounds. */
  readonly ratio: number
  readonly disagreements: readonly string[]
}

export interface SharedReport {
  readonly rounds: number
  readonly target: number
  readonly results: readonly SharedResult[]
}

const TARGET = 0.85
const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
// The first three last a second or two, in which starting and just-in-time compiling weigh double; the others show what
// is left of that in a longer search.
const PROGRAMS = [
  { title: 'lockinc 10', file: 'lockinc.ts' },
  { title: 'casw 6', file: 'casw.ts' },
  { title: 'counter 3x3', file: 'counter.ts' },
  { title: 'readers 22', file: 'readers.ts' },
  { title: 'ainc 11', file: 'ainc.ts' },
] as const

/** Measures every wanted program; null if none is. */
export async function workersAgainstCopies({ rounds, isWanted, progress }: Setting): Promise<SharedReport | null> {
  const wanted = PROGRAMS.filter(({ title }) => isWanted(`workers ${title}`))
  const results: SharedResult[] = []
  for (const { title, file } of wanted) {
    progress(`workers ${title}`)
    results.push(await measure(title, fileURLToPath(new URL(`./shared/${file}`, import.meta.url)), rounds))
  }
  return results.length === 0 ? null : { rounds, target: TARGET, results }
}

async function measure(title: string, file: string, rounds: number): Promise<SharedResult> {
  const copies: number[] = []
  const shared: number[] = []
  const ratios: number[] = []
  const counts = new Set<string>()
  let executions = 0
  const note = ({ elapsedMs, counts: { executions: number, deadlocked } }: Explored) => {
    executions = number
    counts.add(`${number} executions, ${deadlocked} deadlocked`)
    return elapsedMs
  }
  for (let round = 0; round < rounds; round++) {
    const both = (await Promise.all([explore(file, 1), explore(file, 1)])).map(note)
    const together = note(await explore(file, 2))
    const copy = (both[0] + both[1]) / 2
    copies.push(copy)
    shared.push(together)
    ratios.push(copy / 2 / together)
  }
  return {
    title,
    executions,
    copy: summarize(copies),
    workers: summarize(shared),
    ratio: summarize(ratios).median,
    disagreements: counts.size === 1 ? [] : [`${title}: ${[...counts].join(' and ')}`],
  }
}

interface Explored {
  readonly elapsedMs: number
  readonly counts: { readonly executions: number; readonly deadlocked: number }
}

function explore(file: string, workers: number): Promise<Explored> {
  const args = [COMMAND, 'explore', file, '--strategy', 'dpor', '--json', '--workers', String(workers)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(JSON.parse(output) as Explored))
  })
}

/** The table, a list of cells for each of its rows. */
export function sharedRows({ results, target }: SharedReport): string[][] {
  const header = ['program', 'executions', 'copy ms', 'workers ms', 'ratio', 'target']
  const rows = results.map(({ title, executions, copy, workers, ratio }) => [
    title,
    executions.toLocaleString('en-GB'),
    copy.median.toFixed(0),
    workers.median.toFixed(0),
    ratio.toFixed(2),
    `${target}: ${ratio >= target ? 'met' : 'NOT met'}`,
  ])
  return [header, ...rows]
}

export function sharedLegend({ rounds }: SharedReport): string {
  return [
    'Two workers (dpor, --workers 2) against two independent copies with one worker each, which run at the same time.',
    `Times of explore() in new processes, medians of ${rounds} rounds; ratio: throughput of the workers over that of both copies.`,
  ].join('\n')
}
