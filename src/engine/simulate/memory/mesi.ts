/** The state of a line in the private caches of a core. What a state allows grows with its number. */
export const Mesi = {
  /** Not there. */
  Invalid: 0,
  /** A copy like others; the memory or the last level has the same. */
  Shared: 1,
  /** The only copy of all private caches, unmodified: may be modified without telling anybody. */
  Exclusive: 2,
  /** The only copy of all, modified: has to be written back. */
  Modified: 3,
} as const
export type Mesi = (typeof Mesi)[keyof typeof Mesi]

export type MesiLetter = 'I' | 'S' | 'E' | 'M'

export const MESI_LETTERS: readonly MesiLetter[] = ['I', 'S', 'E', 'M']
