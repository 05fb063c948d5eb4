import { UsageError } from '../errors.js'
import type { Parameters } from '../program.js'
import type { Session } from '../session.js'
import { formatModes } from '../modes.js'
import type { Strategy } from './explore-report.js'
import type { Pause } from './strategy-run.js'

/** Which exploration a checkpoint belongs to. */
export interface CheckpointOwner {
  readonly program: string
  readonly params: Parameters
  readonly strategy: Strategy
  /** See `formatModes`. */
  readonly modes: string
  readonly setup: string
}

/** Everything an exploration needs to go on later as if nothing had happened: plain data and typed arrays by name. */
export interface Checkpoint {
  readonly owner: CheckpointOwner
  readonly parts: Readonly<Record<string, unknown>>
}

/** Where checkpoints are kept. The engine knows neither files nor clocks. */
export interface CheckpointKeeper {
  /** What was kept by an exploration before this one, if any. */
  readonly kept: Checkpoint | null
  /** Whether it is time for another one: asked at every pause. */
  isDue(): boolean
  keep(checkpoint: Checkpoint): Generator<Pause>
}

/**
 * The parts of a kept checkpoint, or null if there is none.
 *
 * @throws UsageError `checkpoint/foreign` for a checkpoint of another exploration.
 */
export function partsFor(
  session: Session,
  strategy: Strategy,
  keeper: CheckpointKeeper | undefined,
): Checkpoint['parts'] | null {
  const kept = keeper?.kept ?? null
  if (kept === null) return null
  const owner = ownerOf(session, strategy)
  const differing = (
    [
      ['the program', JSON.stringify(kept.owner.program), JSON.stringify(owner.program)],
      ['the strategy', kept.owner.strategy, owner.strategy],
      ['the parameters', JSON.stringify(kept.owner.params), JSON.stringify(owner.params)],
      ['the mode', kept.owner.modes || 'time=free', owner.modes || 'time=free'],
      ['declarations', kept.owner.setup, owner.setup],
    ] as const
  ).find(([, theirs, ours]) => theirs !== ours)
  if (differing === undefined) return kept.parts
  const [what, theirs, ours] = differing
  throw new UsageError(
    'checkpoint/foreign',
    what === 'declarations'
      ? 'the program has changed since the checkpoint was written: it declares something else'
      : `the checkpoint belongs to another exploration: ${what} ${theirs}, not ${ours}`,
    { hint: 'delete the checkpoint and begin again, or give another file' },
  )
}

/** Which exploration a session is part of. */
export function ownerOf(session: Session, strategy: Strategy): CheckpointOwner {
  const { program, params, setupHash } = session
  return { program: program.name, params, strategy, modes: formatModes(program), setup: setupHash }
}
