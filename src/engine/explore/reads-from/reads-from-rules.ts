import { UsageError } from '../../errors.js'
import { WordKind } from '../../layout.js'
import type { Session } from '../../session.js'

/**
 * What makes classes finer than what operations read: it is met while the program is learnt, and a search that meets
 * something new has to begin again, for the classes are other ones from then on.
 */
export class ReadsFromRules {
  /**
   * Words whose writes are all told apart: every write to them counts as reading what was there before. Those of locks,
   * and those that operations of the contract wait for.
   */
  readonly ordered = new Set<number>()
  /** Words that a property of final states has been seen to read: it matters which write is their last. */
  readonly final = new Set<number>()
  /** Words that operations of the contract wait for. */
  readonly waited = new Set<number>()
  /** A rule was met that the search did not know. */
  isChanged = false
  // Words that have been written without being read.
  readonly #blind = new Set<number>()

  /** Something is written to a word whatever it holds. */
  meetBlindWrite(word: number): void {
    this.#blind.add(word)
  }

  /** All writes to a word are to be told apart. */
  meetOrdered(word: number): void {
    if (this.ordered.has(word)) return
    this.ordered.add(word)
    if (this.#blind.has(word)) this.isChanged = true
  }

  /** An operation of the contract waits for what a word holds. */
  meetWaited(word: number): void {
    if (this.waited.has(word)) return
    this.waited.add(word)
    this.ordered.add(word)
    this.isChanged = true
  }

  /** A property reads a word of the final state. */
  meetFinal(session: Session, word: number): void {
    if (this.final.has(word) || this.ordered.has(word) || session.layout.kinds[word] === WordKind.Node) return
    this.final.add(word)
    this.isChanged = true
  }
}

/**
 * Refuses programs whose classes cannot be told by what is read.
 *
 * @throws UsageError `usage/reads-from-always`
 */
export function requireNoAlways(session: Session): void {
  const property = session.properties.find(({ when }) => when === 'always')
  if (property === undefined) return
  throw new UsageError(
    'usage/reads-from-always',
    `equivalence reads-from cannot check “${property.name}”: a property that must always hold sees the order of writes that no thread reads`,
    { hint: 'leave the equivalence out, or ask with p.finally', place: property.place },
  )
}

/**
 * Refuses daemons, which of whose steps still happen is a matter of order, not of what they read; and processes, whose starts
 * and ends touch several words.
 *
 * @throws UsageError `usage/reads-from-daemon`, `usage/reads-from-process`
 */
export function requireOrdinaryThreads(session: Session, from: number): void {
  const { all } = session.threads
  for (let thread = from; thread < all.length; thread++) {
    if (all[thread]!.process !== null)
      throw new UsageError(
        'usage/reads-from-process',
        `equivalence reads-from cannot explore processes, and “${all[thread]!.process!.name}” is one: what starts and ends it touches more than one word`,
        { hint: 'leave the equivalence out', place: all[thread]!.place },
      )
    if (all[thread]!.daemon)
      throw new UsageError(
        'usage/reads-from-daemon',
        `equivalence reads-from cannot explore daemons, and thread “${all[thread]!.name}” is one: how far it gets is no matter of what it reads`,
        { hint: 'leave the equivalence out', place: all[thread]!.place },
      )
  }
}
