import { MisuseError } from '../engine/errors.js'
import { formatData, type Steps } from '../engine/operation.js'
import { StatefulObject } from './transition.js'

/** What a stream holds that nobody has read, and whether its end has been written. */
export interface StreamState<T> {
  readonly items: readonly T[]
  readonly ended: boolean
}

/** What reading gives: a value, or the end. */
export type StreamRead<T> = { readonly done: false; readonly value: T } | { readonly done: true }

/**
 * A stream of values with back-pressure: whoever writes waits while `highWaterMark` values have not been read, so that a fast
 * writer goes as slowly as its reader. Every value is read once, in the order of writing; behind the last one every reader
 * finds the end. It is what the Streams standard's `writer.ready`, `write`, `close` and `reader.read` are together.
 *
 * Declared by `p.stream(name, { highWaterMark })`. `write`, `read` and `end` are one step each; the others are made of these,
 * and what they are given runs in the thread that calls them.
 */
export class Stream<T> extends StatefulObject<StreamState<T>> {
  readonly kind = 'stream'
  /** How many values it holds at most. */
  readonly highWaterMark: number
  /** In properties a stream shows the values to be read, those to be read next first, and whether it has ended. */
  declare readonly contentType?: StreamState<T>

  constructor(name: string, word: number, highWaterMark: number) {
    super(name, word)
    this.highWaterMark = highWaterMark
  }

  /**
   * Writes a value, waiting while the stream is full.
   *
   * @throws MisuseError inside the thread if the stream has ended.
   */
  write(value: T): Steps<void> {
    return this.perform({
      name: 'write',
      args: [value],
      ways: ({ items, ended }) => (ended || items.length < this.highWaterMark ? 1 : 0),
      step: ({ items, ended }) => {
        if (ended) throw new MisuseError(`stream “${this.name}” is written to after its end`)
        return { state: { items: [...items, value], ended }, result: undefined }
      },
    })
  }

  /** Reads the next value or the end, waiting for one of them. */
  read(): Steps<StreamRead<T>> {
    return this.perform<StreamRead<T>>({
      name: 'read',
      ways: ({ items, ended }) => (ended || items.length > 0 ? 1 : 0),
      step: (state) => {
        const { items, ended } = state
        if (items.length === 0) return { state, result: { done: true } }
        return { state: { items: items.slice(1), ended }, result: { done: false, value: items[0]! } }
      },
      label: (result) => labelOfRead(result as StreamRead<unknown> | undefined),
    })
  }

  /** Writes the end: what is in the stream can still be read, and nothing more comes. Ending it again changes nothing. */
  end(): Steps<void> {
    return this.perform({
      name: 'end',
      step: (state) => ({ state: state.ended ? state : { items: state.items, ended: true }, result: undefined }),
    })
  }

  /** Reads until the end and calls `body` with every value: `for await (const value of stream)`. */
  *forEach(body: (value: T) => Steps<unknown>): Steps<void> {
    for (;;) {
      const read = yield* this.read()
      if (read.done) return
      yield* body(read.value)
    }
  }

  /** A stage of a pipeline: reads until the end, writes what `change` makes of every value, and then the end. */
  *mapInto<R>(target: Stream<R>, change: (value: T) => R): Steps<void> {
    yield* this.forEach((value) => target.write(change(value)))
    yield* target.end()
  }

  /** A stage of a pipeline: reads until the end, writes the values that `isKept` is true of, and then the end. */
  *filterInto(target: Stream<T>, isKept: (value: T) => boolean): Steps<void> {
    yield* this.forEach(function* (value) {
      if (isKept(value)) yield* target.write(value)
    })
    yield* target.end()
  }
}

function labelOfRead(result: StreamRead<unknown> | undefined): string {
  if (result === undefined) return 'read'
  return result.done ? 'read: end' : `read → ${formatData(result.value)}`
}
