import { EntrelacsError } from '../../errors.js'

/**
 * A model asks the discrete-event kernel for what it cannot do. Codes start with `kernel/`:
 *
 * * `kernel/past`: a time before the present one
 * * `kernel/time`: a time that is no whole number of picoseconds
 * * `kernel/overflow`: a time, or a number of events, beyond what a double counts exactly
 * * `kernel/priority`: a priority class that is no whole number from 0 to 31
 * * `kernel/full`: more than 2²⁴ events pending at once
 * * `kernel/events`: a bound that is no number of events
 * * `kernel/running`: `run` called by what it runs
 */
export class KernelError extends EntrelacsError {}
