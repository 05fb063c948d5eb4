// Fields of a node in the table, which are adjacent so that a step touches one cache line. No imports here; see `code.ts`.

export const NODE_SHIFT = 3
export const NODE_CODE = 0
export const NODE_WORD = 1
export const NODE_A = 2
export const NODE_B = 3
export const NODE_RESULT = 4
export const NODE_CHILD = 5
export const NODE_HASH_1 = 6
export const NODE_HASH_2 = 7

// Results from 0 to 15 lead on by a direct look-up, others by a hash table.
export const SMALL_RESULTS_SHIFT = 4
export const SMALL_RESULTS = 1 << SMALL_RESULTS_SHIFT
