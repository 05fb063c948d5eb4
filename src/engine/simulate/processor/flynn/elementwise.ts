import { UsageError } from '../../../errors.js'
import type { InstructionStream } from '../instruction-stream.js'
import { at, buildStream, r, type StreamBuilder, v, type Words } from '../stream-builder.js'

/** The same calculation on every pair of elements. */
export interface ElementwiseTask {
  readonly operation: 'add' | 'sub' | 'mul'
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/** One instruction after the other for each element, or a loop over them. */
export type StreamForm = 'unrolled' | 'loop'

/** Where the streams of a task keep what they work on: the same words in every stream, so that cores can share them. */
interface Layout {
  readonly a: Words
  readonly b: Words
  /** One array of results for each unit that makes its own. */
  readonly results: readonly Words[]
  readonly voted: Words
}

/** Units that make their own results where several check each other. */
export const VOTERS = 3

/** Names of the arrays of results, then that of the array they agree on. */
export const RESULTS = Array.from({ length: VOTERS }, (_, unit) => `result${unit}`)
export const VOTED = 'voted'

/** @throws UsageError unless both arrays have the same number of elements, one at least. */
export function checkTask({ a, b }: ElementwiseTask): void {
  if (a.length === b.length && a.length > 0) return
  throw new UsageError(
    'usage/processor',
    `the arrays must have as many elements as each other, not ${a.length} and ${b.length}`,
  )
}

function layOut(build: StreamBuilder, { a, b }: ElementwiseTask): Layout {
  return {
    a: build.data('a', a),
    b: build.data('b', b),
    results: RESULTS.map((name) => build.space(name, a.length)),
    voted: build.space(VOTED, a.length),
  }
}

/** Element by element from `from` to just below `to`: a single processor, or one of several. */
export function scalarStream(task: ElementwiseTask, form: StreamForm, from: number, to: number): InstructionStream {
  return buildStream('scalar', (build) => {
    const { a, b, results } = layOut(build, task)
    overElements(build, form, from, to, (place) => {
      build.do('load', r(2), place(a))
      build.do('load', r(3), place(b))
      build.do(task.operation, r(4), r(2), r(3))
      build.do('store', r(4), place(results[0]!))
    })
  })
}

/** A vector at a time; the last one may be shorter. */
export function vectorStream(task: ElementwiseTask, form: StreamForm, width: number): InstructionStream {
  const count = task.a.length
  return buildStream('vector', (build) => {
    const { a, b, results } = layOut(build, task)
    const one = (place: (words: Words) => ReturnType<typeof at>) => {
      build.do('vload', v(1), place(a))
      build.do('vload', v(2), place(b))
      build.do(`v${task.operation}`, v(3), v(1), v(2))
      build.do('vstore', v(3), place(results[0]!))
    }
    if (form === 'loop') {
      build.do('set', r(1), 0)
      build.do('set', r(2), count)
      build.do('width', r(3))
      build.repeat(
        () => {
          build.do('vlen', r(2))
          one((words) => at(words, r(1)))
          build.do('add', r(1), r(1), r(3))
          build.do('sub', r(2), r(2), r(3))
        },
        r(2),
        'gt',
        0,
      )
      return
    }
    for (let i = 0; i < count; i += width) {
      if (count - i < width) build.do('vlen', count - i)
      one((words) => at(words, r(0), i))
    }
  })
}

/** The same results in a way of its own for each unit, from the same data: what is checked against each other. */
export function checkingStream(task: ElementwiseTask, form: StreamForm, unit: number): InstructionStream {
  return buildStream(`check ${unit}`, (build) => {
    const { a, b, results } = layOut(build, task)
    overElements(build, form, 0, task.a.length, (place) => {
      build.do('load', r(2), place(a))
      build.do('load', r(3), place(b))
      WAYS[task.operation][unit]!(build)
      build.do('store', r(4), place(results[unit]!))
    })
  })
}

/** Each makes `r4` of `r2` and `r3`, exactly the same number in all three ways (but for the sign of 0). */
const WAYS: Readonly<Record<ElementwiseTask['operation'], readonly ((build: StreamBuilder) => void)[]>> = {
  add: [
    (build) => {
      build.do('add', r(4), r(2), r(3))
    },
    (build) => {
      build.do('add', r(4), r(3), r(2))
    },
    (build) => {
      build.do('sub', r(5), r(0), r(3))
      build.do('sub', r(4), r(2), r(5))
    },
  ],
  sub: [
    (build) => {
      build.do('sub', r(4), r(2), r(3))
    },
    (build) => {
      build.do('sub', r(5), r(3), r(2))
      build.do('sub', r(4), r(0), r(5))
    },
    (build) => {
      build.do('sub', r(5), r(0), r(3))
      build.do('add', r(4), r(2), r(5))
    },
  ],
  mul: [
    (build) => {
      build.do('mul', r(4), r(2), r(3))
    },
    (build) => {
      build.do('mul', r(4), r(3), r(2))
    },
    (build) => {
      build.do('sub', r(5), r(0), r(2))
      build.do('mul', r(5), r(5), r(3))
      build.do('sub', r(4), r(0), r(5))
    },
  ],
}

/** For each element the number in the middle of three, which is the one that two agree on if two do. */
export function votingStream(task: ElementwiseTask, form: StreamForm): InstructionStream {
  return buildStream('vote', (build) => {
    const { results, voted } = layOut(build, task)
    overElements(build, form, 0, task.a.length, (place) => {
      results.forEach((words, unit) => {
        build.do('load', r(2 + unit), place(words))
      })
      build.do('min', r(5), r(2), r(3))
      build.do('max', r(6), r(2), r(3))
      build.do('min', r(6), r(6), r(4))
      build.do('max', r(5), r(5), r(6))
      build.do('store', r(5), place(voted))
    })
  })
}

function overElements(
  build: StreamBuilder,
  form: StreamForm,
  from: number,
  to: number,
  body: (place: (words: Words) => ReturnType<typeof at>) => void,
): void {
  if (form === 'unrolled') {
    for (let i = from; i < to; i++) body((words) => at(words, r(0), i))
    return
  }
  if (from === to) return
  build.do('set', r(1), from)
  build.repeat(
    () => {
      body((words) => at(words, r(1)))
      build.do('add', r(1), r(1), 1)
    },
    r(1),
    'lt',
    to,
  )
}
