import type { Trace } from '../engine/simulate/results/trace.js'
import type { TraceEvent, TracedState, TraceHeader } from '../engine/simulate/results/trace-event.js'
import { toJson } from './json.js'

const AT_ONCE = 1 << 16

/** The “processes” that tracks are grouped in. */
const CORES = 1
const THREADS = 2

const MICROSECOND = 1000

type Fields = Readonly<Record<string, unknown>>
type EventOf<Name extends TraceEvent['event']> = Extract<TraceEvent, { readonly event: Name }>

/**
 * A trace in the format of Chrome's tracing, which ui.perfetto.dev and chrome://tracing show: a track for each core with the
 * threads that it runs; a track for each thread with its states, and its steps within them; arrows from whoever lets a thread go on to
 * where it is runnable again; requests to devices and the holding of an interpreter's lock on tracks of their own; and how many
 * threads are in which state. Times are whole nanoseconds, as the viewer's are: steps below one have no width. A step that lost
 * its core in the middle is drawn from where it got it back; its `from` says when it began. Comes in pieces, since it may be large.
 */
export function* perfettoTrace(trace: Trace): Generator<string, void, undefined> {
  let piece = `{"displayTimeUnit":"ns","otherData":${toJson(trace.header)},"traceEvents":[`
  let separator = '\n'
  for (const fields of drawn(trace)) {
    piece += separator + toJson(fields)
    separator = ',\n'
    if (piece.length < AT_ONCE) continue
    yield piece
    piece = ''
  }
  yield `${piece}\n]}\n`
}

function* drawn(trace: Trace): Generator<Fields, void, undefined> {
  const drawing = new Drawing()
  yield* namesOf(trace.header)
  for (const event of trace.events()) yield* drawing.draw(event)
  yield* drawing.end()
}

function* namesOf({ machine, program, cores }: TraceHeader): Generator<Fields, void, undefined> {
  yield { ph: 'M', name: 'process_name', pid: CORES, tid: 0, args: { name: `cores of ${machine}` } }
  yield { ph: 'M', name: 'process_name', pid: THREADS, tid: 0, args: { name: program } }
  for (let core = 0; core < cores; core++) yield trackName(CORES, core, `core ${core}`)
}

function trackName(pid: number, tid: number, name: string): Fields {
  return { ph: 'M', name: 'thread_name', pid, tid, args: { name } }
}

/** What is being drawn of a thread. */
interface Track {
  readonly name: string
  state: TracedState
  /** Since when it has been running. */
  since: number
  /** What it waits for, if it waits. */
  waitsFor: string
  /** Its latest step's beginning, as drawn: arrows leave from there. */
  step: number
  /** Who lets it go on, and from which of its moments on. */
  wokenBy: { readonly thread: number; readonly time: number } | null
  device: string | null
  holdsGil: boolean
}

/** Turns events into those of the viewer, remembering what is open. */
class Drawing {
  readonly #tracks = new Map<number, Track>()
  readonly #busyCores = new Set<number>()
  readonly #counts: Record<TracedState, number> = { new: 0, runnable: 0, running: 0, waiting: 0, dead: 0 }
  #arrows = 0
  #now = 0

