// The first field of a node: its code and flags. No imports here; see `code.ts`.

/** Low bits of a node's first field; flags are above them. */
export const CODE_MASK = 0xff
/** The word holds an interned value, not an integer. */
export const FLAG_VALUE = 0x100
/** A plain (unsynchronised) access: takes part in data races. */
export const FLAG_PLAIN = 0x200
/** The operation writes to its word in every case (an unsuccessful compare-and-exchange does not). */
export const FLAG_WRITES = 0x400
/** The thread is a daemon: the program does not wait for it. */
export const FLAG_DAEMON = 0x800

/** The word afterwards is `(before & keep) + a`, and the result `before & give`: steps of this form need no branches. */
export const FLAG_LINEAR = 0x1000
/** `keep` is all ones instead of 0. */
export const FLAG_KEEPS = 0x2000
export const KEEPS_BIT = 13
/** `give` is all ones instead of 0. */
export const FLAG_GIVES = 0x4000
export const GIVES_BIT = 14

/** The form holds only under a condition: an acquire finds its word free, a release does not, a sum does not overflow. */
export const FLAG_GUARDED = 0x8000

/** A step that says that its thread gets on: what starvation is told by. */
export const FLAG_PROGRESS = 0x10000
/** Not an operation: the end of a thread whose process was ended. */
export const FLAG_KILLED = 0x20000
/** A thread that is blocked here is not waited for by the program. */
export const FLAG_IDLE = 0x40000
