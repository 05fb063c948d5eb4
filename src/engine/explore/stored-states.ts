import type { Session } from '../session.js'
import { ROW_WORDS, StateRows } from './state-rows.js'
import { StateTable } from './state-table.js'

/** States of a session, numbered in the order in which they are met, that can be made the present one again. */
export class StoredStates {
  readonly #session: Session
  readonly #table = new StateTable()
  readonly #rows: StateRows
  // Words up to here have their initial content in all rows.
  #coveredWords: number

  constructor(session: Session) {
    this.#session = session
    this.#rows = new StateRows(session.layout.count)
    this.#coveredWords = session.layout.count
  }

  get count(): number {
    return this.#rows.count
  }

  get bytes(): number {
    return this.#table.bytes + this.#rows.bytes
  }

  /** The number of the session's present state, which is entered if it is new. */
  place(): number {
    const { world, layout } = this.#session
    this.#adaptToLayout()
    const known = this.#table.place(world.hash1, world.hash2, this.#rows.count)
    if (known >= 0) return known
    const state = this.#rows.append()
    const page = this.#rows.page(state)
    const base = this.#rows.base(state)
    page[base] = world.hash1
    page[base + 1] = world.hash2
    for (let word = 0; word < this.#rows.stride - ROW_WORDS; word++)
      page[base + ROW_WORDS + word] = word < layout.count ? world.read(word) : 0
    return state
  }

  /** Makes a state the session's present one. */
  load(state: number): void {
    const page = this.#rows.page(state)
    const base = this.#rows.base(state)
    const width = Math.min(this.#rows.stride - ROW_WORDS, this.#session.layout.count)
    this.#session.world.load(page, base + ROW_WORDS, width, page[base]!, page[base + 1]!)
  }

  /** Words are added while threads are learnt. */
  #adaptToLayout(): void {
    const { layout } = this.#session
    if (this.#coveredWords === layout.count) return
    if (this.#rows.stride - ROW_WORDS < layout.count) this.#rows.widen(layout.count + (layout.count >> 2) + 2)
    for (; this.#coveredWords < layout.count; this.#coveredWords++)
      this.#rows.fill(this.#coveredWords, layout.initial[this.#coveredWords]!)
  }
}
