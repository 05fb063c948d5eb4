import { explore, program, type Steps } from 'entrelacs'
import type { Result } from './python.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A call of one of our methods. */
export type OurCall = readonly [method: string, ...args: unknown[]]

// What Python's exceptions are called here.
const KINDS: Readonly<Record<string, string>> = { RangeError: 'ValueError', MisuseError: 'RuntimeError' }

/**
 * What one thread gets from a sequence of calls on one object. Nothing, as JSON says it, is null.
 *
 * @param kinds Python's names of exceptions by ours, where they are not the usual ones.
 */
export async function performOurs(
  make: (p: Vocabulary) => unknown,
  calls: readonly OurCall[],
  kinds: Readonly<Record<string, string>> = {},
): Promise<readonly Result[]> {
  const { outcomes } = await explore(
    program('calls', {}, (_params, p) => {
      const subject = make(p) as Record<string, (...args: readonly unknown[]) => Steps<unknown>>
      p.thread('A', function* () {
        const results: Result[] = []
        for (const [method, ...args] of calls)
          try {
            results.push({ value: (yield* subject[method]!(...args)) ?? null })
          } catch (error) {
            const { name } = error as Error
            results.push({ raises: kinds[name] ?? KINDS[name] ?? name })
          }
        return results
      })
    }),
  )
  return outcomes[0]!.results!['A'] as readonly Result[]
}
