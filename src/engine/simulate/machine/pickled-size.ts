const OVERHEAD = 2
const NUMBER = 9

/** About how many bytes plain data has as Python's `pickle` writes it: 9 for a number, a text's length, 2 around everything. */
export function pickledSize(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 5 : NUMBER
    case 'bigint':
      return OVERHEAD + Math.ceil(value.toString(16).length / 2)
    case 'string':
      return OVERHEAD + value.length
    case 'object':
      return value === null ? 1 : sizeOfParts(value)
    default:
      return 1
  }
}

function sizeOfParts(value: object): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + pickledSize(each), OVERHEAD)
  return Object.entries(value).reduce((sum, [key, each]) => sum + pickledSize(key) + pickledSize(each), OVERHEAD)
}
