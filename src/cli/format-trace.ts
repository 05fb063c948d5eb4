import type { Trace } from '../engine/simulate/results/trace.js'
import { perfettoTrace } from '../report/perfetto-trace.js'
import { traceLines } from '../report/trace-lines.js'
import type { TraceFormat } from './trace-format.js'

/** A trace in a format, in pieces. */
export function formatTrace(trace: Trace, format: TraceFormat): Generator<string, void, undefined> {
  switch (format) {
    case 'perfetto':
      return perfettoTrace(trace)
    case 'jsonl':
      return traceLines(trace)
  }
}
