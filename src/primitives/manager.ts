import { formatData, type Steps } from '../engine/operation.js'
import { type Attempt, attempting, type ErrorKinds, settled, succeeded } from './attempt.js'
import { KeyError } from './process-errors.js'
import { IndexError, ValueError } from './sequence-errors.js'
import { StatefulObject } from './transition.js'

const MANAGER_ERRORS: ErrorKinds = { KeyError, IndexError, ValueError }

/** What a managed dictionary has for keys. */
export type Key = string | number

type Entries<K, V> = readonly (readonly [K, V])[]

/** An object that lives in the manager's process and is asked by others. */
abstract class Managed<S> extends StatefulObject<S> {
  readonly isPickled = true
  /** A question that changes nothing. */
  protected ask<R>(name: string, args: readonly unknown[], answer: (state: S) => R): Steps<R> {
    return this.perform({ name, args, step: (state) => ({ state, result: answer(state) }) })
  }

  /** A request that may fail. */
  protected request<R>(
    name: string,
    args: readonly unknown[],
    serve: (state: S) => readonly [state: S, answer: Attempt<R>],
  ): Steps<R> {
    const transition = attempting<S, R>({
      name,
      args,
      step: (before) => {
        const [state, result] = serve(before)
        return { state, result }
      },
    })
    return settled(this.perform(transition), MANAGER_ERRORS)
  }
}

/**
 * A dictionary in a manager's process, with the semantics of Python's `Manager().dict()`: every method is one step, in which the manager
 * serves nobody else. To read an entry and then write it is two steps, and what others do in between is lost.
 *
 * Declared by `p.manager(name).dict(name, initial)`. Keys are texts or numbers; they come in the order in which they were
 * first set.
 */
export class ManagedDict<K extends Key, V> extends Managed<Entries<K, V>> {
  readonly kind = 'managed dict'
  /** In properties a managed dictionary shows its entries. */
  declare readonly contentType?: Entries<K, V>

  /**
   * The value of a key: Python's `d[key]`.
   *
   * @throws KeyError inside the thread if there is none.
   */
  at(key: K): Steps<V> {
    return this.request('at', [key], (entries) => [entries, found(this.name, entries, key)])
  }

  /** The value of a key, or `fallback` if there is none. */
  get(key: K): Steps<V | null>
  get<D>(key: K, fallback: D): Steps<V | D>
  get(key: K, fallback: unknown = null): Steps<unknown> {
    return this.ask('get', [key], (entries) => valueOf(entries, key, fallback))
  }

  /** Sets the value of a key: Python's `d[key] = value`. */
  set(key: K, value: V): Steps<void> {
    return this.request('set', [key, value], (entries) => [withEntry(entries, key, value), succeeded(undefined)])
  }

  /** Whether there is such a key. */
  has(key: K): Steps<boolean> {
    return this.ask('has', [key], (entries) => entries.some(([other]) => other === key))
  }

  /**
   * Removes a key: Python's `del d[key]`.
   *
   * @throws KeyError inside the thread if there is no such key.
   */
  delete(key: K): Steps<void> {
    return this.request('delete', [key], (entries) => {
      const removed = found(this.name, entries, key)
      return 'value' in removed ? [without(entries, key), succeeded(undefined)] : [entries, removed]
    })
  }

  /**
   * Removes a key and returns its value, or `fallback` if there is none.
   *
   * @throws KeyError inside the thread if there is no such key and no fallback.
   */
  pop(key: K): Steps<V>
  pop<D>(key: K, fallback: D): Steps<V | D>
  pop(key: K, ...fallback: readonly unknown[]): Steps<unknown> {
    return this.request<unknown>('pop', [key, ...fallback], (entries) => {
      const removed = found(this.name, entries, key)
      if ('value' in removed) return [without(entries, key), removed]
      return [entries, fallback.length > 0 ? succeeded(fallback[0]) : removed]
    })
  }

