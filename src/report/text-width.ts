/** Columns that a text takes on a terminal, near enough: combining marks take none, wide East Asian characters two. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) {
    const point = character.codePointAt(0)!
    if (/\p{Mark}/u.test(character)) continue
    width +=
      point >= 0x1100 &&
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u.test(character)
        ? 2
        : 1
  }
  return width
}

/** The text padded with spaces to `width` columns. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

/** The text cut to `width` columns, with an ellipsis where it was cut. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (textWidth(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}
