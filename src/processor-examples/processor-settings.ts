import { UsageError } from '../engine/errors.js'
import type { Machine } from '../engine/simulate/machine/machine.js'
import type { FlynnOptions } from '../engine/simulate/processor/flynn/flynn-classes.js'
import type { PipelineOptions } from '../engine/simulate/processor/pipeline-options.js'
import type { SimtOptions } from '../engine/simulate/processor/simt/simt-options.js'

/** What is asked for of a processor; the rest is as the example says, or as it is by default. */
export interface ProcessorSettings {
  readonly width?: number
  readonly forwarding?: boolean
  readonly prediction?: NonNullable<PipelineOptions['prediction']>
  readonly vectorWidth?: number
  readonly cores?: number
  readonly lanes?: number
  readonly threads?: number
}

export type SettingName = keyof ProcessorSettings

/** Settings by the kind of processor that they are of. */
const SETTINGS = {
  pipeline: ['width', 'forwarding', 'prediction', 'vectorWidth', 'cores'],
  simt: ['lanes', 'threads'],
} as const satisfies Readonly<Record<string, readonly SettingName[]>>

export type ProcessorKind = keyof typeof SETTINGS

const FLAGS: Readonly<Record<SettingName, string>> = {
  width: '--width',
  forwarding: '--no-forwarding',
  prediction: '--prediction',
  vectorWidth: '--vector-width',
  cores: '--cores',
  lanes: '--lanes',
  threads: '--threads',
}

/** @throws UsageError if something is asked for that a processor of this kind does not have. */
export function requireSettingsOf(kind: ProcessorKind, settings: ProcessorSettings, what: string): void {
  const allowed: readonly SettingName[] = SETTINGS[kind]
  for (const name of Object.keys(FLAGS) as SettingName[]) {
    if (settings[name] === undefined || allowed.includes(name)) continue
    throw new UsageError(
      'usage/processor',
      `${FLAGS[name]} means nothing for ${what}, which runs on a ${kind === 'simt' ? 'SIMT processor' : 'pipeline'}`,
      { hint: `it takes ${allowed.map((setting) => FLAGS[setting]).join(', ')}` },
    )
  }
}

/** What a machine says of its processors; what is asked for goes before it. */
export type ProcessorMachine = Pick<Machine, 'name' | 'pipeline' | 'simt'>

/** A file of the assembler runs on lanes if lanes or threads are asked for, or if the machine has them and nothing is asked of a pipeline. */
export function kindOfProcessor(settings: ProcessorSettings, machine: ProcessorMachine | null = null): ProcessorKind {
  const isAsked = (kind: ProcessorKind) => SETTINGS[kind].some((name) => settings[name] !== undefined)
  if (isAsked('simt')) return 'simt'
  return machine !== null && machine.simt !== null && !isAsked('pipeline') ? 'simt' : 'pipeline'
}

/** @throws UsageError if there is a machine, but it says nothing of such processors. */
export function requireProcessorsOf(machine: ProcessorMachine | null, kind: ProcessorKind, what: string): void {
  if (machine === null || machine[kind] !== null) return
  const [device, section] = kind === 'simt' ? ['SIMT device', 'simt'] : ['pipeline', 'processor.pipeline']
  throw new UsageError('usage/processor', `machine “${machine.name}” has no ${device}, which ${what} runs on`, {
    hint: `its file has no section ${section}${kind === 'simt' ? '; the preset simt-device has one' : ''}`,
  })
}

/** Those of the settings that a pipeline has, and what the machine says of the others. */
export function pipelineOptionsOf(
  { width, forwarding, prediction, vectorWidth }: ProcessorSettings,
  machine: ProcessorMachine | null = null,
): PipelineOptions {
  return {
    ...machine?.pipeline,
    ...(width === undefined ? {} : { width }),
    ...(forwarding === undefined ? {} : { forwarding }),
    ...(prediction === undefined ? {} : { prediction }),
    ...(vectorWidth === undefined ? {} : { vectorWidth }),
  }
}

/** The same for Flynn's classes, of which each has its own vectors and cores. */
export function flynnOptionsOf(settings: ProcessorSettings, machine: ProcessorMachine | null = null): FlynnOptions {
  const { vectorWidth, ...pipeline } = pipelineOptionsOf(settings, machine)
  return {
    pipeline,
    ...(vectorWidth === undefined ? {} : { vectorWidth }),
    ...(settings.cores === undefined ? {} : { cores: settings.cores }),
  }
}

/** Those of the settings that a SIMT processor has, and what the machine says of the others. */
export function simtOptionsOf(
  { lanes, threads }: ProcessorSettings,
  machine: ProcessorMachine | null = null,
): SimtOptions {
  return {
    ...machine?.simt,
    ...(lanes === undefined ? {} : { lanes }),
    ...(threads === undefined ? {} : { threads }),
  }
}
