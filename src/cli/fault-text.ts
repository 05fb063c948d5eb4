import { formatPlace } from '../engine/place.js'
import type { Paint } from '../report/paint.js'
import type { PortableError } from '../parallel/portable-error.js'

/** An error as a person reads it: where, what, and what to do. */
export function faultText(failure: PortableError, paint: Paint): string {
  const where =
    failure.place === undefined ? '' : `${failure.place.file}:${failure.place.line}:${failure.place.column}: `
  const lines = [`${paint.bad('error:')} ${where}${failure.message}`]
  if (failure.hint !== undefined) lines.push(`  ${failure.hint}`)
  if (failure.code === null) lines.push(failure.stack ?? '', '  this is a fault of Entrelacs itself; please report it')
  return `${lines.join('\n')}\n`
}

/** The same for programs. */
export function faultJson(failure: PortableError): string {
  const { code, message, hint, place } = failure
  return `${JSON.stringify({
    schema: 1,
    error: {
      code: code ?? 'internal',
      message,
      hint: hint ?? null,
      place:
        place === undefined
          ? null
          : { file: place.file, line: place.line, column: place.column, text: formatPlace(place) },
    },
  })}\n`
}
