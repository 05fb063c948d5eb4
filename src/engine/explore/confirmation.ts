import { ProgramFault } from '../errors.js'
import { formatPlace } from '../place.js'
import { FLAG_PLAIN, FLAG_WRITES } from '../node-head.js'
import { NODE_CODE, NODE_WORD } from '../node-fields.js'
import { modesOf } from '../modes.js'
import { changedParameters, ReplayRun } from '../replay-run.js'
import type { Choice } from '../schedule.js'
import type { Session, SessionOptions } from '../session.js'
import { checkpoints, formatToken, hashCharacter } from '../token.js'
import type { BlockedThread } from '../detect/blocked-threads.js'
import type { RaceFacts } from '../detect/race-facts.js'
import type { Finding } from './finding.js'
import type { Violation } from './explore-report.js'
import type { GraphStep } from './least-schedule.js'

/**
 * Replays what a search found on a fresh session, beside the search's own, and makes a violation of it.
 *
 * @param searched the session of the search; its present state is lost.
 * @throws ProgramFault `program/not-a-function-of-results` if the fresh session does something else.
 */
export function* confirm(
  searched: Session,
  finding: Finding,
  options: Pick<SessionOptions, 'monitor' | 'maxValues'>,
): Generator<void, Violation> {
  const path = [...finding.path, ...(leavesRaceOpen(finding) ? racingSteps(searched, finding) : [])]
  const run = yield* runBeside(searched, [...path, ...finding.repeat], options)
  requireShown(run, finding, path.length)
  const named = (steps: readonly GraphStep[]) => steps.map((step) => searched.threads.all[step.thread]!.name).join(' ')
  const repeated = finding.repeat.length === 0 ? '' : `[${named(finding.repeat)}]`
  const race = finding.kind === 'race' ? raceShown(run, finding) : undefined
  const history = run.replay.histories.find(
    ({ property }) => finding.kind === 'property' && property === finding.subject,
  )
  return {
    kind: finding.kind,
    message: race === undefined ? messageOf(finding, run) : raceMessage(race, run.replay.session),
    token: run.token(choicesOf(searched, path), choicesOf(searched, finding.repeat)),
    schedule: [named(path), repeated].filter((part) => part !== '').join(' '),
    preemptions: run.replay.preemptions,
    steps: path.length + finding.repeat.length,
    criticalStep: finding.criticalStep,
    interleavings: finding.interleavings,
    probability: finding.probability,
    isLeast: finding.isLeast,
    ...(race === undefined ? {} : { race }),
    ...(history === undefined ? {} : { history }),
  }
}

/** Whether the accesses of a race still have to be made after its path. */
function leavesRaceOpen(finding: Finding): boolean {
  return finding.kind === 'race' && finding.endsWithRace !== true
}

/** The race that a finding is about, as the latest step of a run shows it. */
function raceShown({ replay }: BesideRun, { subject }: Finding): RaceFacts | undefined {
  const races = replay.racesOfLast()
  return races.get(subject) ?? [...races.values()].find(({ object }) => object === subject)
}

/** A schedule by thread codes. */
export function choicesOf(session: Session, steps: readonly GraphStep[]): Choice[] {
  return steps.map(({ thread, way }) => ({ thread: session.threads.all[thread]!.code, way }))
}

/** A replay together with its running hash after every step. */
export class BesideRun {
  readonly replay: ReplayRun
  readonly hashes: number[] = []
  /** Hashes of the state, both lanes, before the first step and after each. */
  readonly states: string[] = []

  constructor(replay: ReplayRun) {
    this.replay = replay
  }

  token(choices: readonly Choice[], repeat: readonly Choice[]): string {
    const { program, params } = this.replay.session
    const hashes = checkpoints(choices.length + repeat.length)
      .map((step, i) => hashCharacter(step === 0 ? 0 : this.hashes[step - 1]!, i))
      .join('')
    return formatToken({ params: changedParameters(program, params), ...modesOf(program), choices, repeat, hashes })
  }
}

