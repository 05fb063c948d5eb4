import { nanosecondsOf } from '../../engine/time/duration.js'
import type { TimeMode } from '../../engine/time/time-mode.js'
import type { LoopState, Timer } from './loop-state.js'

// Which timers a loop finds when it looks: without a clock any it may find, with one those that are due.

/** What is left of a timer when it is set; null without a clock. */
export function leftAtFirst(seconds: number, time: TimeMode): number | null {
  return time === 'free' ? null : nanosecondsOf(Math.max(0, seconds), 'a timer', 'set none to wait for ever')
}

/** Whether the loop looks at its timers before its next iteration: with a clock, only if it finds any. */
export function mayFindTimers({ timers }: LoopState, time: TimeMode): boolean {
  return time === 'free' ? timers.length > 0 : timers.some(isDue)
}

/** The lists of timers that the loop can find, each in the order in which their calls are queued. */
export function firings(state: LoopState, time: TimeMode): readonly (readonly Timer[])[] {
  return time === 'free' ? anyFirings(state) : dueFirings(state)
}

/** Nanoseconds until the next timer is due, null if none will be. */
export function untilNextTimer({ timers }: LoopState): number | null {
  const pending = timers.flatMap(({ left }) => (left !== null && left > 0 ? [left] : []))
  return pending.length === 0 ? null : Math.min(...pending)
}

/** The timers after so many nanoseconds, which bring none of them beyond its deadline. */
export function timersAfter(timers: readonly Timer[], nanoseconds: number): readonly Timer[] {
  // Those that were due at this moment are due earlier than all that will be.
  const step = timers.some(({ left }) => left === 0) ? 1 : 0
  return timers.map((timer) =>
    timer.left === null ? timer : { ...timer, left: timer.left > 0 ? timer.left - nanoseconds : timer.left - step },
  )
}

/** Whether a timer is due that nobody has found yet. */
export function isDue({ left }: Timer): boolean {
  return left !== null && left <= 0
}

/**
 * Without a clock any time may have passed, but a timer that was set earlier and for no longer is due no later, and one of 0 s at
 * once. If nothing else is ready, the loop sleeps until a timer is due.
 */
function anyFirings({ timers, ready }: LoopState): readonly (readonly Timer[])[] {
  const lists: (readonly Timer[])[] = []
  const extend = (fired: readonly Timer[], left: readonly Timer[]): void => {
    const isPossible = fired.length > 0 || ready.length > 0
    if (isPossible && left.every(({ seconds }) => seconds > 0)) lists.push(fired)
    left.forEach((timer, i) => {
      if (left.slice(0, i).every(({ seconds }) => seconds > timer.seconds))
        extend([...fired, timer], [...left.slice(0, i), ...left.slice(i + 1)])
    })
  }
  extend([], timers)
  return lists
}

/**
 * With a clock, all that are due are found together, in the order of their deadlines. CPython compares nothing else: of equal
 * deadlines, those of timers that were set at one moment differ, on a real clock, by the time between the calls that set them, and come in
 * the order of these; of those that were set at different moments, any may be the first.
 */
function dueFirings({ timers, ready }: LoopState): readonly (readonly Timer[])[] {
  const due = timers.filter(isDue)
  if (due.length === 0) return ready.length > 0 ? [[]] : []
  const deadlines = [...new Set(due.map(({ left }) => left!))].sort((a, b) => a - b)
  let lists: readonly (readonly Timer[])[] = [[]]
  for (const deadline of deadlines) {
    const orders = mergers(due.filter(({ left }) => left === deadline))
    lists = lists.flatMap((list) => orders.map((order) => [...list, ...order]))
  }
  return lists
}

/** The orders of timers with equal deadlines: those that were set for equally long, at one moment, stay in theirs. */
function mergers(timers: readonly Timer[]): readonly (readonly Timer[])[] {
  if (timers.length < 2) return [timers]
  return timers.flatMap((timer, i) => {
    if (timers.slice(0, i).some(({ seconds }) => seconds === timer.seconds)) return []
    return mergers([...timers.slice(0, i), ...timers.slice(i + 1)]).map((others) => [timer, ...others])
  })
}
