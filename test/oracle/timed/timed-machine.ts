import { type Event as TextEvent, traceText } from './timed-trace-text.js'
import { type Step, stepsOf, THINGS, type TimedScript } from './timed-script.js'

/**
 * The meaning of a timed script, written down as plainly as possible: a state is an object, a step copies it, and time
 * passes where nobody can step.
 */
export interface State {
  readonly cells: readonly number[]
  readonly holders: readonly (number | null)[]
  readonly events: readonly boolean[]
  readonly permits: readonly number[]
  readonly threads: readonly Thread[]
}

interface Thread {
  /** Everything the thread has received: what it does next is a function of that. */
  readonly received: readonly unknown[]
  /** In the middle of an operation that takes time: seconds left, null if for ever. */
  readonly left: number | null
  readonly isWaiting: boolean
}

/** The clock, where a thread is meant. */
export const CLOCK = -1

/** A step that can be taken in a state. */
export interface Event extends TextEvent {
  readonly way: number
  readonly next: State
}

/** How a program can end. */
export interface Ending {
  readonly final: Readonly<Record<string, unknown>>
  readonly results: readonly (readonly unknown[] | null)[]
  readonly isDeadlock: boolean
}

export class TimedMachine {
  readonly #script: TimedScript
  readonly #known = new Map<string, Step | null>()

  constructor(script: TimedScript) {
    this.#script = script
  }

  get initial(): State {
    const each = <T>(content: T): T[] => new Array<T>(THINGS).fill(content)
    const idle: Thread = { received: [], left: null, isWaiting: false }
    return {
      cells: each(0),
      holders: each(null),
      events: each(false),
      permits: each(0),
      threads: this.#script.threads.map(() => idle),
    }
  }