  /**
   * Removes the entry that was added last.
   *
   * @throws KeyError inside the thread if there is none.
   */
  popItem(): Steps<readonly [K, V]> {
    return this.request('popItem', [], (entries) => {
      const last = entries.at(-1)
      if (last === undefined) return [entries, { error: 'KeyError', message: `“${this.name}” is empty` }]
      return [entries.slice(0, -1), succeeded(last)]
    })
  }

  /** The value of a key, which is set to `value` if there is none. */
  setDefault(key: K, value: V): Steps<V> {
    return this.request('setDefault', [key, value], (entries) => {
      const before = found(this.name, entries, key)
      return 'value' in before ? [entries, before] : [withEntry(entries, key, value), succeeded(value)]
    })
  }

  /** Sets many. */
  update(added: Entries<K, V>): Steps<void> {
    return this.request('update', [added], (entries) => [
      added.reduce((all, [key, value]) => withEntry(all, key, value), entries),
      succeeded(undefined),
    ])
  }

  /** Removes all. */
  clear(): Steps<void> {
    return this.request('clear', [], (entries) => [entries.length === 0 ? entries : [], succeeded(undefined)])
  }

  keys(): Steps<readonly K[]> {
    return this.ask('keys', [], (entries) => entries.map(([key]) => key))
  }

  values(): Steps<readonly V[]> {
    return this.ask('values', [], (entries) => entries.map(([, value]) => value))
  }

  items(): Steps<Entries<K, V>> {
    return this.ask('items', [], (entries) => entries)
  }

  /** The number of entries: Python's `len(d)`. */
  size(): Steps<number> {
    return this.ask('size', [], (entries) => entries.length)
  }
}

/**
 * A list in a manager's process, with the semantics of Python's `Manager().list()`: every method is one step, in which the manager serves
 * nobody else. Indices below 0 count from the end.
 *
 * Declared by `p.manager(name).list(name, initial)`.
 */
export class ManagedList<T> extends Managed<readonly T[]> {
  readonly kind = 'managed list'
  /** In properties a managed list shows its items. */
  declare readonly contentType?: readonly T[]