/** Runs a schedule on a fresh session and on the search's own, comparing the states after every step. */
export function* runBeside(
  searched: Session,
  steps: readonly GraphStep[],
  options: Pick<SessionOptions, 'monitor' | 'maxValues'>,
): Generator<void, BesideRun> {
  searched.rewind()
  const beside = new BesideRun(new ReplayRun(searched.program, searched.params, options))
  const { session } = beside.replay
  if (searched.setupHash !== session.setupHash)
    throw new ProgramFault(
      'program/not-a-function-of-results',
      `the setup of “${searched.program.name}” declares something else when it is run again`,
      { hint: HINT },
    )
  requireSame(searched, session, null)
  beside.states.push(`${session.world.hash1} ${session.world.hash2}`)
  for (let i = 0; i < steps.length; i++) {
    if (i % 16 === 0) yield
    const step = steps[i]!
    const node = searched.node(step.thread)
    const [choice] = choicesOf(searched, [step])
    requireSameOperation(searched, session, step.thread, i + 1)
    const result = searched.step(step.thread, step.way)
    const hash = searched.stepHash(step.thread, step.way, node, result)
    const taken = beside.replay.take(choice!)
    if (typeof taken === 'string') throw unlike(searched, step.thread, node, i + 1, `it is ${taken}`, undefined)
    beside.hashes.push(beside.replay.hash)
    // What came back is compared too: it can vanish from the state when a thread ends.
    if (hash !== beside.replay.latestHash)
      throw unlike(searched, step.thread, node, i + 1, `it gets ${taken.label}`, taken.place)
    beside.states.push(`${session.world.hash1} ${session.world.hash2}`)
    requireSame(searched, session, { thread: step.thread, step: i + 1, label: taken.label, place: taken.place })
  }
  return beside
}

/** A node's hash tells the results received, not what the thread does with them: that is compared here. */
function requireSameOperation(searched: Session, fresh: Session, thread: number, step: number): void {
  const other = fresh.threadByCode(searched.threads.all[thread]!.code)
  const expected = searched.image.describeNode(searched.node(thread))
  const met = fresh.image.describeNode(other === undefined ? 0 : fresh.node(other.index))
  if (expected === met) return
  const place = other === undefined ? undefined : placeOf(fresh, other.index)
  throw unlike(searched, thread, searched.node(thread), step, `it ${met}`, place)
}

function requireSame(
  searched: Session,
  fresh: Session,
  after: {
    readonly thread: number
    readonly step: number
    readonly label: string
    readonly place: Parameters<typeof formatPlace>[0] | undefined
  } | null,
): void {
  if (searched.world.hash1 === fresh.world.hash1 && searched.world.hash2 === fresh.world.hash2) return
  for (const thread of searched.threads.all) {
    const other = fresh.threadByCode(thread.code)
    const expected = searched.image.describeNode(searched.node(thread.index))
    const met = fresh.image.describeNode(other === undefined ? 0 : fresh.node(other.index))
    if (expected === met) continue
    const operation = other === undefined ? null : fresh.image.operations.get(fresh.node(other.index))
    throw unlike(
      searched,
      thread.index,
      searched.node(thread.index),
      (after?.step ?? 0) + 1,
      `it ${met}`,
      operation?.place ?? after?.place,
    )
  }
  throw new ProgramFault(
    'program/not-a-function-of-results',
    `“${searched.program.name}” does something else when it is run again: step ${after?.step ?? 0}, ${after?.label ?? ''}`,
    {
      place: after?.place,
      hint: HINT,
    },
  )
}

const HINT =
  'let threads depend on nothing but parameters and the results of their operations: no clock, no random numbers (use p.choose), no variable shared between threads outside shared objects'

function unlike(
  searched: Session,
  thread: number,
  node: number,
  step: number,
  met: string,
  place: ReturnType<typeof placeOf>,
): ProgramFault {
  const entry = searched.threads.all[thread]!
  return new ProgramFault(
    'program/not-a-function-of-results',
    `thread “${entry.name}” is not a function of the results it has received: run again, at step ${step} ${met} where it ${searched.image.describeNode(node)} before`,
    { place: place ?? entry.place, hint: HINT },
  )
}

function placeOf(session: Session, thread: number) {
  return session.image.operations.get(session.node(thread))?.place
}

function requireShown(run: BesideRun, finding: Finding, pathLength: number): void {
  if (isShown(run, finding, pathLength)) return
  // Every step was the same, so that only what is asked about the states can have changed.
  const property = run.replay.session.properties.find(({ name }) => name === finding.subject)
  throw new ProgramFault(
    'program/impure-property',
    `${finding.kind} “${finding.subject}” is not found again in the very same run`,
    {
      place: property?.place,
      hint: 'let properties depend on nothing but the state they are given',
    },
  )
}

