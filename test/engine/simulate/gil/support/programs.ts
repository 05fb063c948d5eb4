import { program } from 'entrelacs'
import type { Kernel } from '../../../../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../../../../src/engine/simulate/kernel/priority.js'
import type { Device } from '../../../../../src/engine/simulate/program/device.js'

/** So many threads that only compute. */
export const spinners = program('spinners', { threads: 2, work: 1000 }, ({ threads, work }, p) => {
  for (let i = 0; i < threads; i++)
    p.thread(`spinner ${i}`, function* () {
      yield* p.compute(work)
    })
})

/** A server that receives and sends, beside threads that only compute; its client may be a process that keeps a core busy. */
export const echo = program('echo', { requests: 10, spinners: 1, clients: 0 }, (params, p) => {
  const clients = Array.from({ length: params.clients }, (_, i) => p.process(`client ${i}`, spin, { daemon: true }))
  p.thread('server', function* () {
    for (const each of clients) yield* each.start()
    for (let i = 0; i < params.requests; i++) {
      yield* p.io('receive')
      yield* p.call('handle')
      yield* p.io('send')
    }
  })
  for (let i = 0; i < params.spinners; i++) p.thread(`spinner ${i}`, spin, { daemon: true })

  function* spin() {
    for (;;) yield* p.compute(1_000_000)
  }
})

/** How long a client takes. */
export interface ClientTimes {
  /** From an answer to its next request, in picoseconds; 0: the next one is always there already. */
  readonly thinking: number
  /** Told how long each request has taken, from its arrival to its answer. */
  readonly answered?: (picoseconds: number) => void
}

/** A client on another computer: what is sent to it goes at once. */
export function client({ thinking, answered }: ClientTimes): (kernel: Kernel) => Record<string, Device> {
  return (kernel) => {
    let arrives = thinking
    return {
      receive: {
        submit(_bytes, done, thread) {
          if (arrives <= kernel.now) done(thread)
          else kernel.schedule(arrives, Priority.Device, done, thread)
        },
      },
      send: {
        submit(_bytes, done, thread) {
          answered?.(kernel.now - arrives)
          arrives = kernel.now + thinking
          done(thread)
        },
      },
    }
  }
}

export type Increment = 'x += 1' | 'y = add1(y)' | 'z = z + int(1)'

/** Threads that count in a global, with byte code as CPython makes it. */
export const counting = program(
  'counting',
  { threads: 4, times: 2000, how: 'x += 1' as string },
  ({ threads, times, how }, p) => {
    const counter = p.cell('counter', 0)
    for (let i = 0; i < threads; i++)
      p.thread(`counter ${i}`, function* () {
        for (let n = 0; n < times; n++) {
          const seen = yield* counter.read()
          if (how !== 'x += 1') yield* p.call(how === 'y = add1(y)' ? 'add1' : 'int')
          yield* counter.write(seen + 1)
        }
      })
  },
)
