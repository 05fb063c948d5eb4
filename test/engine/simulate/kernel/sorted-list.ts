/** An event as the oracle knows it. */
export interface Listed {
  readonly time: number
  readonly priority: number
  /** Names are given in the order in which events are added. */
  readonly name: number
}

/** What the event queue is held against: a list kept in order, the last event first. */
export class SortedList {
  readonly #events: Listed[] = []

  get size(): number {
    return this.#events.length
  }

  get nextTime(): number {
    return this.#events.at(-1)?.time ?? Infinity
  }

  add(time: number, priority: number, name: number): void {
    const isLater = (other: Listed) =>
      other.time === time
        ? other.priority === priority
          ? other.name > name
          : other.priority > priority
        : other.time > time
    const place = this.#events.findIndex((other) => !isLater(other))
    this.#events.splice(place === -1 ? this.size : place, 0, { time, priority, name })
  }

  take(until: number): Listed | undefined {
    return this.nextTime > until ? undefined : this.#events.pop()
  }

  cancel(name: number): boolean {
    const place = this.#events.findIndex((event) => event.name === name)
    if (place === -1) return false
    this.#events.splice(place, 1)
    return true
  }
}
