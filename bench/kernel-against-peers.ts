/* The simulator's kernel against other discrete-event engines: SimPy, or a minimal loop in Python if it is not installed, and
 * `simjs` from npm. What is compared is processor time, of processes that run in turn: other work on the machine slows it
 * much less than time on the clock.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import type { Setting } from './setting.js'
import { inTurns, summarize, type Summary } from './statistics.js'

interface KernelContest {
  readonly title: string
  readonly program: 'queue' | 'ping' | 'hold'
  readonly numbers: readonly number[]
  /** Customers, waits or events: what a rate is a rate of. */
  readonly work: number
  /** Whether what a program came to is right. */
  readonly isRight: (result: number) => boolean
  /** At least that many times as fast as the engine in Python, and as simjs. */
  readonly python?: number
  readonly simjs?: number
  /** At least that many a second. */
  readonly rate?: number
}

const MILLION = 1_000_000
// One run of a million customers scatters by about 0.1 around the 4.263 of theory.
const isMeanWait = (result: number) => Math.abs(result - 4.263) < 0.5
const isMillion = (result: number) => result === MILLION

const CONTESTS: readonly KernelContest[] = [
  {
    title: 'kernel M/M/2',
    program: 'queue',
    numbers: [MILLION, 1.8, 1, 2],
    work: MILLION,
    isRight: isMeanWait,
    python: 10,
    simjs: 2,
  },
  ...[0, 1].map((isRandom): KernelContest => ({
    title: `kernel 1000 x 1000 ${isRandom ? 'random' : 'unit'}`,
    program: 'ping',
    numbers: [1000, 1000, isRandom],
    work: MILLION,
    isRight: isMillion,
    python: 8,
    simjs: 2,
  })),
  ...[16, 256, 4096, 65536].map((pending): KernelContest => ({
    title: `kernel hold ${pending}`,
    program: 'hold',
    numbers: [pending, MILLION],
    work: MILLION,
    isRight: isMillion,
    ...(pending === 4096 ? { rate: 5 * MILLION } : {}),
  })),
]

/** What takes seconds is not run more often than this. */
const SLOW_ROUNDS = 3
const PYTHON = fileURLToPath(new URL('./peers/event-kernel.py', import.meta.url))

export interface KernelResult {
  readonly title: string
  readonly work: number
  readonly ours: Summary
  readonly python: Peer | null
  readonly simjs: Peer | null
  readonly rateTarget: number | null
  readonly disagreements: readonly string[]
}

export interface Peer {
  readonly cpu: Summary
  /** Its median over ours. */
  readonly ratio: number
  readonly target: number
}

export interface KernelReport {
  readonly rounds: number
  /** The engine in Python; null without Python. */
  readonly python: string | null
  readonly simjs: string | null
  readonly results: readonly KernelResult[]
}

/** Measures every wanted program; null if none is. */
export function kernelAgainstPeers({ folder, rounds, isWanted, progress }: Setting): KernelReport | null {
  const wanted = CONTESTS.filter(({ title }) => isWanted(title))
  if (wanted.length === 0) return null
  const script = compile(folder)
  const python = pythonEngine()
  const simjs = findSimjs()
  const results = wanted.map((contest) => {
    progress(contest.title)
    return measure(contest, rounds, script, python !== null, simjs)
  })
  return { rounds, python, simjs: simjs?.version ?? null, results }
}

interface Run {
  readonly cpuMs: number
  readonly result: number
}

