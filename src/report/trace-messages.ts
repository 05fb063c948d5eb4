import type { Language } from './messages.js'

/** Sentences about traces that are written to files. */
export interface TraceMessages {
  readonly written: (events: string, file: string) => string
  /** How to look at it. */
  readonly perfetto: string
}

const english: TraceMessages = {
  written: (events, file) => `A trace of ${events} events is in ${file}.`,
  perfetto: 'Open it in https://ui.perfetto.dev or chrome://tracing.',
}

const french: TraceMessages = {
  written: (events, file) => `Une trace de ${events} événements est dans ${file}.`,
  perfetto: 'Ouvrez-la dans https://ui.perfetto.dev ou chrome://tracing.',
}

export function traceMessagesIn(language: Language): TraceMessages {
  return language === 'fr' ? french : english
}
