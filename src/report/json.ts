/** Machine-readable output. JSON has no big integers: they are written as texts, `12n`. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
}
