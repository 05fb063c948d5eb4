import { UsageError } from '../engine/errors.js'
import type { Language } from '../report/messages.js'
import { makeStyle, type ReportStyle } from '../report/report-style.js'

/** Whether colours are wanted on a stream: on a terminal, unless NO_COLOR is set; anywhere if FORCE_COLOR is. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  if (process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '') return false
  const forced = process.env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0'
  return stream.isTTY === true && process.env['TERM'] !== 'dumb'
}

/** The style for what is written to standard output. */
export function outputStyle(language: Language): ReportStyle {
  return makeStyle(language, wantsColour(process.stdout), process.stdout.columns ?? 100)
}

/** Writes and waits until it is written: a process that exits early loses what a pipe has not taken yet. */
export function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      // Whoever closes the pipe (`| head`) has read enough.
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE')
        reject(new UsageError('usage/output', `the output cannot be written: ${error.message}`))
      else resolve()
    })
  })
}
