import { textWidth } from './text-width.js'

/** A text on as many lines as it needs, broken at spaces; all but the first are indented. */
export function wrapText(text: string, width: number, indent = 0): string[] {
  const lines: string[] = []
  const margin = /^ */.exec(text)![0]
  let line = margin
  for (const word of text.trim().split(' ')) {
    const isFirst = line.trim() === ''
    if (!isFirst && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = ' '.repeat(margin.length + indent) + word
    } else line += isFirst ? word : ` ${word}`
  }
  return [...lines, line]
}
