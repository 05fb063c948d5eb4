import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

/** A model of `bench/spin`, with what its preprocessor is told. */
export interface SpinModel {
  readonly file: string
  readonly defines: Readonly<Record<string, number>>
  /** States in which everybody waits: the search goes on after them. @default 0 */
  readonly deadlocks?: number
}

export interface Verification {
  readonly states: number
  readonly transitions: number
  /** The process from its start to its end, on our clock. */
  readonly wallMs: number
  /** What the verifier says of itself, to a hundredth of a second. */
  readonly ownMs: number
  /** Memory in all, the table included. */
  readonly bytes: number
}

export interface Verifier {
  readonly reduction: boolean
  /** `hashBits`: the table of the states has two to that power entries. */
  run(hashBits?: number): Verification
}

export interface Spin {
  readonly version: string
  verifier(model: SpinModel, reduction: boolean): Verifier
  /** Removes the verifiers. */
  dispose(): void
}

const modelFolder = fileURLToPath(new URL('./spin/', import.meta.url))

// The fastest of the settings which keep the search exact: -DNOCOMP stores the states without compressing them.
const compilerOptions = ['-O3', '-DSAFETY', '-DNOCOMP']

// No run of these models comes near it, and a larger one costs SPIN the time to prepare its stack.
const maxDepth = 1000

/** SPIN and the C compiler it needs, or null after a notice when one of them is missing. */
export function prepareSpin(notice: (text: string) => void = console.warn): Spin | null {
  const version = spawnSync('spin', ['-V'], { encoding: 'utf8' })
  const compiler = spawnSync('gcc', ['--version'], { encoding: 'utf8' })
  const missing = [version.error && 'spin', compiler.error && 'gcc'].filter((name) => name !== undefined)
  if (missing.length > 0) {
    notice(`SPIN is left out: ${missing.join(' and ')} not found (on Debian: apt-get install spin gcc).`)
    return null
  }
  const root = mkdtempSync(join(tmpdir(), 'entrelacs-spin-'))
  return {
    version: /Spin Version (\S+)/.exec(version.stdout)?.[1] ?? 'of an unknown version',
    verifier: (model, reduction) => buildVerifier(mkdtempSync(join(root, 'verifier-')), model, reduction),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  }
}

function buildVerifier(folder: string, model: SpinModel, reduction: boolean): Verifier {
  const defines = Object.entries(model.defines).map(([name, value]) => `-D${name}=${value}`)
  execute(folder, 'spin', ['-a', ...defines, join(modelFolder, model.file)])
  execute(folder, 'gcc', [...compilerOptions, ...(reduction ? [] : ['-DNOREDUCE']), '-o', 'pan', 'pan.c'])
  return { reduction, run: (hashBits = 20) => verify(folder, hashBits, model.deadlocks ?? 0) }
}

function verify(folder: string, hashBits: number, deadlocks: number): Verification {
  const start = performance.now()
  const output = execute(folder, join(folder, 'pan'), [`-w${hashBits}`, `-m${maxDepth}`, '-c0'])
  const wallMs = performance.now() - start
  if (figure(output, /errors: (\d+)/) !== deadlocks || /search depth too small|Search not completed/.test(output)) {
    throw new Error(`SPIN found other errors than expected or gave up:\n${output}`)
  }
  return {
    states: figure(output, /^\s*(\d+) states, stored/m),
    // SPIN counts the arrival in the initial state as a transition.
    transitions: figure(output, /^\s*(\d+) transitions/m) - 1,
    wallMs,
    ownMs: 1000 * figure(output, /elapsed time ([\d.e+-]+) seconds/),
    bytes: 2 ** 20 * figure(output, /^\s*([\d.]+)\s+(?:total actual )?memory usage/m),
  }
}

// A count of more than eight digits is printed rounded (1.2345679e+08): no match, hence an error and no wrong count.
function figure(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1]
  if (found === undefined) throw new Error(`No ${pattern.source} in what SPIN printed:\n${output}`)
  return Number(found)
}

function execute(cwd: string, command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}
