// No imports here; see `code.ts` of the engine.

/**
 * Which clock a race has besides a row: the latest event's own; none at all, where nothing has to stay before the reversed
 * event; anything below `OWN` is −2 − an event, for its clock.
 */
export const OWN = -1
export const NOTHING = -0x80000000
