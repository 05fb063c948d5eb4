import { UsageError } from '../engine/errors.js'

/** A machine file that does not describe a machine: what is wrong, where, and what would be right. Its code is `machine/…`. */
export class MachineFault extends UsageError {}
