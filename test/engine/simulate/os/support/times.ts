import type { Recorder } from './recorder.js'

/** Response and turnaround times of the first threads. */
export function times(recorder: Recorder, threads: number) {
  const all = Array.from({ length: threads }, (_, thread) => thread)
  return {
    response: all.map((thread) => recorder.response(thread)),
    turnaround: all.map((thread) => recorder.turnaround(thread)),
  }
}

/** Whether a number is as near to another as that. */
export function isWithin(distance: number, a: number, b: number): boolean {
  return Math.abs(a - b) <= distance
}
