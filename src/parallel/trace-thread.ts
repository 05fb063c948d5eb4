import { Worker } from 'node:worker_threads'
import type { TraceMessage, TraceOrder, TraceWorkerInput } from './trace-protocol.js'

/** A worker for traces as whoever shares the work sees it. */
export interface TraceWorker {
  readonly send: (order: TraceOrder) => void
  /** Ends it, whatever it does; nothing is heard of it any more. */
  readonly end: () => void
}

/** Who hears of a worker. */
export interface TraceListener {
  readonly onMessage: (message: TraceMessage) => void
  readonly onError: (error: Error) => void
}

export type OpenTraceWorker = (input: TraceWorkerInput, listener: TraceListener) => TraceWorker

/** A worker in a thread of its own. */
export function openTraceThread(input: TraceWorkerInput, { onMessage, onError }: TraceListener): TraceWorker {
  // By way of its folder, so that it is found from a built chunk as well.
  const worker = new Worker(new URL('../parallel/trace-worker.js', import.meta.url), {
    workerData: input,
    // What a program prints to the console must not mix with the report.
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(input.heapLimit / 2 ** 20) },
  })
  worker.stdout.pipe(process.stderr, { end: false })
  worker.on('message', onMessage)
  worker.on('error', onError)
  worker.on('exit', (code) => onError(new Error(`a worker has ended early, with code ${code}`)))
  return {
    send: (order) => worker.postMessage(order),
    end: () => {
      worker.removeAllListeners()
      void worker.terminate()
    },
  }
}
