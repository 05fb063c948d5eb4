import { parentPort, workerData } from 'node:worker_threads'
import { portableError } from './portable-error.js'
import type { TraceMessage, TraceOrder, TraceWorkerInput } from './trace-protocol.js'
import { TraceShare } from './trace-share.js'
import { programFrom } from './program-module.js'

// Places in TypeScript files, instead of in what they were compiled to.
process.setSourceMapsEnabled(true)

const input = workerData as TraceWorkerInput
const tell = (message: TraceMessage): void => parentPort!.postMessage(message)

try {
  const share = new TraceShare(await programFrom(input.module, input.program), input, tell)
  parentPort!.on('message', (order: TraceOrder) => share.receive(order))
} catch (error) {
  tell({ kind: 'failed', error: portableError(error) })
}
