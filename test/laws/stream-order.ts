import { program, type Program, type SharedObject, type Steps, type StreamRead, type StreamState } from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A stream, as far as the laws need one. */
export interface Flow extends SharedObject {
  readonly contentType?: StreamState<number>
  write(value: number): Steps<unknown>
  read(): Steps<StreamRead<number>>
  end(): Steps<unknown>
}

/** One thread writes numbers and the end, another reads up to the end: it gets all of them in order, and never waits more than the mark. */
export function keepsOrderBelowMark(declare: (p: Vocabulary) => Flow, mark: number, values: number): Program {
  return program('keeps order below its mark', {}, (_params, p) => {
    const flow = declare(p)
    const written = Array.from({ length: values }, (_, i) => i)
    p.thread('writer', function* () {
      for (const value of written) yield* flow.write(value)
      yield* flow.end()
    })
    const reader = p.thread('reader', function* () {
      const got: number[] = []
      for (;;) {
        const read = yield* flow.read()
        if (read.done) return got
        got.push(read.value)
      }
    })
    p.always('no more values than its mark', (now) => now(flow).items.length <= mark)
    p.finally('all values come out in order', (final) => String(final.result(reader)) === String(written))
  })
}
