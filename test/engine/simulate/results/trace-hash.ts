import { createHash } from 'node:crypto'
import type { Trace } from '../../../../src/engine/simulate/results/trace.js'
import { traceLines } from '../../../../src/report/trace-lines.js'

/** The sha-256 of a trace's JSON lines. */
export function traceHash(trace: Trace): string {
  const hash = createHash('sha256')
  for (const piece of traceLines(trace)) hash.update(piece)
  return hash.digest('hex')
}
