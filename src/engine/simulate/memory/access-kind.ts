/** What an access wants of its line. */
export const AccessKind = {
  /** Any copy will do. */
  Load: 0,
  /** The only copy, which is then modified; the core goes on as the store buffer lets it. */
  Store: 1,
  /** An atomic read-modify-write: the only copy, and the core waits for it and for its earlier stores. */
  Atomic: 2,
} as const
export type AccessKind = (typeof AccessKind)[keyof typeof AccessKind]
