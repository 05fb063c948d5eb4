import { ftruncateSync, openSync, writeSync, closeSync } from 'node:fs'
import { UsageError } from '../engine/errors.js'
import { portableError } from '../parallel/portable-error.js'
import { WorkerError } from './run-in-worker.js'
import { write } from './terminal.js'

/** Where a trace goes, piece by piece. */
export interface TraceOutput {
  write(piece: string): Promise<void>
  close(): void
}

export const STANDARD_OUTPUT: TraceOutput = {
  write: (piece) => write(process.stdout, piece),
  close: () => {},
}

/**
 * A file, which keeps what it holds until the first piece comes: a program that cannot run destroys no trace.
 *
 * @throws WorkerError `usage/unwritable` if it cannot be written.
 */
export function fileOutput(file: string): TraceOutput {
  const descriptor = trying(file, () => openSync(file, 'a'))
  let isEmpty = false
  return {
    write: async (piece) =>
      trying(file, () => {
        if (!isEmpty) ftruncateSync(descriptor)
        isEmpty = true
        // Bytes that do not fit at once are written in turns.
        const bytes = Buffer.from(piece)
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
      }),
    close: () => closeSync(descriptor),
  }
}

function trying<R>(file: string, action: () => R): R {
  try {
    return action()
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/,? (?:open|write|ftruncate).*$/, '') : String(error)
    throw new WorkerError(
      portableError(
        new UsageError('usage/unwritable', `the trace cannot be written to ${file}: ${why}`, {
          hint: 'give the path of a file in a folder that exists',
        }),
      ),
    )
  }
}
