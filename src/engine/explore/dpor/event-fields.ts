// What is told of an event. No imports here; see `code.ts` of the engine.

/**
 * Fields of an event, sixteen of them, which are adjacent so that a step touches one cache line: its step, packed; the
 * node before it; 1 + its thread's event before, or 0.
 */
export const EVENT_SHIFT = 4
export const EVENT_STEP = 0
export const EVENT_NODE = 1
export const EVENT_BEFORE = 2
/** The row of its vector clock, which may be that of an earlier event. */
export const EVENT_ROW = 3
/** The word of its instruction and the content before. */
export const EVENT_WORD = 4
export const EVENT_OLD = 5
/** For what is no instruction, or the end of a program with daemons, the world's mark; else −1 − flags. */
export const EVENT_MARK = 6
/** The accesses to its word that wrote and that read latest before it; see `AccessLog`. */
export const EVENT_WRITER = 7
export const EVENT_READER = 8
/** In their place, where accesses have records of their own: how many those were before it. */
export const EVENT_ACCESSES = EVENT_WRITER
/** From this one on the fields of an event are its user's. */
export const FREE_FIELDS = 9

/** Flags of an instruction: it ends its thread, it writes its word, its accesses have records of their own. */
export const ENDED = 1
export const WROTE = 2
export const LOGGED = 4
