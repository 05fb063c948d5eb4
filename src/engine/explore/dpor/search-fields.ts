import { FREE_FIELDS } from './execution.js'

/** What an event is to the search: chosen by default, brought along before a reversed event, reversed, or another way. */
export const DEFAULT = 0
export const BROUGHT = 1
export const REVERSED = 2
export const OTHER_WAY = 3

/** Fields of an event that the search keeps besides those of the execution: its role, and how many ways it has. */
export const ROLE = FREE_FIELDS
export const WAYS = FREE_FIELDS + 1
/** For a default event 1 + the latest of the reversed events that put it off, for a reversed one that before it. */
export const GUARD = FREE_FIELDS + 2
/** The thread that a reversed event puts off. */
export const PUT_OFF = FREE_FIELDS + 3
/** The branches that wait at its position. */
export const WAITING = FREE_FIELDS + 4
/** Where the branch that it belongs to begins. */
export const ROOT = FREE_FIELDS + 5
export const FLAGS = FREE_FIELDS + 6
/** How many fields that are. */
export const SEARCH_FIELDS = 7

/** Flag of a reversed event and the one it puts off: they conflict only because the latter ends its thread. */
export const ONLY_BY_END = 1
/** Flag: the event that is put off ends its thread. */
export const ENDS = 2
