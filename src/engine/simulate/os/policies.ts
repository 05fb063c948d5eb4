import { UsageError } from '../../errors.js'
import { CFS } from './policies/cfs.js'
import { EEVDF } from './policies/eevdf.js'
import { FIFO } from './policies/fifo.js'
import { LOTTERY } from './policies/lottery.js'
import { MLFQ } from './policies/mlfq.js'
import { PRIORITIES } from './policies/priorities.js'
import { RANDOM } from './policies/random.js'
import { ROUND_ROBIN } from './policies/round-robin.js'
import { SJF, STCF } from './policies/shortest-job.js'
import { STRIDE } from './policies/stride.js'
import { WINDOWS } from './policies/windows.js'
import type { MakePolicy } from './policy.js'
import type { AnyPolicyKind } from './policy-kind.js'

/** All scheduling policies by the names that machine files and the command line know them by. */
export const POLICIES = {
  fifo: FIFO,
  sjf: SJF,
  stcf: STCF,
  'round-robin': ROUND_ROBIN,
  priorities: PRIORITIES,
  mlfq: MLFQ,
  lottery: LOTTERY,
  stride: STRIDE,
  cfs: CFS,
  eevdf: EEVDF,
  windows: WINDOWS,
  random: RANDOM,
} as const

export type PolicyName = keyof typeof POLICIES

/**
 * A policy by its name, with its parameters where they differ from the defaults.
 *
 * @throws UsageError `usage/unknown-policy`, `usage/unknown-parameter`, `usage/wrong-parameter-type`
 */
export function policyNamed(name: string, options: Readonly<Record<string, unknown>> = {}): MakePolicy {
  if (!Object.hasOwn(POLICIES, name))
    throw new UsageError('usage/unknown-policy', `there is no scheduling policy “${name}”`, {
      hint: `there are ${Object.keys(POLICIES).join(', ')}`,
    })
  const kind: AnyPolicyKind = POLICIES[name as PolicyName]
  return kind.make(options)
}
