import { KernelError } from '../../../../src/engine/simulate/kernel/kernel-error.js'

/** The code of the error that this throws. */
export function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof KernelError) return error.code
    throw error
  }
  return 'no error'
}
