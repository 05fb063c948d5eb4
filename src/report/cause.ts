import { formatPlace, type Place } from '../engine/place.js'
import { formatData } from '../engine/operation.js'
import type { HistoryFacts } from '../engine/detect/history-facts.js'
import type { RaceFacts, StepFacts, SyncFacts } from '../engine/detect/race-facts.js'
import type { Replay } from '../engine/replay.js'
import type { TraceStep } from '../engine/replay-run.js'
import type { ViolationKind } from '../engine/explore/explore-report.js'
import { describeDeadlock } from './deadlock-cause.js'
import type { ReportStyle } from './report-style.js'

/**
 * One sentence that names the cause of a violation, from the trace that shows it.
 *
 * @param race of a race, which of those of the trace it is. @default one that its last step shows
 */
export function causeOf(kind: ViolationKind, replay: Replay, style: ReportStyle, race?: RaceFacts): string {
  const { cause } = style.messages
  const last = replay.steps.at(-1)
  switch (kind) {
    case 'deadlock':
      return describeDeadlock(replay, style)
    case 'error':
      return describeError(replay, style)
    case 'misuse':
      return cause.misuse(last?.thread ?? '', last?.misuse ?? '', at(last?.place))
    case 'race':
      return describeRace(race ?? raceOf(replay), style)
    case 'endless':
      return cause.endless(replay.steps.length + 1 - (replay.repeatsFrom ?? 1))
    case 'livelock':
      return cause.livelock(replay.steps.length + 1 - (replay.repeatsFrom ?? 1))
    case 'starvation':
      return cause.starvation(starving(replay), repeated(replay).length)
    default:
      return describeProperty(replay, style)
  }
}

function describeError(replay: Replay, style: ReportStyle): string {
  const { cause } = style.messages
  const [thread, message] = Object.entries(replay.outcome?.errors ?? {})[0] ?? ['', '']
  const asked = replay.steps.findLast((step) => step.thread === thread)
  const cancelled = asked === undefined ? undefined : cancellationOf(replay, asked)
  if (cancelled === undefined) return cause.error(thread, message, at(asked?.place))
  return cause.cancelled(thread, at(asked?.place), cancelled.object!, cancelled.thread, at(cancelled.place))
}

/** The step that has cancelled the future whose result another one asks for, if that is what it does. */
function cancellationOf({ steps }: Replay, asked: TraceStep): TraceStep | undefined {
  if (!/^(?:result|exception)\b.*: CancelledError/.test(asked.label)) return undefined
  return steps.find(({ object, label }) => object === asked.object && label === 'cancel → true')
}

function describeProperty(replay: Replay, style: ReportStyle): string {
  const { cause } = style.messages
  const [history] = replay.histories
  if (history !== undefined) return describeHistory(history, style)
  const lost = lostUpdate(replay.steps) ?? staleRead(replay.steps)
  if (lost !== null) {
    const describe = lost.kind === 'overwrites' ? cause.overwrites : cause.stale
    return describe(lost.by.thread, at(lost.by.place), lost.other.thread, at(lost.other.place), lost.by.object ?? '')
  }
  const last = replay.steps.at(-1)
  if (replay.isOver || last === undefined) return cause.final(formatState(replay.outcome?.final ?? replay.initially))
  return cause.state(formatState(last.shows), last.thread, at(last.place))
}

/** Which result no order of the calls explains, and what it might have been. */
export function describeHistory({ calls, unexplained, object, possible }: HistoryFacts, style: ReportStyle): string {
  const { thread, method, args, result } = calls[unexplained]!
  const call = `${object}.${method}(${args.map(formatData).join(', ')})`
  return style.messages.cause.unexplained(thread, call, formatData(result), possible.map(formatData))
}

interface Interference {
  readonly kind: 'overwrites' | 'stale'
  readonly by: TraceStep
  readonly other: TraceStep
}

const isWrite = (step: TraceStep) => step.operation === 'write'
const changes = (step: TraceStep) => ['write', 'add', 'exchange', 'compareExchange', 'update'].includes(step.operation)

