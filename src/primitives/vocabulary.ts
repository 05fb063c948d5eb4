import { CallHistory } from '../engine/detect/call-history.js'
import type { SequentialModel } from '../engine/detect/linearization.js'
import { Setup } from '../engine/setup.js'
import { ProgramFault } from '../engine/errors.js'
import { placeOfCaller } from '../engine/place.js'
import { Atomic } from './atomic.js'
import { Cell } from './cell.js'
import { CellArray } from './cell-array.js'
import { Lock } from './lock.js'
import { type ModelMethods, recorded, type RecordedMethods } from './linearizable.js'
import { Semaphore } from './semaphore.js'

/** What an object may hold: 32-bit integers, checked, or any plain data. */
export interface ContentOptions {
  /** By default `'integers'` if the initial value is an integer (if all are), else `'data'`. */
  readonly holds?: 'integers' | 'data'
}

/** What a literal given as initial value stands for: `0` for any number, `false` for any boolean. */
export type Widened<T> = T extends number ? number : T extends boolean ? boolean : T extends string ? string : T

/** The `p` of a program's setup: everything the course's programs share and synchronise with. */
export class Vocabulary extends Setup {
  /** Plain memory. */
  cell<T>(name: string, initial: T, options?: ContentOptions): Cell<Widened<T>> {
    return this.declare(
      'cell',
      name,
      (words) =>
        new Cell(
          name,
          holdsIntegers([initial], options) ? words.int('value', initial as number) : words.data('value', initial),
        ),
    )
  }

  /** An atomic variable. */
  atomic<T>(name: string, initial: T, options?: ContentOptions): Atomic<Widened<T>> {
    return this.declare(
      'atomic',
      name,
      (words) =>
        new Atomic(
          name,
          holdsIntegers([initial], options) ? words.int('value', initial as number) : words.data('value', initial),
        ),
    )
  }

  /** An array of plain cells: its length (all zero), or its initial values. */
  array(name: string, length: number, options?: ContentOptions): CellArray<number>
  array<T>(name: string, initial: readonly T[], options?: ContentOptions): CellArray<Widened<T>>
  array<T>(
    name: string,
    first: number | readonly T[],
    options?: ContentOptions,
  ): CellArray<Widened<T>> | CellArray<number> {
    if (typeof first === 'number' && (!Number.isInteger(first) || first < 0 || first > 1_000_000))
      throw new ProgramFault('program/array-length', `array “${name}” cannot have ${first} elements`, {
        hint: 'give it 0 to 1,000,000 elements',
      })
    const initial: readonly unknown[] = typeof first === 'number' ? new Array<number>(first).fill(0) : first
    const integers = holdsIntegers(initial, options)
    return this.declare(
      'array',
      name,
      (words) =>
        new CellArray<Widened<T>>(
          name,
          initial.map((value, i) => (integers ? words.int(String(i), value as number) : words.data(String(i), value))),
        ),
    )
  }

  /** A mutual-exclusion lock. */
  lock(name: string): Lock {
    return this.declare('lock', name, (words) => new Lock(name, words.thread('holder')))
  }

  /** A counting semaphore with so many permits at first. */
  semaphore(name: string, permits = 1): Semaphore {
    requireWhole(`semaphore “${name}”`, 'permits', permits, 0)
    return this.declare('semaphore', name, (words) => new Semaphore(name, words.int('permits', permits)))
  }

  /**
   * Claims that an object is linearizable: whatever threads call at the same time, every call seems to take effect at one moment
   * between its call and its return, as a sequential model of the object says. Its methods are to be called through what is
   * returned; each call and each return is one step more, which orders nothing and is part of no outcome. A call that has
   * not returned may have taken effect or not.
   *
   * @param name how reports call the object. @default its own name
   * @param object generator methods, or one of the library's objects.
   * @param model a first state and a pure function for each method: of the state and the arguments, to the next state and the
   * result, or null where a call could not return yet. A method that throws returns `{ throws: 'Name: message' }`.
   *
   * @example
   * ```ts
   * const counter = p.linearizable('counter', { *next() { … } }, {
   *   initial: 0,
   *   methods: { next: (count) => ({ state: count + 1, result: count }) },
   * })
   * yield* counter.next()
   * ```
   */
  linearizable<T extends object, S, M extends ModelMethods<T, S>>(
    object: T,
    model: { readonly initial: S; readonly methods: M },
  ): RecordedMethods<T, M>
  linearizable<T extends object, S, M extends ModelMethods<T, S>>(
    name: string,
    object: T,
    model: { readonly initial: S; readonly methods: M },
  ): RecordedMethods<T, M>
  linearizable<T extends object, S>(
    first: string | T,
    second: T | SequentialModel<S>,
    third?: SequentialModel<S>,
  ): unknown {
    const name = typeof first === 'string' ? first : nameOf(first)
    const object = (typeof first === 'string' ? second : first) as T
    const model = (third ?? second) as SequentialModel<unknown>
    const history = this.declare(
      'history',
      `history of ${name}`,
      (words) => new CallHistory(`history of ${name}`, name, words.record('calls', [])),
    )
    this.alwaysExplained(`${name} is linearizable`, history, model)
    return recorded(history, object, Object.keys(model.methods))
  }
}

function nameOf(object: object): string {
  return 'name' in object && typeof object.name === 'string' ? object.name : 'the object'
}

function requireWhole(object: string, what: string, given: number, least: number): void {
  if (Number.isInteger(given) && given >= least) return
  throw new ProgramFault('program/bad-number', `${object} cannot have ${given} ${what}`, {
    place: placeOfCaller(),
    hint: `give it an integer from ${least} on`,
  })
}

function holdsIntegers(initial: readonly unknown[], options: ContentOptions | undefined): boolean {
  if (options?.holds !== undefined) return options.holds === 'integers'
  return initial.every((value) => typeof value === 'number' && (value | 0) === value)
}
