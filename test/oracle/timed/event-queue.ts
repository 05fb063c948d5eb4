import { type Acts, type Step, stepsOf, THINGS } from './timed-script.js'

/** What came of a run: of each thread its results and when it ended, in milliseconds; null where it waits for ever. */
export interface TimedRun {
  readonly results: readonly (readonly unknown[] | null)[]
  readonly ends: readonly (number | null)[]
}

interface Process {
  readonly steps: Generator<Step, void, unknown>
  readonly results: unknown[]
  /** What it waits for: an event's number, or a thread's; null if it sleeps or runs. */
  waits: { readonly event: number } | { readonly thread: number } | null
  /** When its timer fires. */
  due: number | null
  end: number | null
}

/**
 * Runs threads that sleep, wait for events and join each other, the way simulators do: a queue of timers, the earliest first,
 * and whoever is woken runs until it blocks. Of timers that are due at once the first thread's comes first, or the last's.
 */
export function simulate(threads: readonly Acts[], lastFirst: boolean): TimedRun {
  const isSet = new Array<boolean>(THINGS).fill(false)
  const processes: Process[] = threads.map((acts) => {
    const results: unknown[] = []
    return { steps: stepsOf(acts, results), results, waits: null, due: null, end: null }
  })
  const order = threads.map((_, i) => (lastFirst ? threads.length - 1 - i : i))
  let now = 0

  const isThere = ({ waits }: Process): boolean =>
    waits !== null && ('event' in waits ? isSet[waits.event] : processes[waits.thread].end !== null)

  const run = (process: Process, received: unknown): void => {
    process.waits = null
    process.due = null
    for (let value = received; ;) {
      const next = process.steps.next(value)
      if (next.done === true) {
        process.end = now
        return wake()
      }
      value = undefined
      const step = next.value
      if (step.kind === 'set') {
        isSet[step.event] = true
        continue
      }
      if (step.kind === 'sleep') {
        process.due = now + milliseconds(step.seconds)
        return wake()
      }
      if (step.kind !== 'wait' && step.kind !== 'join') throw new Error(`the simulator knows no ${step.kind}`)
      process.waits = step.kind === 'wait' ? { event: step.event } : { thread: step.thread }
      if (isThere(process)) value = true
      else if (step.timeout === 0) value = false
      else {
        process.due = step.timeout === null ? null : now + milliseconds(step.timeout)
        return wake()
      }
      process.waits = null
    }
  }

  /** Whoever waits for what is there goes on. */
  const wake = (): void => {
    const ready = order.map((i) => processes[i]).find(isThere)
    if (ready !== undefined) run(ready, true)
  }

  for (const i of order) run(processes[i], undefined)
  for (;;) {
    const dues = processes.flatMap(({ due }) => (due === null ? [] : [due]))
    if (dues.length === 0) break
    now = Math.min(...dues)
    const process = processes[order.find((i) => processes[i].due === now)!]
    run(process, process.waits === null ? undefined : false)
  }
  return {
    results: processes.map(({ end, results }) => (end === null ? null : results)),
    ends: processes.map(({ end }) => end),
  }
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000)
}
