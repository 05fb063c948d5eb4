/** Solves a dense system of linear equations: Gaussian elimination with partial pivoting. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  const count = rows.length
  for (let column = 0; column < count; column++) {
    let pivot = column
    for (let r = column + 1; r < count; r++)
      if (Math.abs(rows[r]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = r
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    for (let r = column + 1; r < count; r++) subtract(rows[r]!, rows[column]!, column)
  }
  const solution = new Array<number>(count).fill(0)
  for (let r = count - 1; r >= 0; r--) {
    let value = rows[r]![count]!
    for (let c = r + 1; c < count; c++) value -= rows[r]![c]! * solution[c]!
    solution[r] = value / rows[r]![r]!
  }
  return solution
}

function subtract(row: number[], pivotRow: readonly number[], column: number): void {
  const factor = row[column]! / pivotRow[column]!
  if (factor === 0) return
  for (let c = column; c < row.length; c++) row[c]! -= factor * pivotRow[c]!
}
