import type { Steps } from '../engine/operation.js'
import { type Attempt, attempting, settled, succeeded } from './attempt.js'
import { isEqual } from './comparison.js'
import { SEQUENCE_ERRORS } from './sequence-errors.js'
import { type Effect, StatefulObject } from './transition.js'

/**
 * A sequence with two ends, with the semantics of Python's `collections.deque`. With `maxlen`, what is added at one end
 * pushes out what is too much at the other. Nothing ever waits: whoever pops from an empty one gets an error.
 *
 * Declared by `p.deque(name, initial, { maxlen })`. Every operation is one step, as CPython's are under its global lock;
 * two of them in a row are two, and others may come in between. Values are equal as Python's are (`true` equals 1).
 * Numbers of places and indices must be integers: anything else is a TypeError inside the thread.
 */
export class Deque<T> extends StatefulObject<readonly T[]> {
  readonly kind = 'deque'
  /** How many values it holds at most; `undefined` = any number. */
  readonly maxlen: number | undefined
  /** In properties a deque shows its values from left to right. */
  declare readonly contentType?: readonly T[]

  constructor(name: string, word: number, maxlen: number | undefined) {
    super(name, word)
    this.maxlen = maxlen
  }

  /** Adds a value at the right end. */
  append(value: T): Steps<void> {
    return this.#change('append', [value], (values) => this.#rightmost([...values, value]))
  }

  /** Adds a value at the left end. */
  appendLeft(value: T): Steps<void> {
    return this.#change('appendLeft', [value], (values) => this.#leftmost([value, ...values]))
  }

  /** Adds values at the right end, one after the other. */
  extend(added: readonly T[]): Steps<void> {
    return this.#change('extend', [added], (values) => this.#rightmost([...values, ...added]))
  }

  /** Adds values at the left end, one after the other, so that they stand there in reverse. */
  extendLeft(added: readonly T[]): Steps<void> {
    return this.#change('extendLeft', [added], (values) => this.#leftmost([...added.toReversed(), ...values]))
  }

