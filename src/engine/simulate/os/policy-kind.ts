import { UsageError } from '../../errors.js'
import type { MakePolicy } from './policy.js'

/** What a parameter of a policy may be: a time or several in picoseconds, a number or several, yes or no, or where threads queue. */
export type ParameterKind = 'time' | 'times' | 'number' | 'numbers' | 'flag' | 'queues'

/** One parameter of a policy, for machine files, the command line and whoever explains them. */
export interface PolicyParameter<Value = unknown> {
  readonly kind: ParameterKind
  readonly default: Value
  readonly meaning: string
  /** Where the default comes from. */
  readonly source: string
  /** Times and numbers are this or more. @default 0 */
  readonly minimum?: number
}

/** A scheduling policy as something that can be named and told its parameters. */
export interface PolicyKind<Options extends object> {
  readonly name: string
  readonly summary: string
  readonly parameters: { readonly [Name in keyof Options]-?: PolicyParameter<Options[Name]> }
  /**
   * @throws UsageError `usage/unknown-parameter`, `usage/wrong-parameter-type`
   */
  make(options?: Partial<Options>): MakePolicy
}

/** A policy of whatever kind, for whoever finds it by its name. */
export interface AnyPolicyKind extends Omit<PolicyKind<Record<string, unknown>>, 'parameters'> {
  readonly parameters: Readonly<Record<string, PolicyParameter>>
}

interface Definition<Options extends object> extends Omit<PolicyKind<Options>, 'make'> {
  readonly create: (options: Options) => MakePolicy
}

/** A policy whose options are checked and completed before it is made. */
export function definePolicy<Options extends object>({
  create,
  ...description
}: Definition<Options>): PolicyKind<Options> {
  return { ...description, make: (options = {}) => create(completed(description, options)) }
}

function completed<Options extends object>(
  { name, parameters }: Pick<PolicyKind<Options>, 'name' | 'parameters'>,
  options: Partial<Options>,
): Options {
  const names = Object.keys(parameters) as (keyof Options & string)[]
  for (const [given, value] of Object.entries(options)) {
    const parameter = parameters[given as keyof Options] as PolicyParameter | undefined
    if (parameter === undefined)
      throw new UsageError('usage/unknown-parameter', `policy ${name} has no parameter “${given}”`, {
        hint: names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`,
      })
    if (value !== undefined && !isOfKind(parameter, value))
      throw new UsageError(
        'usage/wrong-parameter-type',
        `${given} of policy ${name} is ${expected(parameter)}, not ${JSON.stringify(value)}`,
      )
  }
  return Object.fromEntries(names.map((each) => [each, options[each] ?? parameters[each].default])) as Options
}

function expected({ kind, minimum = 0 }: PolicyParameter): string {
  switch (kind) {
    case 'time':
      return `a time of ${minimum} ps or more`
    case 'times':
      return `a list of times of ${minimum} ps or more`
    case 'number':
      return `a number from ${minimum}`
    case 'numbers':
      return `a list of numbers from ${minimum}`
    case 'flag':
      return 'true or false'
    case 'queues':
      return '“per-core” or “global”'
  }
}

function isOfKind({ kind, minimum = 0 }: PolicyParameter, value: unknown): boolean {
  const isNumber = (each: unknown): boolean => typeof each === 'number' && each >= minimum
  switch (kind) {
    case 'time':
    case 'number':
      return isNumber(value)
    case 'times':
    case 'numbers':
      return Array.isArray(value) && value.length > 0 && value.every(isNumber)
    case 'flag':
      return typeof value === 'boolean'
    case 'queues':
      return value === 'per-core' || value === 'global'
  }
}
