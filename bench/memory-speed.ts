/* How many accesses a second the memory of the modelled computer takes, a process each. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { ACCESSES, WORKLOADS } from './memory-workloads.js'
import type { Setting } from './setting.js'
import { summarize, type Summary } from './statistics.js'

export interface MemoryResult {
  readonly title: string
  readonly accesses: number
  /** Of processor time, of a round: there is one thread, and what else the machine does is none of its business. */
  readonly ms: Summary
  readonly perSecond: number
  /** Of the fastest round: what the rest of the machine has disturbed least. */
  readonly bestPerSecond: number
  /** Accesses a second, null if none is stated. */
  readonly target: number | null
}

export interface MemoryReport {
  readonly rounds: number
  readonly results: readonly MemoryResult[]
}

/** Measures every wanted workload; null if none is. */
export function memorySpeed({ folder, rounds, isWanted, progress }: Setting): MemoryReport | null {
  const wanted = WORKLOADS.filter(({ title }) => isWanted(`memory: ${title}`))
  if (wanted.length === 0) return null
  const script = join(folder, 'memory-child.mjs')
  const source = fileURLToPath(new URL('./memory-child.ts', import.meta.url))
  buildSync({ entryPoints: [source], outfile: script, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  const results = wanted.map(({ workload, title, target = null }): MemoryResult => {
    progress(`memory: ${title}`)
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, workload, String(rounds)], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`memory: ${title} ended with ${status}:\n${stderr}`)
    const ms = summarize(JSON.parse(stdout) as number[])
    const accesses = ACCESSES[workload]
    const perSecond = (accesses / ms.median) * 1000
    return { title, accesses, ms, perSecond, bestPerSecond: (accesses / ms.min) * 1000, target }
  })
  return { rounds, results }
}

export const memoryLegend = ({ rounds }: MemoryReport): string =>
  `Modelled memory: accesses a second of processor time, the median and the best of ${rounds} rounds, warm, a process each.`

export function memoryRows({ results }: MemoryReport): string[][] {
  const millions = (number: number) => `${(number / 1e6).toFixed(1)} M`
  return [
    ['memory', 'accesses', 'ms', 'accesses/s', 'best', 'target'],
    ...results.map(({ title, accesses, ms, perSecond, bestPerSecond, target }) => [
      title,
      accesses.toLocaleString('en'),
      ms.median.toFixed(0),
      millions(perSecond),
      millions(bestPerSecond),
      target === null ? '-' : `${millions(target)}: ${perSecond >= target ? 'met' : 'NOT met'}`,
    ]),
  ]
}
