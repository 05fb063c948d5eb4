import { chain, hashText, LANE_1, LANE_2 } from './content-hash.js'
import { HistoryLimit, ProgramFault } from './errors.js'

/** What can live in a value slot: undefined, null, booleans, numbers, big integers, strings, and arrays and plain objects of these. */
export type PlainData =
  undefined | null | boolean | number | bigint | string | readonly PlainData[] | { readonly [key: string]: PlainData }

// Hashing and copying a value is one stretch of work: larger ones would block the caller's event loop.
const MAX_VALUE_BYTES = 2 ** 22

/**
 * Gives equal plain data one small number, and keeps one deep-frozen copy for it.
 *
 * Canonical: −0 is 0, NaN equals NaN, the order of keys does not count (copies have their keys sorted). Parts of a value
 * are interned too, so equal parts are shared and an id is found in time linear in the value's own size.
 */
export class Interner {
  readonly #ids = new Map<unknown, number>()
  readonly #values: PlainData[] = []
  /** Content hash of each id, lane 1. */
  hash1 = new Int32Array(64)
  /** Content hash of each id, lane 2. */
  hash2 = new Int32Array(64)
  /** An estimate of the memory held, in bytes. */
  bytes = 0
  /** What they may take at most, in bytes. */
  maxBytes = Infinity

  constructor() {
    // `undefined` is id 0, so that a zeroed word of a result means "nothing".
    this.#add(undefined, 'undefined', undefined)
  }

  /** The canonical copies of all values, in the order in which they were met. */
  get values(): readonly PlainData[] {
    return this.#values
  }

  /** The canonical copy. */
  valueOf(id: number): PlainData {
    return this.#values[id]
  }

  /**
   * The id of `value`.
   *
   * @param what how to name the value in an error, such as "the value written to cell “x”".
   * @throws HistoryLimit `limit/values` if the values do not fit in `maxBytes` together.
   * @throws ProgramFault `program/not-plain-data` for functions, symbols, class instances, holes and cycles.
   */
  intern(value: unknown, what: string): number {
    return this.#intern(value, what, '', [])
  }

  #intern(value: unknown, what: string, path: string, parents: readonly object[]): number {
    switch (typeof value) {
      case 'undefined':
        return 0
      case 'number': {
        const canonical = value === 0 ? 0 : value
        // The Map's own equality settles NaN; strings, numbers and booleans never collide as keys.
        return this.#ids.get(canonical) ?? this.#add(canonical, `number ${canonical}`, canonical)
      }
      case 'boolean':
        return this.#ids.get(value) ?? this.#add(value, String(value), value)
      case 'bigint':
        return this.#ids.get(value) ?? this.#add(value, `bigint ${value}`, value)
      case 'string': {
        // Before it is copied and hashed: a text that doubles with every step fills any memory.
        this.#requireRoom(4 * value.length)
        const key = `"${value}`
        return this.#ids.get(key) ?? this.#add(key, key, value)
      }
      case 'object':
        if (value === null) return this.#ids.get(null) ?? this.#add(null, 'null', null)
        if (parents.includes(value)) throw notPlain(what, path, 'contains itself')
        return Array.isArray(value)
          ? this.#internArray(value, what, path, [...parents, value])
          : this.#internRecord(value, what, path, [...parents, value])
      default:
        throw notPlain(what, path, `is a ${typeof value}`)
    }
  }

  #internArray(value: readonly unknown[], what: string, path: string, parents: readonly object[]): number {
    this.#requireRoom(24 * value.length)
    const ids: number[] = []
    for (let i = 0; i < value.length; i++) {
      if (!(i in value)) throw notPlain(what, `${path}[${i}]`, 'is a hole in an array')
      ids.push(this.#intern(value[i], what, `${path}[${i}]`, parents))
    }
    const key = `[${ids.join()}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    return this.#addComposite(key, '[', ids, Object.freeze(ids.map((id) => this.#values[id])))
  }

  #internRecord(value: object, what: string, path: string, parents: readonly object[]): number {
    const prototype = Object.getPrototypeOf(value) as unknown
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw notPlain(what, path, `is a ${kindOf(value)}`)
    if (Object.getOwnPropertySymbols(value).length > 0) throw notPlain(what, path, 'has a symbol as a key')
    const keys = Object.keys(value).sort()
    const ids: number[] = []
    for (const key of keys)
      ids.push(this.#intern((value as Record<string, unknown>)[key], what, `${path}.${key}`, parents))
    const shape = `{${keys.map((key) => JSON.stringify(key)).join()}`
    const key = `${shape}:${ids.join()}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const copy: Record<string, PlainData> = {}
    keys.forEach((name, i) => {
      Object.defineProperty(copy, name, { value: this.#values[ids[i]!], enumerable: true })
    })
    return this.#addComposite(key, shape, ids, Object.freeze(copy))
  }

  #addComposite(key: string, shape: string, parts: readonly number[], copy: PlainData): number {
    let h1 = hashText(shape, LANE_1)
    let h2 = hashText(shape, LANE_2)
    for (const id of parts) {
      h1 = chain(h1, this.hash1[id]!)
      h2 = chain(h2, this.hash2[id]!)
    }
    this.bytes += 2 * key.length + 24 * parts.length
    return this.#store(key, copy, h1, h2)
  }

  #add(key: unknown, text: string, value: PlainData): number {
    this.bytes += 4 * text.length
    return this.#store(key, value, hashText(text, LANE_1), hashText(text, LANE_2))
  }

  #requireRoom(bytes: number): void {
    if (bytes > MAX_VALUE_BYTES)
      throw new HistoryLimit(
        'limit/values',
        `a value in a shared object takes more than ${MAX_VALUE_BYTES / 2 ** 20} MB`,
        {
          hint: 'keep smaller values in shared objects',
        },
      )
    if (this.bytes + bytes <= this.maxBytes) return
    throw new HistoryLimit(
      'limit/values',
      `the values in shared objects take more than ${Math.ceil(this.maxBytes / 2 ** 20)} MB`,
      {
        hint: 'explore a smaller instance, or keep smaller values in shared objects',
      },
    )
  }

  #store(key: unknown, value: PlainData, h1: number, h2: number): number {
    const id = this.#values.length
    if (id === this.hash1.length) {
      this.hash1 = grown(this.hash1)
      this.hash2 = grown(this.hash2)
    }
    this.hash1[id] = h1
    this.hash2[id] = h2
    this.#values.push(value)
    this.#ids.set(key, id)
    // A Map entry, an array element, headers of key and value: about this much, measured on long runs.
    this.bytes += 160
    this.#requireRoom(0)
    return id
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

/** The class of an object as its maker calls it, or else as the language does: `Map`, `generator`. */
function kindOf(value: object): string {
  const { name } = (value.constructor ?? {}) as { readonly name?: unknown }
  if (typeof name === 'string' && name !== '') return name
  return Object.prototype.toString.call(value).slice('[object '.length, -1).toLowerCase()
}

function notPlain(what: string, path: string, why: string): ProgramFault {
  const subject = path === '' ? what : `${what}, at ${path.replace(/^\./, '')},`
  return new ProgramFault(
    'program/not-plain-data',
    `${subject} ${why}: only plain data can be shared between threads`,
    {
      hint: 'use numbers, strings, booleans, null, and arrays and plain objects of these',
    },
  )
}
