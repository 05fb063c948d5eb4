import type { Footprint } from '../footprint.js'
import {
  type CostClass,
  formatData,
  type Operation,
  type SharedObject,
  type WorldAccess,
  type WorldView,
} from '../operation.js'
import type { Place } from '../place.js'
import type { RecordedCall } from './linearization.js'

/** What the calls of an object's methods have been so far: a word that only records. Nobody sees it but a property. */
export class CallHistory implements SharedObject {
  readonly kind = 'history'
  readonly name: string
  /** How traces call the object whose methods are called. */
  readonly of: string
  readonly word: number

  constructor(name: string, of: string, word: number) {
    this.name = name
    this.of = of
    this.word = word
  }

  show(): undefined {}

  /** Shows the calls to properties. */
  get calls(): SharedObject & { readonly contentType?: readonly RecordedCall[] } {
    return { name: this.name, kind: this.kind, show: (world) => this.callsIn(world) }
  }

  /**
   * The calls, thread by thread. Nothing but what precedes what is known of their order, so that states are one which differ
   * in nothing else.
   */
  callsIn(world: WorldView): readonly RecordedCall[] {
    return world.value(this.word) as readonly RecordedCall[]
  }
}

/** A thread calls a method, or a call returns: one step that does nothing but to record it. */
abstract class HistoryOperation implements Operation<void> {
  abstract readonly name: string
  readonly object = null
  readonly args: readonly unknown[]
  readonly cost: CostClass = 'none'
  readonly place: Place | undefined
  readonly words: readonly number[]
  readonly history: CallHistory

  constructor(history: CallHistory, args: readonly unknown[], place: Place | undefined) {
    this.history = history
    this.words = [history.word]
    this.args = args
    this.place = place
  }

  ways(): number {
    return 1
  }

  abstract apply(world: WorldAccess, way: number, thread: number): void

  footprint(): Footprint {
    const touched = [this.history.word]
    return { reads: touched, writes: touched }
  }

  abstract label(): string

  holder(): null {
    return null
  }
}

/** A method is called. */
export class MethodCall extends HistoryOperation {
  readonly name = 'call'
  readonly method: string
  readonly given: readonly unknown[]

  constructor(history: CallHistory, method: string, given: readonly unknown[], place: Place | undefined) {
    super(history, [method, ...given], place)
    this.method = method
    this.given = given
  }

  apply(world: WorldAccess, _way: number, thread: number): void {
    const calls = this.history.callsIn(world)
    const self = world.identityOf(thread)
    const counts = new Map<string, number>()
    for (const call of calls)
      if (call.returned !== undefined) counts.set(call.thread, (counts.get(call.thread) ?? 0) + 1)
    const call: RecordedCall = {
      thread: self,
      method: this.method,
      args: this.given,
      after: [...counts].sort(byThread),
    }
    const at = calls.findIndex((other) => other.thread > self)
    const position = at === -1 ? calls.length : at
    world.setValue(this.history.word, [...calls.slice(0, position), call, ...calls.slice(position)])
  }

  label(): string {
    return `call ${this.history.of}.${this.method}(${this.given.map(formatData).join(', ')})`
  }
}

/** The call of a thread returns. */
export class MethodReturn extends HistoryOperation {
  readonly name = 'return'
  readonly method: string
  readonly result: unknown

  constructor(history: CallHistory, method: string, result: unknown, place: Place | undefined) {
    super(history, [method, result], place)
    this.method = method
    this.result = result
  }

  apply(world: WorldAccess, _way: number, thread: number): void {
    const calls = this.history.callsIn(world)
    const self = world.identityOf(thread)
    const latest = calls.findLastIndex((call) => call.thread === self)
    world.setValue(
      this.history.word,
      calls.map((call, i) => (i === latest ? { ...call, returned: [this.result] } : call)),
    )
  }

  label(): string {
    return `${this.history.of}.${this.method} returns ${formatData(this.result)}`
  }
}

function byThread([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1
}
