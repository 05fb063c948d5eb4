import { InstructionOperation } from './instruction-operation.js'
import * as Code from './code.js'
import type { Operation, Steps } from './operation.js'
import { perform } from './operation.js'
import { type Place, recordedPlace } from './place.js'

/** What `p.at` yields: a claim about the thread, not a step. */
export class AtMark {
  readonly label: string
  readonly locals: readonly unknown[]
  readonly place: Place | undefined

  constructor(label: string, locals: readonly unknown[], place: Place | undefined) {
    this.label = label
    this.locals = locals
    this.place = place
  }
}

/** What a call of several steps yields when it begins; see `call`. */
export class CallMark {
  readonly mark = 'call'
}

/** What a call yields at the head of its loops: from here on, to the call, only these values matter. */
export class LoopMark {
  readonly label: string
  readonly locals: readonly unknown[]

  constructor(label: string, locals: readonly unknown[]) {
    this.label = label
    this.locals = locals
  }
}

/** What a call yields when it ends: what it has come to is all that matters of it. */
export class ReturnMark {
  readonly outcome: unknown

  constructor(outcome: unknown) {
    this.outcome = outcome
  }
}

/**
 * What a thread yields that runs code for others, when it begins a piece of it and, with null, when it has done so: meanwhile
 * `p.at` speaks of that piece alone, and whatever the thread itself goes on with is said here.
 */
export class JobMark {
  readonly job: unknown

  constructor(job: unknown) {
    this.job = job
  }
}

/** What a thread says about its history between two operations. */
export type Claim = AtMark | CallMark | LoopMark | ReturnMark | JobMark

/** What `p.print` yields: a line for the trace, not a step. */
export class PrintMark {
  readonly values: readonly unknown[]

  constructor(values: readonly unknown[]) {
    this.values = values
  }
}

/** What tells a thread from others in a run. */
export interface ThreadFacts {
  /** As the program names it, which is the same in every run. */
  readonly givenName: string
  readonly index: number
  readonly word: number
  readonly daemon: boolean
}

/** A thread as the program holds it. */
export class ThreadHandle<R = unknown> {
  /** As the program names it. */
  readonly givenName: string
  /** The thread's index in this run. */
  readonly index: number
  /** The word of the state that tells where it stands. */
  readonly word: number
  /** Whether the program does not wait for it. */
  readonly daemon: boolean
  /** Carries the type of the result; never present. */
  declare readonly resultType?: R

  constructor({ givenName, index, word, daemon }: ThreadFacts) {
    this.givenName = givenName
    this.index = index
    this.word = word
    this.daemon = daemon
  }

  get name(): string {
    return this.givenName
  }

  /** Waits until the thread has ended and returns its result (`undefined` if it failed). One step. */
  join(): Steps<R> {
    const operation = new InstructionOperation(
      { name: 'join', object: null, args: [this.name], cost: 'synchronisation', place: recordedPlace() },
      { code: Code.Join, word: this.word },
      this.index,
    )
    return perform(operation as Operation<R>)
  }
}
