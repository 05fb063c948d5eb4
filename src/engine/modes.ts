import type { Program } from './program.js'
import { requireTimeMode, type TimeMode } from './time/time-mode.js'

/** What a program means besides its parameters: part of every token, since another mode is another program. */
export interface Modes {
  /** What sleeps and timeouts mean. */
  readonly time: TimeMode
  /** Primitives are their twins, algorithms over atomic words, as far as they have one. */
  readonly twins: boolean
}

/** The modes of a program, or of something made from one. */
export function modesOf({ time, twins }: Modes): Modes {
  return { time, twins }
}

/**
 * The same program in other modes, as far as some are given.
 *
 * @throws UsageError `usage/unknown-time`
 */
export function inModes(program: Program, modes: { readonly time?: TimeMode; readonly twins?: boolean }): Program {
  const time = requireTimeMode(modes.time ?? program.time)
  const twins = modes.twins ?? program.twins
  return time === program.time && twins === program.twins ? program : { ...program, time, twins }
}

const VIRTUAL = 'time=virtual'
const TWINS = 'twins'

/** Modes other than the usual ones as text for tokens; empty if there are none. */
export function formatModes({ time, twins }: Modes): string {
  return [...(time === 'virtual' ? [VIRTUAL] : []), ...(twins ? [TWINS] : [])].join()
}

/** Reads what `formatModes` writes; null if it is something else. */
export function parseModes(text: string): Modes | null {
  const modes: Modes = {
    time: text.split(',').includes(VIRTUAL) ? 'virtual' : 'free',
    twins: text.split(',').includes(TWINS),
  }
  return formatModes(modes) === text ? modes : null
}
