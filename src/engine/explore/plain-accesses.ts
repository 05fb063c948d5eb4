import { type SavedStates, StateSet } from './state-set.js'

/** States in which two threads are about to make conflicting plain accesses to one word. */
export interface RaceStates {
  readonly word: number
  readonly states: StateSet
}

/** A race as plain data. */
export interface SavedRace {
  readonly word: number
  readonly states: SavedStates
}

/** Collects data races: the plain accesses that the threads of one state are about to make, state after state. */
export class PlainAccesses {
  readonly races = new Map<number, RaceStates>()
  // The state in which a word was last about to be accessed, and whether by a write.
  #states = new Int32Array(0)
  #writes = new Uint8Array(0)

  get bytes(): number {
    let bytes = 0
    for (const race of this.races.values()) bytes += race.states.bytes
    return bytes
  }

  /** What `restore` needs, between two states. */
  get saved(): SavedRace[] {
    return Array.from(this.races.values(), ({ word, states }) => ({ word, states: states.saved }))
  }

  restore(saved: readonly SavedRace[]): void {
    for (const { word, states } of saved) {
      const race = { word, states: new StateSet() }
      race.states.restore(states)
      this.races.set(word, race)
    }
  }

  /** Makes room for words below `count`, also in the middle of a state. */
  cover(count: number): void {
    const { length } = this.#states
    if (length >= count) return
    const states = new Int32Array(count).fill(-1, length)
    states.set(this.#states)
    const writes = new Uint8Array(count)
    writes.set(this.#writes)
    this.#states = states
    this.#writes = writes
  }

  /** A thread is about to access `word` in `state`; the accesses of one state come together. */
  note(state: number, word: number, writes: boolean): void {
    if (this.#states[word] === state) {
      if (writes || this.#writes[word] === 1) this.#raceAt(word, state)
      if (writes) this.#writes[word] = 1
      return
    }
    this.#states[word] = state
    this.#writes[word] = writes ? 1 : 0
  }

  #raceAt(word: number, state: number): void {
    let race = this.races.get(word)
    if (race === undefined) {
      race = { word, states: new StateSet() }
      this.races.set(word, race)
    }
    race.states.add(state)
  }
}
