import { messagesIn, type Language } from '../report/messages.js'
import { padText } from '../report/text-width.js'
import { scenarios } from '../scenarios/index.js'
import { ExitCode } from './exit-code.js'
import { outputStyle, write } from './terminal.js'

/** `entrelacs list`: the gallery. */
export async function listCommand(given: { readonly json: boolean; readonly language: Language }): Promise<ExitCode> {
  if (given.json) {
    const programs = scenarios.map(({ name, rows, title, repairedBy }) => ({
      name,
      rows,
      title: title[given.language],
      repairedBy: repairedBy ?? null,
    }))
    await write(process.stdout, `${JSON.stringify({ schema: 1, programs })}\n`)
    return ExitCode.Holds
  }
  const { paint } = outputStyle(given.language)
  const messages = messagesIn(given.language)
  const width = Math.max(...scenarios.map((entry) => entry.name.length))
  const lines = scenarios.map(
    (entry) => `  ${paint.strong(padText(entry.name, width))}  ${entry.title[given.language]}`,
  )
  await write(process.stdout, `${[messages.galleryHeading, '', ...lines, '', messages.galleryHint].join('\n')}\n`)
  return ExitCode.Holds
}
