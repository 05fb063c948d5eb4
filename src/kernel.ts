/**
 * The kernel of the simulated computer by itself: a discrete-event simulation with processes that are generators, for models of one's
 * own. `entrelacs/kernel`. Times are whole picoseconds; events of one moment come in the order in which they were scheduled.
 */
export { Environment } from './engine/simulate/kernel/environment.js'
export { Kernel, type EventId, type Handler, type RunEnd } from './engine/simulate/kernel/kernel.js'
export { Priority } from './engine/simulate/kernel/priority.js'
export { Interrupt, Process, type Steps } from './engine/simulate/kernel/process.js'
export { Occurrence } from './engine/simulate/kernel/occurrence.js'
export { Timeout } from './engine/simulate/kernel/timeout.js'
export { Signal } from './engine/simulate/kernel/signal.js'
export { AllOf, AnyOf } from './engine/simulate/kernel/condition.js'
export { Request, Resource } from './engine/simulate/kernel/resource.js'
export { Store } from './engine/simulate/kernel/store.js'
export { KernelError } from './engine/simulate/kernel/kernel-error.js'
export { MAX_TIME, MICROSECOND, MILLISECOND, NANOSECOND, SECOND } from './engine/simulate/kernel/time.js'
