import type { ViolationKind } from './explore-report.js'
import type { OutcomeFacts } from '../outcome.js'

/** What is wrong with an outcome. */
export function outcomeViolations(facts: OutcomeFacts): { readonly kind: ViolationKind; readonly subject: string }[] {
  const { waiting, failed, errors, misuses } = facts
  const found: { kind: ViolationKind; subject: string }[] = failed.map((subject) => ({ kind: 'property', subject }))
  if (waiting !== null) found.push({ kind: 'deadlock', subject: JSON.stringify(waiting) })
  for (const [thread, message] of Object.entries(errors))
    if (!Object.hasOwn(misuses, thread)) found.push({ kind: 'error', subject: `${thread}: ${message}` })
  return found
}
