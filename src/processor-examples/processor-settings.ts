import { UsageError } from '../engine/errors.js'
import type { FlynnOptions } from '../engine/simulate/processor/flynn/flynn-classes.js'
import type { PipelineOptions } from '../engine/simulate/processor/pipeline-options.js'

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

/** A file of the assembler runs on a pipeline unless lanes or threads are asked for. */
export function kindOfProcessor({ lanes, threads }: ProcessorSettings): ProcessorKind {
  return lanes === undefined && threads === undefined ? 'pipeline' : 'simt'
}

/** Those of the settings that a pipeline has. */
export function pipelineOptionsOf({ width, forwarding, prediction, vectorWidth }: ProcessorSettings): PipelineOptions {
  return {
    ...(width === undefined ? {} : { width }),
    ...(forwarding === undefined ? {} : { forwarding }),
    ...(prediction === undefined ? {} : { prediction }),
    ...(vectorWidth === undefined ? {} : { vectorWidth }),
  }
}

/** The same for Flynn's classes, of which each has its own vectors and cores. */
export function flynnOptionsOf(settings: ProcessorSettings): FlynnOptions {
  const { vectorWidth, ...pipeline } = pipelineOptionsOf(settings)
  return {
    pipeline,
    ...(vectorWidth === undefined ? {} : { vectorWidth }),
    ...(settings.cores === undefined ? {} : { cores: settings.cores }),
  }
}
