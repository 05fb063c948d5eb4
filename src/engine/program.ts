import type { DeclarationSink } from './setup.js'
import { UsageError } from './errors.js'
import type { Modes } from './modes.js'
import type { TimeMode } from './time/time-mode.js'

/** What a parameter can be. */
export type ParameterValue = number | string | boolean

/** Parameters of a program, by name. */
export type Parameters = Readonly<Record<string, ParameterValue>>

/** Settings of a program besides its parameters. */
export interface ProgramOptions {
  /** The module that exports the program, `import.meta.url`: needed only to rebuild it in other threads. */
  readonly module?: string
  /** What sleeps and timeouts mean, unless whoever explores the program says something else. @default 'free' */
  readonly time?: TimeMode
}

/**
 * A concurrent program: a name, parameters with defaults, and a setup that declares shared objects, threads and
 * properties. Setup is deterministic, so that every machine and every worker rebuilds the same objects.
 */
export interface Program extends Modes {
  readonly name: string
  readonly defaults: Parameters
  readonly module: string | undefined
  /** Declares everything anew. Called once per run. */
  readonly declare: (sink: DeclarationSink, params: Parameters) => void
}

/**
 * The defaults with `given` laid over them.
 *
 * @throws UsageError `usage/unknown-parameter` and `usage/wrong-parameter-type`.
 */
export function completeParameters(program: Program, given: Readonly<Record<string, unknown>>): Parameters {
  const complete: Record<string, ParameterValue> = { ...program.defaults }
  const names = Object.keys(program.defaults)
  for (const [name, value] of Object.entries(given)) {
    const fallback = Object.hasOwn(program.defaults, name) ? program.defaults[name] : undefined
    if (fallback === undefined)
      throw new UsageError('usage/unknown-parameter', `“${program.name}” has no parameter “${name}”`, {
        hint: names.length === 0 ? 'it has no parameters' : `its parameters are ${names.join(', ')}`,
      })
    complete[name] = convert(program, name, value, fallback)
  }
  return complete
}

function convert(program: Program, name: string, value: unknown, fallback: ParameterValue): ParameterValue {
  if (typeof value === typeof fallback && !(typeof value === 'number' && !Number.isFinite(value)))
    return value as ParameterValue
  if (typeof value === 'string') {
    if (typeof fallback === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
    if (typeof fallback === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  }
  throw new UsageError(
    'usage/wrong-parameter-type',
    `parameter “${name}” of “${program.name}” cannot be ${JSON.stringify(value)}`,
    {
      hint: `give it a ${typeof fallback}, like its default ${JSON.stringify(fallback)}`,
    },
  )
}
