import { ProgramFault } from '../engine/errors.js'
import type { SharedObject } from '../engine/operation.js'
import type { WordAllocator } from '../engine/setup.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { Atomic } from './atomic.js'
import { Cell } from './cell.js'

/**
 * The memory that twins are made of: numbers, plain or atomic, as a real machine has them. A twin is the algorithm of a
 * primitive over nothing but loads, stores, exchanges, additions and sleeping on a word, as real systems write it.
 */
export class TwinMemory {
  /** What timeouts mean in this run. */
  readonly time: TimeMode
  readonly #name: string
  readonly #words: WordAllocator
  readonly #prefix: string

  /** @param part what the words are of, if the object is made of several parts. */
  constructor(name: string, words: WordAllocator, time: TimeMode, part = '') {
    this.time = time
    this.#name = part === '' ? name : `${name} (${part})`
    this.#words = words
    this.#prefix = part === '' ? '' : `${part} `
  }

  /** A number that threads may race for, and sleep on. */
  atomic(part: string, initial = 0): Atomic<number> {
    return new Atomic(
      `${this.#name}.${part}`,
      this.#words.int(this.#prefix + part, initial),
      this.#words.dataOnDemand(`${this.#prefix}${part} waiters`, []),
    )
  }

  /** A number that is only touched under a lock. */
  cell(part: string, initial = 0): Cell<number> {
    return new Cell(`${this.#name}.${part}`, this.#words.int(this.#prefix + part, initial))
  }

  /** So many of them, 0 at first; each is part of the state from when it is first used. */
  atomics(part: string, count: number): (index: number) => Atomic<number> {
    const reserved = Array.from({ length: count }, (_, i) => ({
      word: this.#words.intOnDemand(`${this.#prefix}${part} ${i}`, 0),
      waiters: this.#words.dataOnDemand(`${this.#prefix}${part} ${i} waiters`, []),
    }))
    return (index) => new Atomic(`${this.#name}.${part} ${index}`, reserved[index]!.word(), reserved[index]!.waiters)
  }

  /** So many plain cells for what is passed on, which are numbers on a real machine. */
  cells<T>(part: string, count: number): (index: number) => Cell<T> {
    const words = Array.from({ length: count }, (_, i) => this.#words.dataOnDemand(`${this.#prefix}${part} ${i}`, null))
    return (index) => new Cell(`${this.#name}.${part} ${index}`, words[index]!())
  }
}

/** What a twin has of its contract: every public method, except those that only other contracts ask for. It shows what it knows. */
export type TwinOf<T, Except extends keyof T = never> = SharedObject &
  Omit<Pick<T, keyof T>, Except | keyof SharedObject | 'contentType'>

/** What a twin shows where its contract shows who holds it: the algorithm does not know. */
export const HELD = 'held'

/** The number by which a thread is known to locks that remember their owner: never 0, and the same in every run. */
export type SelfNumber = () => number

/** @throws ProgramFault `program/twin-limit` */
export function beyondTwin(object: string, what: string): ProgramFault {
  return new ProgramFault('program/twin-limit', `the twin of ${object} has room for ${what}`, {
    hint: 'leave out --twins, or let fewer threads wait at a time',
  })
}
