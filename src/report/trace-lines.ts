import type { Trace } from '../engine/simulate/results/trace.js'
import { toJson } from './json.js'

const AT_ONCE = 1 << 16

/**
 * A trace as JSON lines: one object a line, the run first and then its events in their order, with the fields of `TraceHeader` and
 * `TraceEvent` and times in nanoseconds. The same run gives the same bytes. Comes in pieces, since it may be large.
 */
export function* traceLines(trace: Trace): Generator<string, void, undefined> {
  let piece = `${toJson(trace.header)}\n`
  for (const event of trace.events()) {
    piece += `${toJson(event)}\n`
    if (piece.length < AT_ONCE) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