  /**
   * The item at an index: Python's `l[index]`.
   *
   * @throws IndexError inside the thread if there is none.
   */
  at(index: number): Steps<T> {
    return this.request('at', [index], (items) => [items, this.#within(items, index)])
  }

  /**
   * Replaces the item at an index: Python's `l[index] = item`.
   *
   * @throws IndexError inside the thread if there is none.
   */
  set(index: number, item: T): Steps<void> {
    return this.request('set', [index, item], (items) => {
      const before = this.#within(items, index)
      return 'value' in before ? [items.with(index, item), succeeded(undefined)] : [items, before]
    })
  }

  append(item: T): Steps<void> {
    return this.request('append', [item], (items) => [[...items, item], succeeded(undefined)])
  }

  extend(added: readonly T[]): Steps<void> {
    return this.request('extend', [added], (items) => [[...items, ...added], succeeded(undefined)])
  }

  /** Inserts an item before an index; beyond the ends, at the nearer one. */
  insert(index: number, item: T): Steps<void> {
    return this.request('insert', [index, item], (items) => [items.toSpliced(index, 0, item), succeeded(undefined)])
  }

  /**
   * Removes the item at an index, the last one by default, and returns it.
   *
   * @throws IndexError inside the thread if there is none.
   */
  pop(index = -1): Steps<T> {
    return this.request('pop', index === -1 ? [] : [index], (items) => {
      const before = this.#within(items, index)
      return 'value' in before ? [items.toSpliced(index, 1), before] : [items, before]
    })
  }

  /**
   * Removes the first item that equals this one.
   *
   * @throws ValueError inside the thread if there is none.
   */
  remove(item: T): Steps<void> {
    return this.request('remove', [item], (items) => {
      const at = this.#position(items, item)
      return 'value' in at ? [items.toSpliced(at.value, 1), succeeded(undefined)] : [items, at]
    })
  }

  /**
   * The index of the first item that equals this one.
   *
   * @throws ValueError inside the thread if there is none.
   */
  index(item: T): Steps<number> {
    return this.request('index', [item], (items) => [items, this.#position(items, item)])
  }

  /** How many items equal this one. */
  count(item: T): Steps<number> {
    return this.ask('count', [item], (items) => items.filter((other) => isSame(other, item)).length)
  }

  reverse(): Steps<void> {
    return this.request('reverse', [], (items) => [items.toReversed(), succeeded(undefined)])
  }

  clear(): Steps<void> {
    return this.request('clear', [], (items) => [items.length === 0 ? items : [], succeeded(undefined)])
  }

  /** The number of items: Python's `len(l)`. */
  size(): Steps<number> {
    return this.ask('size', [], (items) => items.length)
  }

  /** All items: Python's `l[:]`. */
  items(): Steps<readonly T[]> {
    return this.ask('items', [], (items) => items)
  }

  #within(items: readonly T[], index: number): Attempt<T> {
    if (Number.isInteger(index) && index >= -items.length && index < items.length) return succeeded(items.at(index)!)
    return { error: 'IndexError', message: `“${this.name}” has no item ${index}` }
  }

  #position(items: readonly T[], item: T): Attempt<number> {
    const at = items.findIndex((other) => isSame(other, item))
    return at >= 0 ? succeeded(at) : { error: 'ValueError', message: `${formatData(item)} is not in “${this.name}”` }
  }
}

/** How a manager's objects are declared. */
export interface ManagerDeclarations {
  dict<K extends Key, V>(name: string, initial: Entries<K, V>): ManagedDict<K, V>
  list<T>(name: string, initial: readonly T[]): ManagedList<T>
}

/**
 * The objects of a process that serves others, with the semantics of Python's `multiprocessing.Manager`. The process itself is no part of
 * the model: it serves one request after the other, for as long as the program runs.
 *
 * Declared by `p.manager()`.
 */
export class Manager {
  readonly #declarations: ManagerDeclarations

  constructor(declarations: ManagerDeclarations) {
    this.#declarations = declarations
  }

  /** A dictionary, with these entries at first. */
  dict<V>(name: string, initial?: Readonly<Record<string, V>>): ManagedDict<string, V>
  dict<K extends Key, V>(name: string, initial: Entries<K, V>): ManagedDict<K, V>
  dict<V>(name: string, initial: Readonly<Record<string, V>> | Entries<string, V> = []): ManagedDict<string, V> {
    const entries = Array.isArray(initial)
      ? (initial as Entries<string, V>)
      : Object.entries(initial as Record<string, V>)
    return this.#declarations.dict(name, entries)
  }

  /** A list, with these items at first. */
  list<T>(name: string, initial: readonly T[] = []): ManagedList<T> {
    return this.#declarations.list(name, initial)
  }
}

function found<K, V>(name: string, entries: Entries<K, V>, key: K): Attempt<V> {
  const entry = entries.find(([other]) => other === key)
  return entry === undefined
    ? { error: 'KeyError', message: `“${name}” has no key ${formatData(key)}` }
    : succeeded(entry[1])
}

function valueOf<K, V>(entries: Entries<K, V>, key: K, fallback: unknown): unknown {
  const entry = entries.find(([other]) => other === key)
  return entry === undefined ? fallback : entry[1]
}

function withEntry<K, V>(entries: Entries<K, V>, key: K, value: V): Entries<K, V> {
  const at = entries.findIndex(([other]) => other === key)
  return at < 0 ? [...entries, [key, value]] : entries.with(at, [key, value])
}

function without<K, V>(entries: Entries<K, V>, key: K): Entries<K, V> {
  return entries.filter(([other]) => other !== key)
}

function isSame(a: unknown, b: unknown): boolean {
  return formatData(a) === formatData(b)
}
