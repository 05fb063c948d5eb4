import type { BlockedThread } from '../engine/detect/blocked-threads.js'
import { waitCycle } from '../engine/detect/wait-cycle.js'
import { formatPlace, type Place } from '../engine/place.js'
import type { Replay } from '../engine/replay.js'
import type { TraceStep } from '../engine/replay-run.js'
import type { ReportStyle } from './report-style.js'

// What wakes those who wait, or gives them what they wait for.
const WAKING = new Set(['notify', 'notifyAll', 'set', 'wake', 'release', 'put', 'putNowait', 'taskDone'])

/** Who waits for whom where nobody can go on, the circle first; and of wake-ups, which came too early. */
export function describeDeadlock(replay: Replay, style: ReportStyle): string {
  const { cause } = style.messages
  const repeated = replay.repeatsFrom === null ? [] : replay.steps.slice(replay.repeatsFrom - 1)
  const others = [...new Set(repeated.map(({ thread }) => thread))]
  // Who steps in the part that repeats is only waiting at the moment.
  const blocked = replay.blocked.filter(({ thread }) => !others.includes(thread))
  const cycle = waitCycle(blocked) ?? []
  const ordered = [...cycle, ...blocked.filter((thread) => !cycle.includes(thread))]
  const parts = ordered.map((thread) => describeWait(thread, replay, style))
  if (cycle.length > 1) parts[cycle.length - 1] += `: ${cause.circle}`
  if (others.length > 0) parts.push(others.map((other) => cause.goesOn(other)).join('; '))
  return `${parts.join('; ')}.`
}

function describeWait(blocked: BlockedThread, replay: Replay, { messages: { cause } }: ReportStyle): string {
  const { thread, object, holder, operation } = blocked
  const place = at(blocked.place)
  if (holder === thread) return cause.waitsForSelf(thread, object ?? operation, place)
  if (holder !== null && object !== null) return cause.waits(thread, object, holder, place)
  if (holder !== null || object === null) return cause.waitsAlone(thread, operation, place)
  const nobody = cause.waitsForNobody(thread, operation, place)
  const early = lateFor(blocked, replay.steps)
  return early === undefined
    ? nobody
    : `${nobody}${cause.cameEarly(early.thread, early.label, early.step, at(early.place))}`
}

/** The last wake-up that another thread sent before this one waited. */
function lateFor({ thread, object }: BlockedThread, steps: readonly TraceStep[]): TraceStep | undefined {
  const arrival = steps.findLastIndex((step) => step.thread === thread)
  return steps.findLast(
    (step, i) => i < arrival && step.thread !== thread && step.object === object && WAKING.has(step.operation),
  )
}

function at(place: Place | undefined): string {
  return place === undefined ? '' : ` (${formatPlace(place)})`
}
