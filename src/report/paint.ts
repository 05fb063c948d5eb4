/** Colours for a terminal, or none. */
export interface Paint {
  readonly bad: (text: string) => string
  readonly good: (text: string) => string
  readonly doubt: (text: string) => string
  readonly dim: (text: string) => string
  readonly strong: (text: string) => string
}

const plain = (text: string) => text
const code = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`

/** @param coloured whether the reader is a terminal that wants colours. */
export function makePaint(coloured: boolean): Paint {
  if (!coloured) return { bad: plain, good: plain, doubt: plain, dim: plain, strong: plain }
  return { bad: code(31, 39), good: code(32, 39), doubt: code(33, 39), dim: code(2, 22), strong: code(1, 22) }
}
