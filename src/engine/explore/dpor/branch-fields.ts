// No imports here; see `code.ts` of the engine.

// Fields of a branch: the next one of the same position, its first step, the thread to go on with, its guard, flags.
export const BRANCH_SHIFT = 3
export const BRANCH_NEXT = 0
export const BRANCH_FIRST = 1
export const BRANCH_THREAD = 2
export const BRANCH_GUARD = 3
export const BRANCH_FLAGS = 4
