import { REGISTERS, VECTOR_REGISTERS } from './instruction-set.js'
import type { RegisterView } from './stepped-processor.js'

/** All registers by name. @param vectors the vector registers one after the other, `width` elements each. */
export function registerViews(registers: Float64Array, vectors: Float64Array, width: number): RegisterView[] {
  const scalars = Array.from({ length: REGISTERS }, (_, i) => ({ name: `r${i}`, value: registers[i]! }))
  const wide = Array.from({ length: VECTOR_REGISTERS }, (_, i) => ({
    name: `v${i}`,
    value: [...vectors.subarray(i * width, (i + 1) * width)],
  }))
  return [...scalars, ...wide]
}
