import { ProgramFault } from '../../errors.js'

/** A word, a number or a sign of the assembler's text, and where it stands. Columns count from 1. */
export interface Token {
  readonly kind: 'word' | 'number' | 'sign' | 'end'
  readonly text: string
  readonly line: number
  readonly column: number
}

const TOKEN =
  /\s+|(?<comment>[;#].*)|(?<word>[A-Za-z_]\w*)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<sign>[,:[\]+-])/y

/**
 * What is wrong with a text and where.
 *
 * @throws ProgramFault always, with the code `program/assembly`.
 */
export function refuse(file: string, { line, column }: Token, message: string, hint?: string): never {
  throw new ProgramFault('program/assembly', message, {
    place: { file, line, column },
    hint,
  })
}

/** The tokens of one line, without its comment; the last is always of kind `end`. */
export function scanLine(file: string, text: string, line: number): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  let end = 0
  while (end < text.length) {
    const match = TOKEN.exec(text)
    if (match === null) {
      const stranger = {
        kind: 'sign',
        text: String.fromCodePoint(text.codePointAt(end)!),
        line,
        column: end + 1,
      } as const
      refuse(file, stranger, `“${visible(stranger.text)}” means nothing here`, 'comments start with ; or #')
    }
    const { word, number, sign } = match.groups!
    if (word !== undefined) tokens.push({ kind: 'word', text: word, line, column: end + 1 })
    if (number !== undefined) tokens.push({ kind: 'number', text: number, line, column: end + 1 })
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, line, column: end + 1 })
    end = TOKEN.lastIndex
  }
  tokens.push({ kind: 'end', text: '', line, column: text.trimEnd().length + 1 })
  return tokens
}

/** A character that would not be seen, by its number. */
function visible(character: string): string {
  const isSeen = !/[\p{C}\p{Z}]/u.test(character)
  return isSeen ? character : `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}