function isShown(run: BesideRun, finding: Finding, pathLength: number): boolean {
  const { replay } = run
  const last = replay.steps.at(-1)
  if (finding.repeat.length > 0) return run.states.at(-1) === run.states[pathLength]
  switch (finding.kind) {
    case 'property': {
      const failing = last === undefined ? replay.failingInitially : last.failing
      return failing.includes(finding.subject) || (replay.isOver && replay.outcome().failed.includes(finding.subject))
    }
    case 'deadlock':
      return replay.isOver && JSON.stringify(replay.outcome().waiting) === finding.subject
    case 'error':
      return (
        replay.isOver &&
        Object.entries(replay.outcome().errors).some(([thread, text]) => `${thread}: ${text}` === finding.subject)
      )
    case 'misuse':
      return last?.misuse === finding.subject
    case 'race':
      return raceShown(run, finding) !== undefined
    default:
      return true
  }
}

/** The two accesses of a race, after its path: first the thread that stepped last, which costs no switch. */
export function racingSteps(searched: Session, finding: Finding): GraphStep[] {
  searched.rewind()
  for (const step of finding.path) searched.step(step.thread, step.way)
  const { nodes, threads } = searched
  const last = finding.path.at(-1)?.thread
  const pending = threads.canonical.filter((thread) => {
    const node = searched.node(thread)
    return (
      (nodes.field(node, NODE_CODE) & FLAG_PLAIN) !== 0 &&
      searched.objectOf(nodes.field(node, NODE_WORD))?.name === finding.subject
    )
  })
  for (const a of pending)
    for (const b of pending) {
      if (a >= b || nodes.field(searched.node(a), NODE_WORD) !== nodes.field(searched.node(b), NODE_WORD)) continue
      const writes = [a, b].some((thread) => (nodes.field(searched.node(thread), NODE_CODE) & FLAG_WRITES) !== 0)
      if (!writes) continue
      // Whoever ends the program comes second; else who stepped last comes first, which costs no switch.
      const goesFirst = b === last ? !endsProgram(searched, b) : endsProgram(searched, a)
      const [first, second] = goesFirst ? [b, a] : [a, b]
      return [first, second].map((thread) => ({ thread, way: 0 }))
    }
  return []
}

/** Whether the program is over after a thread's next step, so that nobody else can step any more. */
function endsProgram(session: Session, thread: number): boolean {
  const mark = session.world.mark
  session.step(thread, 0)
  const { hasEnded } = session
  session.world.undo(mark)
  return hasEnded
}

function messageOf(finding: Finding, run: BesideRun): string {
  switch (finding.kind) {
    case 'deadlock':
      return deadlockMessage(finding, run)
    case 'endless':
      return 'a fair run need never end'
    case 'livelock':
      return 'from here on threads step for ever and none can end'
    case 'starvation':
      return `${finding.subject} gets on no more while others go on for ever`
    default:
      return finding.subject
  }
}

/** Names the threads in an order that does not depend on the schedule. */
function raceMessage({ object, kind, element, first, second }: RaceFacts, { threads }: Session): string {
  const place = (thread: string) => threads.canonical.findIndex((index) => threads.all[index]!.name === thread)
  const [a, b] = place(first.thread) <= place(second.thread) ? [first, second] : [second, first]
  const what = `${element === undefined ? '' : `element ${element} of `}${kind} “${object}”`
  return `data race on ${what}: ${a.operation} by ${a.thread}, ${b.operation} by ${b.thread}`
}

/** Where others go on for ever, those that nothing can free any more are the subject. */
function deadlockMessage({ repeat, subject }: Finding, { replay }: BesideRun): string {
  const stuck = repeat.length === 0 || subject === '' ? null : (JSON.parse(subject) as string[])
  const blocked = replay.blocked().filter(({ thread }) => stuck === null || stuck.includes(thread))
  const { clockThread } = replay.session
  const stepping = new Set(replay.steps.slice(-repeat.length).map(({ thread }) => thread))
  const others = [...stepping].filter((thread) => thread !== clockThread?.name)
  return `deadlock: ${blocked.map(describeBlocked).join('; ')}${stuck === null ? '' : `, while ${others.join(' and ')} may go on for ever`}`
}

function describeBlocked(blocked: BlockedThread): string {
  if (blocked.holder === blocked.thread)
    return `${blocked.thread} waits for ${blocked.object ?? blocked.operation}, which it holds itself`
  if (blocked.object !== null && blocked.holder !== null)
    return `${blocked.thread} waits for ${blocked.object}, which ${blocked.holder} holds`
  return `${blocked.thread} waits (${blocked.operation})`
}