/** A write to an object that its thread has read before another thread wrote it. */
function lostUpdate(steps: readonly TraceStep[]): Interference | null {
  for (let w = steps.length - 1; w >= 0; w--) {
    const write = steps[w]!
    if (!isWrite(write)) continue
    const read = findBack(
      steps,
      w,
      (step) => step.thread === write.thread && sameElement(step, write) && step.operation === 'read',
    )
    if (read === -1) continue
    const other = findBack(
      steps,
      w,
      (step) => step.thread !== write.thread && sameElement(step, write) && changes(step),
    )
    if (other > read) return { kind: 'overwrites', by: write, other: steps[other]! }
  }
  return null
}

/** A step of a thread that has read an object which another thread has changed since. */
function staleRead(steps: readonly TraceStep[]): Interference | null {
  for (let c = steps.length - 1; c >= 0; c--) {
    const change = steps[c]!
    if (!changes(change)) continue
    const read = findBack(
      steps,
      c,
      (step) => step.thread !== change.thread && sameElement(step, change) && step.operation === 'read',
    )
    if (read === -1) continue
    const reader = steps[read]!
    const acts = steps.findIndex((step, i) => i > c && step.thread === reader.thread && changes(step))
    if (acts !== -1) return { kind: 'stale', by: { ...steps[acts]!, object: change.object }, other: change }
  }
  return null
}

function sameElement(a: TraceStep, b: TraceStep): boolean {
  if (a.object === null || a.object !== b.object) return false
  // Elements of an array are objects of their own; their index is the first thing a label says.
  const index = (step: TraceStep) => (Array.isArray(step.shows[a.object!]) ? /^\w+ (\d+)/.exec(step.label)?.[1] : '')
  return index(a) === index(b)
}

function findBack(steps: readonly TraceStep[], before: number, wanted: (step: TraceStep) => boolean): number {
  for (let i = before - 1; i >= 0; i--) if (wanted(steps[i]!)) return i
  return -1
}

/** The race that a trace is there to show: one of its last step, if there is one. */
export function raceOf({ races, steps }: Replay): RaceFacts | undefined {
  return races.find(({ second }) => second.step === steps.length) ?? races[0]
}

/** Both accesses with their places, and the last synchronisation that their threads shared before. */
export function describeRace(race: RaceFacts | undefined, style: ReportStyle): string {
  if (race === undefined) return ''
  const { cause } = style.messages
  const { first, second, element, lastSync } = race
  const object = element === undefined ? race.object : `${race.object}[${element}]`
  const accesses = [first, second].flatMap(({ thread, operation, place }) => [thread, operation, at(place)])
  const [a, aWhat, aPlace, b, bWhat, bPlace] = accesses as [string, string, string, string, string, string]
  const sync = lastSync === null ? cause.neverSynchronised(a, b) : describeSync(lastSync, style)
  return `${cause.race(a, aWhat, aPlace, b, bWhat, bPlace, object)} ${sync}`
}

function describeSync({ from, to, object, isBorn }: SyncFacts, style: ReportStyle): string {
  const { cause } = style.messages
  const told = ({ thread, operation, step, place }: StepFacts) => [thread, operation, step, at(place)] as const
  if (isBorn) return cause.startedKnowing(...told(from), to.thread)
  return cause.lastSynchronised(...told(from), ...told(to), object ?? '')
}

/** The part of a trace that repeats for ever. */
function repeated(replay: Replay): readonly TraceStep[] {
  return replay.repeatsFrom === null ? [] : replay.steps.slice(replay.repeatsFrom - 1)
}

/** Who has got on before the part that repeats, and does not in it. */
function starving(replay: Replay): string {
  const saying = (steps: readonly TraceStep[]) =>
    new Set(steps.filter(({ operation }) => operation === 'progress').map(({ thread }) => thread))
  const again = saying(repeated(replay))
  return [...saying(replay.steps)].filter((thread) => !again.has(thread)).join(', ')
}

function at(place: Place | undefined): string {
  return place === undefined ? '' : ` (${formatPlace(place)})`
}

/** `counter = 1, list = [1,2]`. */
export function formatState(state: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(state)
  return entries.length === 0 ? '–' : entries.map(([name, value]) => `${name} = ${formatData(value)}`).join(', ')
}
