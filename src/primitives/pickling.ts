import { ProgramFault } from '../engine/errors.js'
import { Interner } from '../engine/interner.js'
import { PicklingError } from './future-errors.js'

/**
 * A frozen copy of plain data: what another process receives of it.
 *
 * @param what how to name the value in an error.
 * @throws PicklingError for what is no plain data: functions, shared objects, instances of classes, cycles.
 */
export function pickled<T>(value: T, what: string): T {
  const interner = new Interner()
  try {
    return interner.valueOf(interner.intern(value, what)) as T
  } catch (error) {
    if (!(error instanceof ProgramFault)) throw error
    const why = error.message.replace('shared between threads', 'sent to another process')
    throw new PicklingError(`${why}; what setup declares, a job may use without being given it`)
  }
}
