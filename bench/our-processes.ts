import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

export interface OurRun {
  readonly states: number
  readonly transitions: number
  readonly interleavings: string
  /** Run time only, after runs that let the just-in-time compiler do its work. */
  readonly exploreMs: number
  /** The first run in a new process, compiling included. */
  readonly firstMs: number
}

const library = new URL('../dist/index.js', import.meta.url)
const commandLine = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

export const isBuilt = (): boolean => existsSync(library)
export const hasCommandLine = (): boolean => existsSync(commandLine)

/** Plain JavaScript, for node alone: a loader would be part of what is measured. */
export function compileOurs(folder: string): string {
  const script = join(folder, 'explore-once.mjs')
  const source = fileURLToPath(new URL('./explore-once.ts', import.meta.url))
  buildSync({ entryPoints: [source], outfile: script, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  return script
}

export function exploreOnce(script: string, args: readonly string[]): OurRun {
  return JSON.parse(timed([script, library.href, ...args]).output) as OurRun
}

/** The command line from the start of its process to its end, in milliseconds. */
export function startCommandLine(): number {
  // That it found the lost update may be told by the exit code: what counts is that there is a report.
  const { output, wallMs } = timed([commandLine, 'explore', 'lost-update', '--json'], { anyCode: true })
  JSON.parse(output)
  return wallMs
}

/** What Node alone takes. */
export function startNode(): number {
  return timed(['-e', '0']).wallMs
}

function timed(args: readonly string[], { anyCode = false } = {}): { output: string; wallMs: number } {
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  const wallMs = performance.now() - start
  if (error !== undefined) throw error
  if (status !== 0 && !(anyCode && stdout !== '')) {
    throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stderr}`)
  }
  return { output: stdout, wallMs }
}
