import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Place } from '../engine/place.js'
import { type PortableError, portableError } from '../parallel/portable-error.js'
import { PulseCell } from '../watchdog/pulse.js'
import { neverYields, stuckness } from '../watchdog/stuckness.js'
import { type WorkerInput, type WorkerMessage, type WorkerOrder, type WorkerTask } from './worker-protocol.js'

/** What the command line does while the worker works. */
export interface WorkerWatch {
  /** Seconds that the program's own code may take between two operations. */
  readonly patience: number
  readonly onMessage: (message: WorkerMessage) => void
  /** Takes a piece of a trace; the next one comes once it has. */
  readonly onPiece?: (piece: string) => Promise<void>
  /** Called on the first Ctrl-C, when the work is asked to end. */
  readonly onInterrupt?: () => void
}

/** The work failed, by the program's fault or ours. */
export class WorkerError extends Error {
  readonly failure: PortableError

  constructor(failure: PortableError) {
    super(failure.message)
    this.failure = failure
  }
}

const LOOK_MS = 200
/** The messages after which the worker has nothing more to say. */
const ENDS: ReadonlySet<WorkerMessage['kind']> = new Set(['explored', 'compared', 'replayed', 'simulated', 'swept'])

/**
 * Runs a task on a program in a worker, so that a thread that never yields cannot hold up the command line. Ctrl-C asks
 * the work to end with what is known; a second one leaves at once.
 *
 * @throws WorkerError if the program is at fault, never yields, or the worker dies.
 */
export function runInWorker(task: WorkerTask, watch: WorkerWatch): Promise<WorkerMessage> {
  const pulse = new SharedArrayBuffer(4 * PulseCell.Length)
  // Named here: a worker that is ended while it loads a file cannot tell what it leaves behind.
  const folder = join(tmpdir(), `entrelacs-${randomUUID()}`)
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  const input: WorkerInput = { task, folder, patience: watch.patience, pulse }
  // By way of its folder, so that it is found from a built chunk as well.
  const worker = new Worker(new URL('../cli/worker.js', import.meta.url), {
    workerData: input,
    // What a program prints to the console must not mix with the report.
    stdout: true,
    resourceLimits: heapLimits(),
  })
  worker.stdout.pipe(process.stderr, { end: false })
  const subjects = new Map<number, { readonly name: string; readonly place: Place | undefined }>()
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearInterval(watchdog)
      process.off('SIGINT', interrupt)
      action()
      // A folder that cannot be removed is no reason to fail.
      worker
        .terminate()
        .then(removeFolder)
        .catch(() => {})
    }
    const fail = (failure: PortableError): void => settle(() => reject(new WorkerError(failure)))
    const take = (piece: string): void => {
      const taken = watch.onPiece?.(piece) ?? Promise.resolve()
      taken.then(
        () => worker.postMessage({ kind: 'next piece' } satisfies WorkerOrder),
        (error: unknown) => settle(() => reject(error as Error)),
      )
    }
    const interrupt = (): void => {
      process.off('SIGINT', interrupt)
      watch.onInterrupt?.()
      worker.postMessage({ kind: 'abort' } satisfies WorkerOrder)
      process.once('SIGINT', () => {
        removeFolder()
        process.exit(130)
      })
    }
    const isStuck = stuckness(pulse, watch.patience)
    const watchdog = setInterval(() => {
      const number = isStuck()
      if (number !== 0) fail(portableError(neverYields(subjects.get(number), watch.patience)))
    }, LOOK_MS)
    process.on('SIGINT', interrupt)
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'subject') subjects.set(message.number, message)
      else if (message.kind === 'failed') fail(message.failure)
      else if (message.kind === 'piece') take(message.text)
      else if (ENDS.has(message.kind)) settle(() => resolve(message))
      else watch.onMessage(message)
    })
    worker.on('error', (error) => fail(crashed(error)))
    worker.on('exit', (code) => fail(ended(code)))
  })
}

/** Only the program's own code can end the worker before the work is done. */
function ended(code: number): PortableError {
  return {
    code: 'program/exits',
    message:
      code === 13
        ? 'the file waits at its top level for something that never happens'
        : `the program ended the process (exit code ${code})`,
    hint: 'a program must not call process.exit, and must not wait while it is loaded',
    place: undefined,
    stack: undefined,
  }
}

function crashed(error: Error): PortableError {
  const isMemory = (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'
  return {
    code: isMemory ? 'limit/heap' : isOurs(error) ? null : 'program/throws-aside',
    message: isMemory
      ? 'the values that the program keeps do not fit in memory'
      : isOurs(error)
        ? error.message
        : `the program throws outside of its threads: ${error.message}`,
    hint: isMemory ? 'explore a smaller instance, or keep smaller values in shared objects' : undefined,
    place: undefined,
    stack: error.stack,
  }
}

/** An error whose first place is in this package, not in the user's file. */
function isOurs(error: Error): boolean {
  return !/program-\d+\.mjs|\.[cm]?tsx?:/.test(error.stack ?? '')
}

/** Interned values and learnt threads live in the heap: it may grow as large as the process's own, at least 4 GB. */
function heapLimits(): { readonly maxOldGenerationSizeMb: number } {
  return { maxOldGenerationSizeMb: Math.max(4096, Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20)) }
}
