// What an event is to a search. No imports here; see `code.ts` of the engine.

/** What an event is to the search: chosen by default, brought along before a reversed event, reversed, or another way. */
export const DEFAULT = 0
export const BROUGHT = 1
export const REVERSED = 2
export const OTHER_WAY = 3

/** Fields of an event that the search keeps behind those of the execution (`FREE_FIELDS`): its role, and how many ways it has. */
export const ROLE = 9
export const WAYS = 10
/** For a default event 1 + the latest of the reversed events that put it off, for a reversed one that before it. */
export const GUARD = 11
/** The thread that a reversed event puts off. */
export const PUT_OFF = 12
/** The branches that wait at its position. */
export const WAITING = 13
/** Where the branch that it belongs to begins. */
export const ROOT = 14
export const FLAGS = 15
/** How many fields that are. */
export const SEARCH_FIELDS = 7

/** Flag of a reversed event and the one it puts off: they conflict only because the latter ends its thread. */
export const ONLY_BY_END = 1
/** Flag: the event that is put off ends its thread. */
export const ENDS = 2
