import { deserialize, serialize } from 'node:v8'

/** One piece of a checkpoint's parts: a value, some items of a list, or some elements of a typed array. */
type CheckpointRecord =
  | readonly [kind: 'value', key: string, value: unknown]
  | readonly [kind: 'items', key: string, items: readonly unknown[]]
  | readonly [kind: 'elements', key: string, length: number, offset: number, elements: Int32Array]

// A record is written in one stretch, which must not hold up the caller's event loop.
const ITEM_BYTES = 1 << 18
const ELEMENTS = 1 << 17

/** The parts as records of moderate size. */
export function* recordsOf(parts: Readonly<Record<string, unknown>>): Generator<Buffer> {
  for (const [key, value] of Object.entries(parts)) {
    if (Array.isArray(value)) yield* listRecords(key, value)
    else if (value instanceof Int32Array) yield* arrayRecords(key, value)
    else yield serialize(['value', key, value] satisfies CheckpointRecord)
  }
}

function* listRecords(key: string, list: readonly unknown[]): Generator<Buffer> {
  let items: unknown[] = []
  let bytes = 0
  for (const item of list) {
    items.push(item)
    bytes += sizeOf(item)
    if (bytes < ITEM_BYTES) continue
    yield serialize(['items', key, items] satisfies CheckpointRecord)
    items = []
    bytes = 0
  }
  yield serialize(['items', key, items] satisfies CheckpointRecord)
}

/** About what an item takes: it need not be exact. */
function sizeOf(item: unknown): number {
  if (ArrayBuffer.isView(item)) return item.byteLength
  if (typeof item === 'string') return item.length * 2
  if (typeof item !== 'object' || item === null) return 16
  let bytes = 64
  for (const part of Object.values(item)) bytes += ArrayBuffer.isView(part) ? part.byteLength : 64
  return bytes
}

function* arrayRecords(key: string, array: Int32Array): Generator<Buffer> {
  for (let offset = 0; offset === 0 || offset < array.length; offset += ELEMENTS)
    yield serialize([
      'elements',
      key,
      array.length,
      offset,
      array.subarray(offset, offset + ELEMENTS),
    ] satisfies CheckpointRecord)
}

/** Adds what a record holds to the parts. */
export function addRecord(parts: Record<string, unknown>, bytes: Buffer): void {
  const record = deserialize(bytes) as CheckpointRecord
  const [kind, key] = record
  switch (kind) {
    case 'value':
      parts[key] = record[2]
      return
    case 'items':
      ;((parts[key] ??= []) as unknown[]).push(...record[2])
      return
    case 'elements': {
      const [, , length, offset, elements] = record
      const array = (parts[key] ??= new Int32Array(length)) as Int32Array
      array.set(elements, offset)
    }
  }
}
