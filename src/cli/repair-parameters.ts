import { completeParameters, type Parameters, type Program } from '../engine/program.js'

/**
 * The values of the parameters with which a program and its repair are compared. Each is given what it has a parameter
 * for, and what neither has is refused; where both have a parameter of one name and kind, the repair takes the value of the
 * first, its default too: a repair of another size would prove nothing.
 *
 * @throws UsageError for parameters that neither has, and values that do not fit.
 */
export function parametersOfBoth(
  broken: Program,
  repaired: Program,
  given: Readonly<Record<string, unknown>>,
): { readonly broken: Parameters; readonly repaired: Parameters } {
  const forBroken = completeParameters(
    broken,
    withNames(given, (name) => has(broken, name) || !has(repaired, name)),
  )
  const inherited = withNames(
    forBroken,
    (name) => has(repaired, name) && typeof repaired.defaults[name] === typeof forBroken[name],
  )
  const forRepaired = { ...inherited, ...withNames(given, (name) => has(repaired, name)) }
  return { broken: forBroken, repaired: completeParameters(repaired, forRepaired) }
}

function has(program: Program, name: string): boolean {
  return Object.hasOwn(program.defaults, name)
}

function withNames(
  values: Readonly<Record<string, unknown>>,
  wanted: (name: string) => boolean,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)))
}
