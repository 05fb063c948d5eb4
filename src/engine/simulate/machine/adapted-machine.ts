import { UsageError } from '../../errors.js'
import { GIL_VERSIONS, type GilVersion } from '../gil/gil-config.js'
import { MAPPINGS, type MappingName } from '../mapping/mapping-config.js'
import { policyNamed } from '../os/policies.js'
import type { Machine } from './machine.js'

/** What a run may have otherwise than its machine says. */
export interface Adaptation {
  /** The interpreter, by the version of Python whose lock it has, or `none`: an interpreter without a lock. */
  readonly gil?: string | undefined
  /** How the threads of the program become threads of the operating system. */
  readonly mapping?: string | undefined
  /** The scheduling policy, with its default parameters. */
  readonly policy?: string | undefined
  readonly cores?: number | undefined
  /** Whether who owns a lock is as urgent as the most urgent thread that waits for it: priority inheritance. Not with threads in user space. */
  readonly inheritance?: boolean | undefined
}

/**
 * A machine with something about it changed.
 *
 * @throws UsageError `usage/unknown-gil`, `usage/unknown-mapping`, `usage/unknown-policy`, `usage/cores`
 */
export function adapted(machine: Machine, { gil, mapping, policy, cores, inheritance }: Adaptation): Machine {
  return {
    ...(cores === undefined ? machine : withCores(machine, cores)),
    ...(gil === undefined ? {} : { gil: { version: gil, config: GIL_VERSIONS[knownGil(gil)] } }),
    ...(mapping === undefined ? {} : { mapping: knownMapping(mapping) }),
    ...(policy === undefined ? {} : { policy: policyNamed(policy) }),
    ...(inheritance === undefined ? {} : { os: { ...machine.os, inheritance } }),
  }
}

function knownGil(version: string): GilVersion {
  if (Object.hasOwn(GIL_VERSIONS, version)) return version as GilVersion
  throw new UsageError('usage/unknown-gil', `there is no interpreter “${version}”`, {
    hint: `there are ${Object.keys(GIL_VERSIONS).join(', ')}`,
  })
}

function knownMapping(mapping: string): MappingName {
  const known = MAPPINGS.find((name) => name === mapping)
  if (known !== undefined) return known
  throw new UsageError('usage/unknown-mapping', `there is no mapping “${mapping}”`, {
    hint: `there are ${MAPPINGS.join(', ')}`,
  })
}

const MOST_CORES = 1024

function withCores(machine: Machine, cores: number): Machine {
  if (!Number.isInteger(cores) || cores < 1 || cores > MOST_CORES)
    throw new UsageError('usage/cores', `a machine has from 1 to ${MOST_CORES} cores, not ${cores}`)
  const { interconnect } = machine.memory
  if (interconnect.kind === 'numa' && cores !== machine.processor.cores)
    throw new UsageError('usage/cores', `machine “${machine.name}” has its cores on several nodes`, {
      hint: 'write a machine file that says how many cores each node has',
    })
  return {
    ...machine,
    processor: { ...machine.processor, cores },
    memory: { ...machine.memory, cores },
  }
}
