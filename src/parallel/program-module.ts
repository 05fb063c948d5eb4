import { UsageError } from '../engine/errors.js'
import type { Program } from '../engine/program.js'

/**
 * The program of that name that a module exports: how a program gets to another thread.
 *
 * @throws UsageError if the module exports none.
 */
export async function programFrom(module: string, name: string): Promise<Program> {
  const exports = (await import(module)) as Readonly<Record<string, unknown>>
  const programs = [exports['default'], ...Object.values(exports)].filter(isProgram)
  const found = programs.find((program) => program.name === name)
  if (found !== undefined) return found
  throw new UsageError('usage/not-in-module', `the module ${module} does not export the program “${name}”`, {
    hint: 'export the program from the module that its option `module` names',
  })
}

function isProgram(value: unknown): value is Program {
  const candidate = value as Partial<Program> | null | undefined
  return typeof candidate === 'object' && candidate !== null && typeof candidate.declare === 'function'
}
