import { EntrelacsError } from '../../errors.js'

/**
 * A model asks the discrete-event kernel for what it cannot do. Codes start with `kernel/`:
 *
 * * `kernel/past`: a time before the present one
 * * `kernel/time`: a time that is no whole number of picoseconds
 * * `kernel/overflow`: a time, or a number of events, beyond what a double counts exactly
 * * `kernel/priority`: a priority class that is no whole number from 0 to 31
 * * `kernel/capacity`: a resource or store without room for anything
 * * `kernel/full`: more than 2²⁴ events pending at once
 * * `kernel/events`: a bound that is no number of events
 * * `kernel/running`: `run` called by what it runs
 * * `kernel/wait`: a process waits for what is neither a number nor an occurrence, or for the first of nothing
 * * `kernel/pending`: the value of what has not happened yet
 * * `kernel/happened`: what has fired or failed is to happen once more
 * * `kernel/interrupt`: an interrupt of a process that has ended, or of the one that interrupts
 * * `kernel/released`: a request is released twice
 */
export class KernelError extends EntrelacsError {}
