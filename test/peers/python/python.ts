import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** CPython on this machine, as the oracle of what its library does. */
export interface Python {
  /** `3.11.7`. */
  readonly version: string
  /** Runs a driver beside this file once: it reads one JSON document and writes one. */
  ask(driver: string, question: unknown): unknown
}

/** A call of a Python method: its name, arguments, and arguments by name. */
export type Call = readonly [method: string, args?: readonly unknown[], named?: Readonly<Record<string, unknown>>]

/** An object of Python's library and what is done to it, one call after the other. */
export interface CallSequence {
  /** Module and name, `threading.Semaphore`. */
  readonly make: string
  readonly args?: readonly unknown[]
  readonly named?: Readonly<Record<string, unknown>>
  readonly calls: readonly Call[]
}

/** What a call came to: a value (what JSON cannot say is its type's name), or the kind of the exception. */
export type Result = { readonly value: unknown } | { readonly raises: string }

// A minute for a batch: a call that blocks, although its sequence must not, ends the test instead of hanging it.
const LIMIT = 60_000

/** Finds CPython 3; null, with a notice, where there is none. */
export function findPython(notice: (text: string) => void): Python | null {
  const found = spawnSync('python3', ['--version'], { encoding: 'utf8' })
  const version = /^Python (3\.\S+)/.exec(found.stdout ?? '')?.[1]
  if (version === undefined) {
    notice('The comparison with CPython is skipped: there is no python3 on this machine.')
    return null
  }
  return {
    version,
    ask(driver: string, question: unknown): unknown {
      const file = fileURLToPath(new URL(driver, import.meta.url))
      const run = spawnSync('python3', ['-I', file], {
        encoding: 'utf8',
        input: JSON.stringify(question),
        timeout: LIMIT,
        maxBuffer: 2 ** 28,
      })
      if (run.status !== 0)
        throw new Error(`${driver} ended with ${run.status ?? run.signal}: ${run.stderr || run.error?.message}`)
      return JSON.parse(run.stdout)
    },
  }
}

/** What CPython makes of sequences of calls, each on an object of its own. */
export function performCalls(python: Python, sequences: readonly CallSequence[]): readonly (readonly Result[])[] {
  return python.ask('call-sequences.py', sequences) as readonly (readonly Result[])[]
}