  #track(thread: number): Track {
    return this.#tracks.get(thread)!
  }

  *draw(event: TraceEvent): Generator<Fields, void, undefined> {
    this.#now = event.time
    switch (event.event) {
      case 'thread':
        return yield this.#meet(event)
      case 'state':
        return yield* this.#state(event)
      case 'core':
        return yield* this.#core(event)
      case 'step':
        return yield this.#step(event)
      case 'wait':
        this.#track(event.thread).waitsFor = event.what
        return
      case 'wake':
        return this.#wake(event)
      case 'gil':
        return yield* this.#gil(event)
      case 'request':
        this.#track(event.thread).device = event.device
        return yield asynchronous('b', 'device', event.device, event)
      case 'answer':
        this.#track(event.thread).device = null
        return yield asynchronous('e', 'device', event.device, event)
    }
  }

  /** What is still open ends with the run. */
  *end(): Generator<Fields, void, undefined> {
    const time = this.#now
    for (const [thread, { state, device, holdsGil }] of this.#tracks) {
      if (isDrawn(state)) yield { ph: 'E', pid: THREADS, tid: thread, ts: stamp(time) }
      if (device !== null) yield asynchronous('e', 'device', device, { thread, time })
      if (holdsGil) yield asynchronous('e', 'gil', 'GIL', { thread, time })
    }
    for (const core of this.#busyCores) yield { ph: 'E', pid: CORES, tid: core, ts: stamp(time) }
  }

  #meet({ thread, name }: EventOf<'thread'>): Fields {
    this.#tracks.set(thread, {
      name,
      state: 'new',
      since: 0,
      waitsFor: '',
      step: 0,
      wokenBy: null,
      device: null,
      holdsGil: false,
    })
    return trackName(THREADS, thread, name)
  }

  *#state({ thread, time, from, to, reason, core }: EventOf<'state'>): Generator<Fields, void, undefined> {
    const track = this.#track(thread)
    const place = { pid: THREADS, tid: thread, ts: stamp(time) }
    if (isDrawn(track.state)) {
      yield { ph: 'E', ...place }
      this.#counts[track.state]--
    }
    track.state = to
    if (to === 'running') track.since = time
    if (isDrawn(to)) {
      this.#counts[to]++
      const name = to === 'waiting' && track.waitsFor !== '' ? `waiting: ${track.waitsFor}` : to
      yield { ph: 'B', cat: 'state', name, ...place, args: { reason, ...(core === null ? {} : { core }) } }
    }
    if (to === 'runnable' && (from === 'waiting' || from === 'new')) yield* this.#arrow(track, place)
    if (to === 'waiting') track.wokenBy = null
    const { runnable, running, waiting } = this.#counts
    yield { ph: 'C', name: 'threads', pid: THREADS, tid: 0, ts: place.ts, args: { running, runnable, waiting } }
  }

  /** From whoever has let a thread go on to where that becomes runnable. */
  *#arrow({ wokenBy }: Track, to: Fields): Generator<Fields, void, undefined> {
    if (wokenBy === null) return
    const arrow = { cat: 'wake', name: 'wakes', id: ++this.#arrows }
    yield { ph: 's', ...arrow, pid: THREADS, tid: wokenBy.thread, ts: stamp(wokenBy.time) }
    yield { ph: 'f', bp: 'e', ...arrow, ...to }
  }

  *#core({ core, state, thread, time }: EventOf<'core'>): Generator<Fields, void, undefined> {
    const place = { pid: CORES, tid: core, ts: stamp(time) }
    if (this.#busyCores.delete(core)) yield { ph: 'E', ...place }
    if (state === 'idle') return
    this.#busyCores.add(core)
    const name = thread === null ? undefined : this.#tracks.get(thread)?.name
    if (state === 'busy') yield { ph: 'B', cat: 'core', name: name ?? 'busy', ...place }
    else yield { ph: 'B', cat: 'core', name: 'switching', ...place, args: name === undefined ? {} : { to: name } }
  }

  #step({ thread, time, from, core, object, label }: EventOf<'step'>): Fields {
    const track = this.#track(thread)
    // A slice of the viewer lies within the one around it.
    const begin = Math.max(from, track.since)
    track.step = begin
    const ts = stamp(begin)
    const dur = Number((stamp(time) - ts).toFixed(3))
    const name = object === null ? label : `${object}: ${label}`
    return { ph: 'X', cat: 'step', name, pid: THREADS, tid: thread, ts, dur, args: { core, from } }
  }

  #wake({ thread, by }: EventOf<'wake'>): void {
    this.#track(thread).wokenBy = by === null ? null : { thread: by, time: this.#track(by).step }
  }

  *#gil(event: EventOf<'gil'>): Generator<Fields, void, undefined> {
    const track = this.#track(event.thread)
    switch (event.what) {
      case 'wait':
        track.waitsFor = 'GIL'
        return
      case 'take':
        track.holdsGil = true
        return yield asynchronous('b', 'gil', 'GIL', event, { holder: track.name })
      case 'drop':
        track.holdsGil = false
        return yield asynchronous('e', 'gil', 'GIL', event, { why: event.why })
      case 'request':
      case 'wasted': {
        const name = event.what === 'request' ? 'asks for the GIL' : 'woken in vain'
        return yield { ph: 'i', s: 't', cat: 'gil', name, pid: THREADS, tid: event.thread, ts: stamp(event.time) }
      }
      case 'switch':
        return
    }
  }
}

/** Something that lasts, on a track of its own. */
function asynchronous(
  ph: 'b' | 'e',
  cat: string,
  name: string,
  { thread, time }: { readonly thread: number; readonly time: number },
  args: Fields = {},
): Fields {
  return { ph, cat, name, id: thread, pid: THREADS, tid: thread, ts: stamp(time), args }
}

function isDrawn(state: TracedState): state is 'runnable' | 'running' | 'waiting' {
  return state === 'runnable' || state === 'running' || state === 'waiting'
}

/** Microseconds, to the nanosecond below. */
function stamp(nanoseconds: number): number {
  return Math.floor(nanoseconds) / MICROSECOND
}
