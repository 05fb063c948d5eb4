import type { Session } from '../../session.js'
import { LearntProperty } from '../learnt-property.js'
import { type DporOptions, DporSearch } from './dpor-search.js'
import { type TraceBranch, WHOLE } from './trace-branch.js'
import { type PortableRules, TraceRules } from './trace-rules.js'

/** What an exploration of traces is told, and whom it tells. */
export interface TraceExplorationOptions extends DporOptions {
  /** A property that must always hold fails in the session's present state. */
  readonly onFailure?: (property: string, search: DporSearch) => void
  /** Another rule of dependence was met: everything begins again. */
  readonly onRestart?: () => void
  /** Rules that were met before. */
  readonly rules?: PortableRules
  /** What is explored when everything begins again. @default everything */
  readonly branchesAgain?: readonly TraceBranch[]
}

/**
 * Runs a search for traces and asks the properties that must always hold in every state; begins again whenever a rule of
 * dependence was met that the search did not know.
 */
export class TraceExploration {
  /** The search that is running; counts are its own. */
  search: DporSearch
  readonly rules: TraceRules
  /** The properties that must always hold, as far as they have been learnt. */
  readonly always: readonly LearntProperty[]
  readonly #session: Session
  readonly #options: TraceExplorationOptions

  constructor(session: Session, options: TraceExplorationOptions) {
    this.#session = session
    this.#options = options
    this.rules = new TraceRules(session)
    if (options.rules !== undefined) this.rules.adopt(options.rules)
    this.always = session.properties
      .filter((property) => property.when === 'always')
      .map((property) => new LearntProperty(property))
    this.search = this.#begin(options.branches ?? [WHOLE])
  }

  /** An estimate of the memory held, without what was learnt of threads, in bytes. */
  get bytes(): number {
    return this.search.bytes + this.heapBytes
  }

  /** The part of it that lives in the JavaScript heap. */
  get heapBytes(): number {
    return this.always.reduce((total, property) => total + property.bytes, this.search.outcomes.bytes)
  }

  /** Runs to the end, yielding every millisecond or so. */
  *run(): Generator<void> {
    for (;;) {
      this.restart()
      if (this.search.isDone) return
      this.search.slice()
      yield
    }
  }

  /** Begins again if a rule was met that the search did not know; returns whether it did. */
  restart(): boolean {
    if (!this.rules.isChanged) return false
    this.#options.onRestart?.()
    this.search = this.#begin(this.#options.branchesAgain ?? [WHOLE])
    return true
  }

  #begin(given: readonly TraceBranch[]): DporSearch {
    for (let branches = given; ; branches = this.#options.branchesAgain ?? [WHOLE]) {
      this.rules.isChanged = false
      const search: DporSearch = new DporSearch(this.#session, this.rules, {
        ...this.#options,
        branches,
        ...(this.always.length === 0 ? {} : { onStep: () => this.#inspect(search) }),
      })
      this.#inspect(search)
      // Looking around before the search begins may have met rules already.
      if (!this.rules.isChanged) return search
    }
  }

  #inspect(search: DporSearch): void {
    const session = this.#session
    this.always.forEach((property, index) => {
      const known = property.reads.size
      if (!property.holds(session, session.world.words, 0, () => {}))
        this.#options.onFailure?.(property.property.name, search)
      if (property.reads.size > known) for (const word of property.reads) this.rules.meetProperty(index, word)
    })
    if (search.execution.length > 0) this.#options.onStep?.()
  }
}
