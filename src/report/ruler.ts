const STRIDES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const

/**
 * Numbers above columns: as many as there is room for, each at the beginning of its column.
 *
 * @param cellWidth characters of a column.
 */
export function ruler(from: number, to: number, cellWidth: number): string {
  const room = String(to).length + 1
  const stride = STRIDES.find((candidate) => candidate * cellWidth >= room) ?? to
  let line = ''
  for (let column = from; column <= to; column++) {
    const start = (column - from) * cellWidth
    const isMarked = column === from || column % stride === 0
    if (isMarked && (line === '' || start > line.length)) line = line.padEnd(start) + String(column)
  }
  return line.padEnd((to - from + 1) * cellWidth)
}
