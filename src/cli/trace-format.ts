/** What a trace can be written as. */
export const TRACE_FORMATS = ['perfetto', 'jsonl'] as const
export type TraceFormat = (typeof TRACE_FORMATS)[number]
