import { ProgramFault } from '../engine/errors.js'
import type { Place } from '../engine/place.js'
import { PulseCell } from './pulse.js'

/** Whose code is running, as it was announced. */
export interface PulseSubject {
  readonly name: string
  readonly place: Place | undefined
}

/** Tells, asked again and again, which part of the program has been running without a beat for too long; 0 if none. */
export function stuckness(pulse: SharedArrayBuffer, patience: number): () => number {
  const cells = new Int32Array(pulse)
  let beats = -1
  let since = performance.now()
  return () => {
    const running = Atomics.load(cells, PulseCell.Running)
    const now = Atomics.load(cells, PulseCell.Beats)
    if (now !== beats || running === 0) {
      beats = now
      since = performance.now()
    }
    return performance.now() - since > patience * 1000 ? running : 0
  }
}

/** The fault of code that runs on and on, by what it has announced itself as. */
export function neverYields(subject: PulseSubject | undefined, patience: number): ProgramFault {
  const name = subject?.name ?? ''
  const isLoading = name.startsWith('\u0000')
  const isThread = name !== '' && !isLoading && !name.startsWith('property ')
  const who = isLoading
    ? 'the file, while it is loaded,'
    : name === ''
      ? 'the setup'
      : isThread
        ? `thread “${name}”`
        : name
  return new ProgramFault(
    'program/never-yields',
    `${who} has been running for ${patience} s without ${isThread ? 'performing an operation' : 'coming to an end'}`,
    {
      hint: isThread
        ? 'a loop must yield* an operation in every turn (or allow more time with --patience SECONDS)'
        : 'look for a loop that never ends (or allow more time with --patience SECONDS)',
      place: subject?.place,
    },
  )
}
