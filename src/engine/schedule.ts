/** One choice of a schedule: which thread steps, and by which of its ways (0 unless it has several). */
export interface Choice {
  /** The thread's code: `A`, `B`, …; `Aa` is A's first child. */
  readonly thread: string
  readonly way: number
}

/** A sequence of choices; if it goes on for ever, with the part that repeats. */
export interface Schedule {
  readonly choices: readonly Choice[]
  /** Choices that repeat for ever after the others; empty if the schedule is finite. */
  readonly repeat: readonly Choice[]
}

/** `A1B2A1`: runs of a thread with their lengths; a step by another way than 0 stands alone as `A_2`. */
export function formatChoices(choices: readonly Choice[]): string {
  let text = ''
  for (let i = 0; i < choices.length;) {
    const { thread, way } = choices[i]!
    if (way !== 0) {
      text += `${thread}_${way}`
      i++
      continue
    }
    let end = i + 1
    while (end < choices.length && choices[end]!.thread === thread && choices[end]!.way === 0) end++
    text += `${thread}${end - i}`
    i = end
  }
  return text
}

/** What `formatChoices` wrote; null if the text is no such thing. */
export function parseChoices(text: string, limit: number): Choice[] | null {
  const choices: Choice[] = []
  let rest = text
  while (rest !== '') {
    const match = /^([A-Za-z]+)(?:_(\d{1,5})|(\d{1,9}))/.exec(rest)
    if (match === null) return null
    const thread = match[1]!
    const count = match[3] === undefined ? 1 : Number(match[3])
    if (count === 0 || choices.length + count > limit) return null
    for (let i = 0; i < count; i++) choices.push({ thread, way: Number(match[2] ?? 0) })
    rest = rest.slice(match[0].length)
  }
  return choices
}
