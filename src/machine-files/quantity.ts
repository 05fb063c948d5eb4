/** Units by what they measure, each with what one of it is in the smallest. */
const UNITS = {
  /** In picoseconds. */
  time: { ps: 1, ns: 1e3, us: 1e6, µs: 1e6, ms: 1e9, s: 1e12 },
  /** In bytes. */
  size: { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 },
  /** In bytes per second. */
  rate: { 'B/s': 1, 'kB/s': 1e3, 'MB/s': 1e6, 'GB/s': 1e9, 'Mbit/s': 125e3, 'Gbit/s': 125e6 },
  /** In cycles per second. */
  frequency: { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 },
} as const

/** What a quantity of a machine file measures. */
export type QuantityKind = keyof typeof UNITS

/** `1.5 us` in the smallest unit of its kind; null if it is no such quantity. */
export function parseQuantity(text: string, kind: QuantityKind): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(\S+)$/.exec(text.trim())
  if (match === null) return null
  const unit = (UNITS[kind] as Readonly<Record<string, number>>)[match[2]!]
  return unit === undefined ? null : Number(match[1]) * unit
}

/** The units of a kind, for messages. */
export function unitsOf(kind: QuantityKind): string {
  return Object.keys(UNITS[kind]).join(', ')
}
