import type { Session } from '../../session.js'
import { type ReadsFromOptions, ReadsFromSearch } from './reads-from-search.js'
import { ReadsFromRules, requireNoAlways } from './reads-from-rules.js'

/** What an exploration of reads-from classes tells besides what its search tells. */
export interface ReadsFromExplorationOptions extends ReadsFromOptions {
  /** Classes are finer than was known: everything begins again. */
  readonly onRestart?: () => void
}

/** Runs a search for reads-from classes; begins again whenever it has met a rule that it did not know. */
export class ReadsFromExploration {
  /** The search that is running; counts are its own. */
  search: ReadsFromSearch
  readonly rules = new ReadsFromRules()
  readonly #session: Session
  readonly #options: ReadsFromExplorationOptions

  /** @throws UsageError for programs whose classes cannot be told by what is read. */
  constructor(session: Session, options: ReadsFromExplorationOptions = {}) {
    requireNoAlways(session)
    this.#session = session
    this.#options = options
    this.search = new ReadsFromSearch(session, this.rules, options)
  }

  /** Runs to the end, yielding every millisecond or so. */
  *run(): Generator<void> {
    for (;;) {
      if (this.rules.isChanged) {
        this.rules.isChanged = false
        this.#options.onRestart?.()
        this.search = new ReadsFromSearch(this.#session, this.rules, this.#options)
      }
      if (this.search.isDone) return
      this.search.slice()
      yield
    }
  }
}
