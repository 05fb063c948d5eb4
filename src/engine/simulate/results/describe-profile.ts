import type { Session } from '../../session.js'
import type { ProfileRow } from '../simulate-report.js'
import type { Profile } from './profile.js'

const NANOSECOND = 1000

/** The rows of a profile, by thread in canonical order; of a thread, what took most of its cores' time comes first. */
export function describeProfile({ threads }: Session, profile: Profile): readonly ProfileRow[] {
  return threads.canonical.flatMap((thread) =>
    profile
      .of(thread)
      .toSorted((a, b) => b.cumulative - a.cumulative)
      .map(({ name, calls, own, cumulative, waiting }) => ({
        thread: threads.all[thread]!.name,
        function: name,
        calls,
        own: own / NANOSECOND,
        cumulative: cumulative / NANOSECOND,
        perCall: Math.round(cumulative / Math.max(1, calls)) / NANOSECOND,
        waiting: waiting / NANOSECOND,
      })),
  )
}
