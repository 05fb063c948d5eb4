import { type SavedStates, StateSet } from './state-set.js'

/** States in which a thread's next step is `progress`, as plain data. */
export interface SavedProgress {
  readonly thread: number
  readonly states: SavedStates
}

/** Where threads say that they get on: by thread, the states in which its next step says so. */
export class ProgressStates {
  readonly byThread = new Map<number, StateSet>()

  get bytes(): number {
    let bytes = 0
    for (const states of this.byThread.values()) bytes += states.bytes
    return bytes
  }

  /** What `restore` needs. */
  get saved(): SavedProgress[] {
    return Array.from(this.byThread, ([thread, states]) => ({ thread, states: states.saved }))
  }

  restore(saved: readonly SavedProgress[]): void {
    for (const { thread, states } of saved) this.#of(thread).restore(states)
  }

  note(state: number, thread: number): void {
    this.#of(thread).add(state)
  }

  #of(thread: number): StateSet {
    let states = this.byThread.get(thread)
    if (states === undefined) {
      states = new StateSet()
      this.byThread.set(thread, states)
    }
    return states
  }
}
