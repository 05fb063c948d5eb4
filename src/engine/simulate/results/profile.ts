import type { Call, CallTracer } from '../../call-tracer.js'
import type { CoreState, OsObserver } from '../os/os-observer.js'
import { type Reason, ThreadState } from '../os/thread-state.js'
import type { ProgramObserver } from '../program/program-observer.js'
import type { Operation } from '../../operation.js'

/** What a function has cost, called by a thread. Times are in picoseconds. */
export interface FunctionCost {
  readonly name: string
  calls: number
  /** On a core, in the function itself. */
  own: number
  /** On a core, in it and in what it calls. */
  cumulative: number
  /** Without a core: ready for one, or waiting, in it and in what it calls. */
  waiting: number
}

/** What the body of a thread is called that has no name. */
const BODY = '(body)'
const NAMELESS = '(nameless)'

/** Where the time of threads has gone, by function; memory grows with the functions only. */
export class Profile implements OsObserver, ProgramObserver {
  readonly #tracer: CallTracer
  // By thread.
  readonly #costs: Map<string, FunctionCost>[] = []
  readonly #state: ThreadState[] = []
  readonly #since: number[] = []
  readonly #running: number[] = []
  readonly #waiting: number[] = []
  readonly #counted = new WeakSet<Call>()

  constructor(tracer: CallTracer) {
    this.#tracer = tracer
  }

  /** The functions that a thread has called, in the order in which it first did. */
  of(thread: number): readonly FunctionCost[] {
    return [...(this.#costs[thread]?.values() ?? [])]
  }

  transition(thread: number, _from: ThreadState, to: ThreadState, _reason: Reason, _core: number, now: number): void {
    this.#pass(thread, now)
    this.#state[thread] = to
  }

  core(_core: number, _state: CoreState, _thread: number, _now: number): void {}

  step(
    thread: number,
    _core: number,
    _operation: Operation,
    _way: number,
    _result: unknown,
    _from: number,
    to: number,
  ): void {
    this.#pass(thread, to)
    // The thread has gone on to its next operation meanwhile.
    this.#charge(thread, this.#tracer.before(thread))
  }

  waits(): void {}

  /** The run has ended: what threads did after their last operation is their bodies'. */
  end(now: number): void {
    this.#state.forEach((_state, thread) => {
      this.#pass(thread, now)
      this.#charge(thread, [])
    })
  }

  #pass(thread: number, now: number): void {
    const time = now - (this.#since[thread] ?? now)
    const state = this.#state[thread]
    if (state === ThreadState.Running) this.#running[thread] = (this.#running[thread] ?? 0) + time
    else if (state === ThreadState.Runnable || state === ThreadState.Waiting)
      this.#waiting[thread] = (this.#waiting[thread] ?? 0) + time
    this.#since[thread] = now
  }

  /** What has passed since its last operation is the cost of this one, and of the calls that it is in. */
  #charge(thread: number, calls: readonly Call[]): void {
    const running = this.#running[thread] ?? 0
    const waiting = this.#waiting[thread] ?? 0
    this.#running[thread] = 0
    this.#waiting[thread] = 0
    const costs = (this.#costs[thread] ??= new Map())
    const charged = new Set<FunctionCost>()
    let innermost = costOf(costs, BODY)
    for (const [depth, call] of calls.entries()) {
      const name = nameOf(call, depth)
      if (name === null) continue
      innermost = costOf(costs, name)
      charged.add(innermost)
      if (this.#counted.has(call)) continue
      this.#counted.add(call)
      innermost.calls++
    }
    charged.add(innermost)
    innermost.own += running
    for (const cost of charged) {
      cost.cumulative += running
      cost.waiting += waiting
    }
  }
}

/** What a call is counted as; null if what it costs is its caller's: the primitives of the library are no functions of the program. */
function nameOf({ called }: Call, depth: number): string | null {
  if (called === null || called.isLibrary) return depth === 0 ? BODY : null
  return called.name === '' ? (depth === 0 ? BODY : NAMELESS) : called.name
}

function costOf(costs: Map<string, FunctionCost>, name: string): FunctionCost {
  let cost = costs.get(name)
  if (cost === undefined) {
    cost = { name, calls: 0, own: 0, cumulative: 0, waiting: 0 }
    costs.set(name, cost)
  }
  return cost
}
