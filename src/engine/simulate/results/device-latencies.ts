import { Histogram } from './histogram.js'

/** How long devices take to answer, from when they are asked. Times are in picoseconds. */
export class DeviceLatencies {
  /** By name, in the order in which they were first asked. */
  readonly byDevice = new Map<string, Histogram>()
  // By thread, which asks one device at a time: since when it waits.
  readonly #since: number[] = []

  asks(thread: number, device: string, now: number): void {
    this.#since[thread] = now
    if (!this.byDevice.has(device)) this.byDevice.set(device, new Histogram())
  }

  answered(thread: number, device: string, now: number): void {
    this.byDevice.get(device)!.add(now - this.#since[thread]!)
  }
}
