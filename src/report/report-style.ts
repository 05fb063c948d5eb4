import { type Language, type Messages, messagesIn } from './messages.js'
import { makePaint, type Paint } from './paint.js'

/** How a report is written: language, colours, and the columns there are. */
export interface ReportStyle {
  readonly language: Language
  readonly messages: Messages
  readonly paint: Paint
  readonly columns: number
}

/** @param columns the width of the terminal. @default 100 */
export function makeStyle(language: Language, coloured = false, columns = 100): ReportStyle {
  return { language, messages: messagesIn(language), paint: makePaint(coloured), columns: Math.max(30, columns) }
}