function measure(
  { title, program, numbers, work, isRight, ...targets }: KernelContest,
  rounds: number,
  script: string,
  hasPython: boolean,
  simjs: Simjs | null,
): KernelResult {
  const given = [program, ...numbers.map(String)]
  const runs = { ours: [] as Run[], python: [] as Run[], simjs: [] as Run[] }
  const competitors = [() => runs.ours.push(run(process.execPath, [script, 'ours', ...given]))]
  if (hasPython && targets.python !== undefined) {
    competitors.push(() =>
      runs.python.length < SLOW_ROUNDS ? runs.python.push(run('python3', [PYTHON, ...given])) : SLOW_ROUNDS,
    )
  }
  if (simjs !== null && targets.simjs !== undefined) {
    competitors.push(() => runs.simjs.push(run(process.execPath, [script, simjs.file, ...given])))
  }
  inTurns(rounds, competitors)
  const ours = cpuOf(runs.ours)
  const peer = (their: readonly Run[], target = 0): Peer | null =>
    their.length === 0 ? null : { cpu: cpuOf(their), ratio: cpuOf(their).median / ours.median, target }
  return {
    title,
    work,
    ours,
    python: peer(runs.python, targets.python),
    simjs: peer(runs.simjs, targets.simjs),
    rateTarget: targets.rate ?? null,
    disagreements: Object.entries(runs).flatMap(([engine, all]) =>
      all.filter(({ result }) => !isRight(result)).map(({ result }) => `${title}: ${engine} came to ${result}`),
    ),
  }
}

const cpuOf = (runs: readonly Run[]): Summary => summarize(runs.map(({ cpuMs }) => cpuMs))

function run(command: string, args: readonly string[]): Run {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return JSON.parse(stdout) as Run
}

function compile(folder: string): string {
  const script = join(folder, 'kernel-run-once.mjs')
  const source = fileURLToPath(new URL('./kernel/run-once.ts', import.meta.url))
  buildSync({ entryPoints: [source], outfile: script, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  return script
}

function pythonEngine(): string | null {
  const { status, stdout } = spawnSync('python3', [PYTHON, 'version'], { encoding: 'utf8' })
  if (status !== 0) return null
  const { simpy } = JSON.parse(stdout) as { simpy: string | null }
  return simpy === null ? 'a minimal heapq loop in Python' : `SimPy ${simpy}`
}

interface Simjs {
  readonly file: string
  readonly version: string
}

function findSimjs(): Simjs | null {
  const require = createRequire(import.meta.url)
  try {
    const { version } = require('simjs/package.json') as { version: string }
    return { file: pathToFileURL(require.resolve('simjs')).href, version }
  } catch {
    return null
  }
}

/** The table, a list of cells for each of its rows. */
export function kernelRows({ results }: KernelReport): string[][] {
  const header = ['program', 'ms', 'M/s', 'Python ms', 'ratio', 'target', 'simjs ms', 'ratio', 'target']
  const rows = results.map(({ title, work, ours, python, simjs, rateTarget }) => {
    const rate = work / ours.median / 1000
    const goal = rateTarget === null ? '' : ` (${verdict(rate, rateTarget / MILLION)})`
    return [title, ours.median.toFixed(0), `${rate.toFixed(1)}${goal}`, ...peerCells(python), ...peerCells(simjs)]
  })
  return [header, ...rows]
}

function peerCells(peer: Peer | null): string[] {
  if (peer === null) return ['-', '-', '-']
  return [peer.cpu.median.toFixed(0), peer.ratio.toFixed(1), verdict(peer.ratio, peer.target)]
}

const verdict = (reached: number, target: number): string => `${target}: ${reached >= target ? 'met' : 'NOT met'}`

export function kernelLegend({ rounds, python, simjs }: KernelReport): string {
  return [
    `The simulator's kernel: processor time, medians of ${rounds} rounds (at most ${SLOW_ROUNDS} in Python), third run of a process.`,
    'M/M/2: a million customers at a load of 0.9, a process each; 1000 x 1000: timeouts of processes; hold: the event queue alone.',
    `${python === null ? 'There is no python3: left out.' : `Python is ${python}.`} ${
      simjs === null ? 'simjs is not installed: left out.' : `simjs ${simjs} has callbacks in place of processes.`
    }`,
  ].join('\n')
}
