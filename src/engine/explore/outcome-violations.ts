import type { ViolationKind } from './explore-report.js'
import type { OutcomeRegistry } from './outcome-registry.js'

/** What is wrong with an outcome. */
export function outcomeViolations(
  outcomes: OutcomeRegistry,
  index: number,
): { readonly kind: ViolationKind; readonly subject: string }[] {
  const { waiting, failed, errors, misuses } = outcomes.facts(index)
  const found: { kind: ViolationKind; subject: string }[] = failed.map((subject) => ({ kind: 'property', subject }))
  if (waiting !== null) found.push({ kind: 'deadlock', subject: JSON.stringify(waiting) })
  for (const [thread, message] of Object.entries(errors))
    if (!Object.hasOwn(misuses, thread)) found.push({ kind: 'error', subject: `${thread}: ${message}` })
  return found
}
