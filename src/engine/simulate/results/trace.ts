import { formatCall } from '../../operation.js'
import { REASONS, THREAD_STATES } from '../os/thread-state.js'
import type { EventReader } from './event-log.js'
import {
  CORE_STATES,
  DROPS,
  GIL_EVENTS,
  type TraceEvent,
  type TraceHeader,
  type TracedState,
  WAKE_CAUSES,
} from './trace-event.js'
import { Kind, NO_BYTES, PLAIN_LABEL, type TraceRecorder } from './trace-recorder.js'

const NANOSECOND = 1000
const NOBODY = -1

/** Everything that has happened in a simulated run, in the order in which it has. */
export class Trace {
  readonly header: TraceHeader
  readonly #recorder: TraceRecorder

  constructor(header: TraceHeader, recorder: TraceRecorder) {
    this.header = header
    this.#recorder = recorder
  }

  /** How many events there are. */
  get length(): number {
    return this.#recorder.log.records
  }

  /** The events up to now, made as they are asked for: a trace of millions of them is far smaller than its events. */
  *events(): Generator<TraceEvent, void, undefined> {
    const reader = this.#recorder.log.read()
    while (reader.hasMore) yield this.#event(reader)
  }

  #event(reader: EventReader): TraceEvent {
    const { texts } = this.#recorder
    const kind = reader.next()
    const thread = reader.next()
    const time = reader.nextTime() / NANOSECOND
    switch (kind) {
      case Kind.Thread:
        return { event: 'thread', time, thread, name: texts.decode(reader.next()) }
      case Kind.State:
        return {
          event: 'state',
          time,
          thread,
          from: stateNamed(reader.next()),
          to: stateNamed(reader.next()),
          reason: REASONS[reader.next()]!,
          core: orNull(reader.next()),
        }
      case Kind.Core:
        return { event: 'core', time, core: reader.next(), state: CORE_STATES[reader.next()]!, thread: orNull(thread) }
      case Kind.Step:
        return this.#step(reader, time, thread)
      case Kind.Wait:
        return { event: 'wait', time, thread, what: texts.decode(reader.next()) }
      case Kind.Wake:
        return { event: 'wake', time, thread, by: orNull(reader.next()), cause: WAKE_CAUSES[reader.next()]! }
      case Kind.Gil: {
        const what = GIL_EVENTS[reader.next()]!
        const why = DROPS[reader.next()]!
        return { event: 'gil', time, thread, what, ...(what === 'drop' ? { why } : {}) }
      }
      case Kind.Request: {
        const device = texts.decode(reader.next())
        const bytes = reader.nextTime()
        return { event: 'request', time, thread, device, bytes: bytes === NO_BYTES ? null : bytes }
      }
      case Kind.Answer:
        return { event: 'answer', time, thread, device: texts.decode(reader.next()) }
      default:
        throw new Error(`a trace has no records of kind ${kind}`)
    }
  }

  #step(reader: EventReader, time: number, thread: number): TraceEvent {
    const { texts, values } = this.#recorder
    const from = reader.nextTime() / NANOSECOND
    const core = reader.next()
    const object = reader.next()
    const operation = texts.decode(reader.next())
    const result = values.decode(reader.next())
    const label = reader.next()
    const args = Array.from({ length: reader.next() }, () => values.decode(reader.next()))
    return {
      event: 'step',
      time,
      thread,
      from,
      core,
      object: object === NOBODY ? null : texts.decode(object),
      operation,
      label: label === PLAIN_LABEL ? formatCall(operation, args, result) : texts.decode(label),
      ...(result === undefined ? {} : { result }),
    }
  }
}

function stateNamed(number: number): TracedState {
  return THREAD_STATES[number]!
}

function orNull(number: number): number | null {
  return number === NOBODY ? null : number
}