  /**
   * Takes the value at the right end.
   *
   * @throws IndexError if there is none.
   */
  pop(): Steps<T> {
    return this.#attempt('pop', [], (values) => {
      if (values.length === 0) return this.#isEmpty(values)
      return { state: values.slice(0, -1), result: succeeded(values.at(-1)!) }
    })
  }

  /**
   * Takes the value at the left end.
   *
   * @throws IndexError if there is none.
   */
  popLeft(): Steps<T> {
    return this.#attempt('popLeft', [], (values) => {
      if (values.length === 0) return this.#isEmpty(values)
      return { state: values.slice(1), result: succeeded(values[0]!) }
    })
  }

  /**
   * Puts a value before the one at `index`; a negative index counts from the right end, one beyond an end means that end.
   *
   * @throws IndexError if it holds `maxlen` values already.
   */
  insert(index: number, value: T): Steps<void> {
    requireInteger(index)
    return this.#attempt('insert', [index, value], (values) => {
      if (values.length === this.maxlen) return failed(values, 'IndexError', `${this.#self} is full`)
      return { state: values.toSpliced(index, 0, value), result: succeeded(undefined) }
    })
  }

  /** Moves every value so many places to the right, and what leaves there comes in at the left; to the left if negative. */
  rotate(steps = 1): Steps<void> {
    requireInteger(steps)
    return this.#change('rotate', [steps], (values) => {
      const right = values.length === 0 ? 0 : ((steps % values.length) + values.length) % values.length
      return [...values.slice(values.length - right), ...values.slice(0, values.length - right)]
    })
  }

  /**
   * Takes out the leftmost value that equals this one.
   *
   * @throws ValueError if there is none.
   */
  remove(value: T): Steps<void> {
    return this.#attempt('remove', [value], (values) => {
      const index = values.findIndex((each) => isEqual(each, value))
      if (index === -1) return failed(values, 'ValueError', `${this.#self} does not contain the value to be removed`)
      return { state: values.toSpliced(index, 1), result: succeeded(undefined) }
    })
  }

  /** Takes out all values. */
  clear(): Steps<void> {
    return this.#change('clear', [], () => [])
  }

  /** Turns the order round. */
  reverse(): Steps<void> {
    return this.#change('reverse', [], (values) => values.toReversed())
  }

  /** How many values equal this one. */
  count(value: T): Steps<number> {
    return this.#ask('count', [value], (values) => values.filter((each) => isEqual(each, value)).length)
  }

  /**
   * The index of the leftmost value that equals this one, among those from `start` up to and without `stop`; negative ones count
   * from the right end.
   *
   * @throws ValueError if there is none.
   */
  index(value: T, start?: number, stop?: number): Steps<number> {
    requireInteger(start ?? 0)
    requireInteger(stop ?? 0)
    const range = stop === undefined ? (start === undefined ? [] : [start]) : [start, stop]
    return this.#attempt('index', [value, ...range], (values) => {
      const first = values.length - values.slice(start ?? 0).length
      const found = values.slice(start ?? 0, stop).findIndex((each) => isEqual(each, value))
      if (found === -1) return failed(values, 'ValueError', `${this.#self} does not contain the value there`)
      return { state: values, result: succeeded(first + found) }
    })
  }

  /** How many values it holds. */
  length(): Steps<number> {
    return this.#ask('length', [], (values) => values.length)
  }

  /**
   * The value at `index`; a negative one counts from the right end.
   *
   * @throws IndexError if there is none.
   */
  at(index: number): Steps<T> {
    requireInteger(index)
    return this.#attempt('at', [index], (values) => {
      if (!hasIndex(values, index)) return failed(values, 'IndexError', `${this.#self} has no value at ${index}`)
      return { state: values, result: succeeded(values.at(index)!) }
    })
  }

  /**
   * Replaces the value at `index`; a negative one counts from the right end.
   *
   * @throws IndexError if there is none.
   */
  setAt(index: number, value: T): Steps<void> {
    requireInteger(index)
    return this.#attempt('setAt', [index, value], (values) => {
      if (!hasIndex(values, index)) return failed(values, 'IndexError', `${this.#self} has no value at ${index}`)
      return { state: values.with(index, value), result: succeeded(undefined) }
    })
  }

  /** All its values, from left to right: Python's `list(deque)`. */
  toArray(): Steps<readonly T[]> {
    return this.#ask('toArray', [], (values) => values)
  }

  get #self(): string {
    return `deque “${this.name}”`
  }

  #rightmost(values: readonly T[]): readonly T[] {
    return this.maxlen === undefined ? values : values.slice(Math.max(0, values.length - this.maxlen))
  }

  #leftmost(values: readonly T[]): readonly T[] {
    return values.slice(0, this.maxlen)
  }

  #isEmpty(values: readonly T[]): Effect<readonly T[], Attempt<never>> {
    return failed(values, 'IndexError', `${this.#self} is empty`)
  }

  #change(name: string, args: readonly unknown[], change: (values: readonly T[]) => readonly T[]): Steps<void> {
    return this.perform({
      name,
      args,
      cost: 'atomic',
      step: (values) => {
        const after = change(values)
        return { state: areSame(after, values) ? values : after, result: undefined }
      },
    })
  }

  #ask<R>(name: string, args: readonly unknown[], answer: (values: readonly T[]) => R): Steps<R> {
    return this.perform({ name, args, cost: 'atomic', step: (values) => ({ state: values, result: answer(values) }) })
  }

  #attempt<R>(
    name: string,
    args: readonly unknown[],
    step: (values: readonly T[]) => Effect<readonly T[], Attempt<R>>,
  ): Steps<R> {
    return settled(this.perform(attempting({ name, args, cost: 'atomic', step })), SEQUENCE_ERRORS)
  }
}

function failed<S>(state: S, error: keyof typeof SEQUENCE_ERRORS, message: string): Effect<S, Attempt<never>> {
  return { state, result: { error, message } }
}

function requireInteger(given: number): void {
  if (!Number.isInteger(given)) throw new TypeError(`a deque cannot do that with ${String(given)}: give it an integer`)
}

function hasIndex(values: readonly unknown[], index: number): boolean {
  return index >= -values.length && index < values.length
}

/** Whether nothing was changed, so that nothing is written. */
function areSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
}
