const STRIDES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const

/**
 * Numbers above columns: as many as there is room for, each at the beginning of its column; the first one always.
 *
 * @param cellWidth characters of a column.
 */
export function ruler(from: number, to: number, cellWidth: number): string {
  const room = String(to).length + 1
  const stride = STRIDES.find((candidate) => candidate * cellWidth >= room) ?? to
  const width = (to - from + 1) * cellWidth
  let line = String(from)
  for (let column = from + 1; column <= to; column++) {
    const start = (column - from) * cellWidth
    const number = String(column)
    // Cells of more than one character end with a gap, which the last one may not have.
    const end = start + number.length + (cellWidth > 1 ? 1 : 0)
    if (column % stride === 0 && start > line.length && end <= width) line = line.padEnd(start) + number
  }
  return line.padEnd(width)
}
