import type { Program } from 'entrelacs'
import type { Pause } from '../../src/engine/explore/strategy-run.js'
import { TraceShare } from '../../src/parallel/trace-share.js'
import type { OpenTraceWorker } from '../../src/parallel/trace-thread.js'

/** Workers without threads: messages take their time and are copied, as between threads. */
export function besides(program: Program, steps: number): OpenTraceWorker {
  return (input, { onMessage }) => {
    let isOpen = true
    const share = new TraceShare(program, { ...input, steps }, (message) =>
      setImmediate(() => isOpen && onMessage(structuredClone(message))),
    )
    return {
      send: (order) => setImmediate(() => isOpen && share.receive(structuredClone(order))),
      end: () => (isOpen = false),
    }
  }
}

/** Runs work to its end. */
export async function toItsEnd<R>(work: Generator<Pause, R>): Promise<R> {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    await step.value
  }
}
