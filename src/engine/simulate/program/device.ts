import type { Handler } from '../kernel/kernel.js'

/** Something that answers requests after some time. */
export interface Device {
  /** Asks for so many bytes; `done(argument)` is called when they are there. */
  submit(bytes: number, done: Handler, argument: number): void
}

/** What `p.io(request)` asks for. */
export interface DeviceRequest {
  readonly device: string
  /** Undefined: as many as a request to that device has if nothing is said. */
  readonly bytes: number | undefined
}

/** `4096`: so many bytes of the default device; `'disk'`, `'disk 4096'`: of that one; any other text: one request to the default device. */
export function deviceRequest(request: unknown, devices: readonly string[]): DeviceRequest {
  const [standard] = devices as [string]
  if (typeof request === 'number') return { device: standard, bytes: request }
  const [first, second, ...more] = String(request).split(' ')
  if (!devices.includes(first!) || more.length > 0) return { device: standard, bytes: undefined }
  const bytes = second === undefined ? undefined : Number(second)
  return { device: first!, bytes: Number.isFinite(bytes) ? bytes : undefined }
}
