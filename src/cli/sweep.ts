import { InvalidArgumentError } from 'commander'
import type { SimulateTaskOptions } from './worker-protocol.js'

/** What is different from run to run: an option of the machine or a parameter of the program, and its values. */
export interface Sweep {
  readonly name: string
  readonly values: readonly string[]
}

const MOST_RUNS = 256
const OF_THE_MACHINE = ['machine', 'cores', 'gil', 'mapping', 'policy', 'seed'] as const

/** `cores=1,2,4`, `threads=1..16`: values by commas, whole numbers from one to another by two dots. */
export function parseSweep(text: string): Sweep {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('write name=value,value,… or name=1..8.')
  const values = text
    .slice(equals + 1)
    .split(',')
    .flatMap((part) => expanded(part.trim()))
  if (values.includes('') || values.length < 2) throw new InvalidArgumentError('give at least two values.')
  if (values.length > MOST_RUNS) throw new InvalidArgumentError(`give ${MOST_RUNS} values at most.`)
  const name = text.slice(0, equals)
  const wrong = name === 'cores' ? values.find((value) => !/^[1-9]\d*$/.test(value)) : undefined
  if (wrong !== undefined) throw new InvalidArgumentError(`cores are a whole number of at least 1, not ${wrong}.`)
  return { name, values }
}

function expanded(part: string): string[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(part)
  if (range === null) return [part]
  const [from, to] = [Number(range[1]), Number(range[2])]
  // One more than allowed is enough to be told so.
  return Array.from({ length: Math.min(MOST_RUNS + 1, Math.max(0, to - from + 1)) }, (_, i) => String(from + i))
}

/** The options of each run. A parameter of the program that is called like an option of the machine cannot be swept. */
export function variationsOf({ name, values }: Sweep, options: SimulateTaskOptions): SimulateTaskOptions[] {
  return values.map((value) => {
    if (name === 'cores') return { ...options, cores: Number(value) }
    if ((OF_THE_MACHINE as readonly string[]).includes(name)) return { ...options, [name]: value }
    return { ...options, params: { ...options.params, [name]: value } }
  })
}