  /** Every step that can be taken; if no thread can step, the clock's, if anybody waits for it. */
  able(state: State): Event[] {
    const events = state.threads.flatMap((_, thread) =>
      Array.from({ length: this.#ways(state, thread) }, (_way, way) => this.#eventOf(state, thread, way)),
    )
    if (events.length > 0) return events
    const left = state.threads.flatMap((thread) => (thread.left !== null && thread.left > 0 ? [thread.left] : []))
    if (left.length === 0) return []
    const seconds = Math.min(...left)
    const threads = state.threads.map((thread) =>
      thread.left === null ? thread : { ...thread, left: Math.max(0, thread.left - seconds) },
    )
    return [{ thread: CLOCK, way: 0, operation: `tick ${seconds}`, reads: [], writes: [], next: { ...state, threads } }]
  }

  ending(state: State): Ending {
    const final: Record<string, unknown> = {}
    for (let i = 0; i < THINGS; i++) {
      final[`cell ${i}`] = state.cells[i]
      final[`event ${i}`] = state.events[i]
      final[`semaphore ${i}`] = state.permits[i]
      const holder = state.holders[i]
      if (holder !== null) final[`lock ${i}`] = `T${holder}`
    }
    const results = state.threads.map((_, thread) =>
      this.#next(state, thread) === null ? this.#results(state, thread) : null,
    )
    return { final, results, isDeadlock: results.includes(null) }
  }

  /** How many interleavings end how. Null if the program has more than so many states. */
  interleavings(maxStates: number): Map<string, bigint> | null {
    const counted = new Map<string, Map<string, bigint>>()
    const count = (state: State): Map<string, bigint> => {
      const key = JSON.stringify(state)
      const known = counted.get(key)
      if (known !== undefined || counted.size > maxStates) return known ?? new Map()
      const able = this.able(state)
      const counts = new Map<string, bigint>()
      if (able.length === 0) counts.set(JSON.stringify(this.ending(state)), 1n)
      for (const { next } of able)
        for (const [ending, number] of count(next)) counts.set(ending, (counts.get(ending) ?? 0n) + number)
      counted.set(key, counts)
      return counts
    }
    const counts = count(this.initial)
    return counted.size > maxStates ? null : counts
  }

  /**
   * The texts of all maximal traces, by sleep sets: a step of the clock depends on everything, other steps on those that
   * touch the same word. Null if there are more than so many, or if it takes too long.
   */
  traces(limits: { readonly traces: number; readonly steps: number }): string[] | null {
    const traces: string[] = []
    const path: Event[] = []
    let steps = 0
    const visit = (state: State, asleep: readonly Event[]): void => {
      const able = this.able(state)
      if (able.length === 0) traces.push(traceText(path))
      const sleeping = [...asleep]
      for (const event of able) {
        if (sleeping.some((other) => other.thread === event.thread && other.way === event.way)) continue
        if (++steps > limits.steps || traces.length > limits.traces) return
        path.push(event)
        visit(
          event.next,
          sleeping.filter((other) => areIndependent(other, event)),
        )
        path.pop()
        sleeping.push(event)
      }
    }
    visit(this.initial, [])
    return steps > limits.steps || traces.length > limits.traces ? null : traces
  }

  /** The text of the trace of a schedule that runs to its end. */
  traceOf(schedule: readonly { readonly thread: number; readonly way: number }[]): string {
    let state = this.initial
    const path = schedule.map(({ thread, way }, i) => {
      const event = this.able(state).find((one) => one.thread === thread && one.way === way)
      if (event === undefined) throw new Error(`Step ${i + 1}: thread ${thread} cannot go way ${way}.`)
      state = event.next
      return event
    })
    if (this.able(state).length > 0) throw new Error('The schedule ends before the program does.')
    return traceText(path)
  }

  #next(state: State, thread: number): Step | null {
    const { received } = state.threads[thread]
    const key = `${thread} ${JSON.stringify(received)}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const steps = stepsOf(this.#script.threads[thread], [])
    let step = steps.next()
    for (const result of received) step = steps.next(result ?? undefined)
    const next = step.done === true ? null : step.value
    this.#known.set(key, next)
    return next
  }

  #results(state: State, thread: number): unknown[] {
    const results: unknown[] = []
    const steps = stepsOf(this.#script.threads[thread], results)
    steps.next()
    for (const result of state.threads[thread].received) steps.next(result ?? undefined)
    return results
  }

  #ways(state: State, thread: number): number {
    const step = this.#next(state, thread)
    if (step === null) return 0
    const { isWaiting, left } = state.threads[thread]
    if (step.kind === 'sleep') return isWaiting && left !== 0 ? 0 : 1
    if (step.kind === 'choose') return 2
    const isFree = !('timeout' in step) || this.#isOpen(state, step)
    return isFree || (isWaiting ? left === 0 : step.timeout !== null) ? 1 : 0
  }

  /** Whether what a step waits for is there. */
  #isOpen(state: State, step: Extract<Step, { readonly timeout: unknown }>): boolean {
    switch (step.kind) {
      case 'acquire':
        return state.holders[step.lock] === null
      case 'wait':
        return state.events[step.event]
      case 'take':
        return state.permits[step.semaphore] > 0
      case 'join':
        return this.#next(state, step.thread) === null
    }
  }

  #eventOf(state: State, thread: number, way: number): Event {
    const step = this.#next(state, thread)!
    const { isWaiting } = state.threads[thread]
    const after = (changes: Partial<State>, received: unknown, operation: string): Event => {
      const threads = state.threads.map((one, i) =>
        i === thread ? { received: [...one.received, received], left: null, isWaiting: false } : one,
      )
      const next = { ...state, ...changes, threads }
      const ends = this.#next(next, thread) === null ? [`status ${thread}`] : []
      return { thread, way, operation, ...touched(step, Object.keys(changes).length > 0, ends), next }
    }
    const start = (left: number): Event => {
      const threads = state.threads.map((one, i) => (i === thread ? { ...one, left, isWaiting: true } : one))
      return {
        thread,
        way,
        operation: `begins ${step.kind}`,
        ...touched(step, false, []),
        next: { ...state, threads },
      }
    }
    switch (step.kind) {
      case 'sleep':
        return isWaiting || step.seconds === 0 ? after({}, null, 'wakes') : start(step.seconds)
      case 'choose':
        return after({}, way, `chooses ${way}`)
      case 'read':
        return after({}, state.cells[step.cell], 'reads')
      case 'write':
        return after({ cells: replaced(state.cells, step.cell, step.value) }, null, 'writes')
      case 'set':
      case 'clear': {
        const isSet = step.kind === 'set'
        const changes = state.events[step.event] === isSet ? {} : { events: replaced(state.events, step.event, isSet) }
        return after(changes, null, step.kind)
      }
      case 'give': {
        const permits = replaced(state.permits, step.semaphore, state.permits[step.semaphore] + 1)
        return after({ permits }, null, 'gives')
      }
      case 'release':
        return after({ holders: replaced(state.holders, step.lock, null) }, null, 'releases')
      case 'tryAcquire':
        return state.holders[step.lock] === null
          ? after({ holders: replaced(state.holders, step.lock, thread) }, true, 'acquires')
          : after({}, false, 'fails')
      default: {
        if (this.#isOpen(state, step)) return after(entered(state, step, thread), true, `gets ${step.kind}`)
        if (isWaiting || step.timeout === 0) return after({}, false, `times out of ${step.kind}`)
        return start(step.timeout!)
      }
    }
  }
}

function areIndependent(a: Event, b: Event): boolean {
  const clash = (one: Event, other: Event): boolean =>
    one.writes.some((word) => other.writes.includes(word) || other.reads.includes(word))
  return a.thread !== b.thread && a.thread !== CLOCK && b.thread !== CLOCK && !clash(a, b) && !clash(b, a)
}

/** What waiting for something changes once it is there. */
function entered(state: State, step: Step, thread: number): Partial<State> {
  switch (step.kind) {
    case 'acquire':
      return { holders: replaced(state.holders, step.lock, thread) }
    case 'take':
      return { permits: replaced(state.permits, step.semaphore, state.permits[step.semaphore] - 1) }
    default:
      return {}
  }
}

function touched(step: Step, changes: boolean, ends: readonly string[]) {
  const word = wordOf(step)
  const own = word === null ? [] : [word]
  return changes ? { reads: [], writes: [...own, ...ends] } : { reads: own, writes: ends }
}

function wordOf(step: Step): string | null {
  switch (step.kind) {
    case 'sleep':
    case 'choose':
      return null
    case 'read':
    case 'write':
      return `cell ${step.cell}`
    case 'set':
    case 'clear':
    case 'wait':
      return `event ${step.event}`
    case 'take':
    case 'give':
      return `semaphore ${step.semaphore}`
    case 'join':
      return `status ${step.thread}`
    default:
      return `lock ${step.lock}`
  }
}

function replaced<T>(list: readonly T[], index: number, content: T): readonly T[] {
  return list.map((one, i) => (i === index ? content : one))
}
