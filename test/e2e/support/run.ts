import { spawn, type ChildProcess } from 'node:child_process'
import { command } from './build.js'

/** How the command line ended. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where and how to run the command line. */
export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** An environment that asks for English and says nothing about colours. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, LC_MESSAGES: _messages, ...rest } = process.env
  return { ...rest, LC_ALL: 'C.UTF-8', ...more }
}

/** Starts the command line. */
export function start(args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, [command, ...args], {
    cwd: options.cwd,
    env: plainEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs the command line to its end. */
export function entrelacs(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return ended(start(args, options))
}

/** Runs a line of shell; `entrelacs` in it is the command line. */
export function shell(line: string, options: RunOptions = {}): Promise<Run> {
  const define = `entrelacs() { '${process.execPath}' '${command}' "$@"; }`
  return ended(
    spawn('bash', ['-c', `${define}\n${line}`], {
      cwd: options.cwd,
      env: plainEnvironment(options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** Waits for a process and collects what it writes. */
export function ended(child: ChildProcess): Promise<Run> {
  const text = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk))
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...text }))
  })
}
