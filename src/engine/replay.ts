import { UsageError, TokenError } from './errors.js'
import { formatPlace } from './place.js'
import type { BlockedThread } from './detect/blocked-threads.js'
import type { OutcomeFacts } from './outcome.js'
import { inModes } from './modes.js'
import { type Parameters, type Program, completeParameters } from './program.js'
import { type Obstacle, ReplayRun, type TraceStep } from './replay-run.js'
import type { Choice } from './schedule.js'
import type { SessionOptions } from './session.js'
import type { TimeMode } from './time/time-mode.js'
import { allChoices, checkpoints, hashCharacter, parseToken } from './token.js'

/** How to follow a token. */
export interface ReplayOptions extends Pick<SessionOptions, 'monitor'> {
  /** On a changed program, follow what still applies and go on in canonical order, instead of refusing. @default false */
  readonly adapt?: boolean
  /** Tell after every step where each thread is in its life: new, runnable, running, blocked, dead. @default false */
  readonly states?: boolean
}

/** What happened when a token was followed. */
export interface Replay {
  readonly schema: 1
  readonly program: string
  readonly params: Parameters
  /** What sleeps and timeouts meant: as the token says, whatever the program declares. */
  readonly time: TimeMode
  /** Primitives were their twins. */
  readonly twins: boolean
  readonly token: string
  readonly steps: readonly TraceStep[]
  /** Objects before the first step. */
  readonly initially: Readonly<Record<string, unknown>>
  readonly printedInitially: readonly string[]
  /** From which step (counted from 1) on the schedule repeats for ever; null if it is finite. */
  readonly repeatsFrom: number | null
  readonly preemptions: number
  /** Every thread that the program waits for has ended, or none can step. */
  readonly isOver: boolean
  /** What came out, if it is over. */
  readonly outcome: OutcomeFacts | null
  /** Threads that are blocked at the end. */
  readonly blocked: readonly BlockedThread[]
  /** Nothing went wrong in this run. */
  readonly holds: boolean
  /** With `adapt`: how many choices could be followed. */
  readonly followed: number
  readonly skipped: number
  /** With `adapt`: the first step at which the program differs from the one that the token was made of. */
  readonly differsAt: number | null
}

/**
 * Follows a token on a program: the same steps, with places, and what came out.
 *
 * @throws TokenError if the text is no token (`token/malformed`), or of another or a changed program
 * (`token/other-program`, which says at which step it first differs) and `adapt` is not set.
 *
 * @example
 * ```ts
 * import { explore, replay } from 'entrelacs'
 * import lostUpdate from 'entrelacs/scenarios/lost-update'
 * const { violations } = await explore(lostUpdate)
 * const { steps } = replay(lostUpdate, violations[0].token)
 * console.log(steps.map((step) => `${step.thread} ${step.label}`).join(', ')) // A read → 0, B read → 0, B write 1, A write 1
 * ```
 */
export function replay(program: Program, token: string, options: ReplayOptions = {}): Replay {
  const content = parseToken(token)
  const params = tokenParameters(program, content.params, options.adapt ?? false)
  const run = new ReplayRun(inModes(program, content), params, {
    monitor: options.monitor,
    states: options.states ?? false,
  })
  const follower = new TokenFollower(run, allChoices(content), content.hashes, options.adapt ?? false)
  follower.follow()
  const outcome = run.isOver ? run.outcome() : null
  return {
    schema: 1,
    program: program.name,
    params: run.session.params,
    time: content.time,
    twins: content.twins,
    token,
    steps: run.steps,
    initially: run.initially,
    printedInitially: run.printedInitially,
    repeatsFrom: content.repeat.length === 0 ? null : content.choices.length + 1,
    preemptions: run.preemptions,
    isOver: run.isOver,
    outcome,
    blocked: run.blocked(),
    holds: holds(run, outcome) && content.repeat.length === 0,
    followed: follower.followed,
    skipped: follower.skipped,
    differsAt: follower.differsAt,
  }
}

function tokenParameters(program: Program, params: Parameters, adapt: boolean): Parameters {
  try {
    return completeParameters(
      program,
      adapt ? Object.fromEntries(Object.entries(params).filter(([name]) => name in program.defaults)) : params,
    )
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new TokenError(
      'token/other-program',
      `this token is of another program, or of “${program.name}” before it was changed: ${error.message}`,
      { hint: CHANGED_HINT },
    )
  }
}

function holds(run: ReplayRun, outcome: OutcomeFacts | null): boolean {
  const stepsHold =
    run.failingInitially.length === 0 && run.steps.every((step) => step.failing.length === 0 && step.misuse === null)
  const races = run.steps.some((step, i) => isRacing(run.steps[i - 1], step))
  const endHolds =
    outcome === null ||
    (outcome.waiting === null && outcome.failed.length === 0 && Object.keys(outcome.errors).length === 0)
  return stepsHold && endHolds && (run.isOver || !races)
}

function isRacing(before: TraceStep | undefined, step: TraceStep): boolean {
  return (
    before !== undefined && before.plain && step.plain && before.thread !== step.thread && before.object === step.object
  )
}

const CHANGED_HINT = 'explore the program again for a new token, or add --adapt to follow what still applies'

/** Follows choices on a run and compares the operations with the token's hashes. */
class TokenFollower {
  followed = 0
  skipped = 0
  differsAt: number | null = null
  readonly #run: ReplayRun
  readonly #choices: readonly Choice[]
  readonly #hashes: string
  readonly #adapt: boolean
  readonly #checkpoints: readonly number[]

  constructor(run: ReplayRun, choices: readonly Choice[], hashes: string, adapt: boolean) {
    this.#run = run
    this.#choices = choices
    this.#hashes = hashes
    this.#adapt = adapt
    this.#checkpoints = checkpoints(choices.length)
  }

  follow(): void {
    this.#compare(0)
    this.#choices.forEach((choice, i) => {
      const taken = this.#run.take(choice)
      if (typeof taken === 'string') this.#cannot(choice, i + 1, taken)
      else {
        this.followed++
        this.#compare(i + 1)
      }
    })
    if (this.differsAt !== null) this.#finish()
  }

  #cannot(choice: Choice, step: number, obstacle: Obstacle): void {
    this.differsAt ??= step
    this.skipped++
    if (this.#adapt) return
    const thread = this.#run.session.threadByCode(choice.thread)?.name ?? choice.thread
    const why = {
      'unknown-thread': `there is no thread ${choice.thread}`,
      ended: `thread “${thread}” has ended`,
      blocked: `thread “${thread}” is blocked`,
      'no-such-way': `the operation of thread “${thread}” has no way ${choice.way}`,
    }[obstacle]
    throw this.#differs(`it differs at step ${step}, where ${why}`)
  }

  /** Compares the running hash at the checkpoints that fall on this step. */
  #compare(step: number): void {
    if (this.differsAt !== null) return
    for (let i = 0; i < this.#checkpoints.length; i++) {
      if (this.#checkpoints[i] !== step || hashCharacter(step === 0 ? 0 : this.#run.hash, i) === this.#hashes[i])
        continue
      const before = i === 0 ? 1 : this.#checkpoints[i - 1]! + 1
      this.differsAt = Math.max(1, Math.min(before, step))
      if (this.#adapt) return
      const latest = this.#run.steps.at(-1)
      const at = latest?.place === undefined ? '' : ` (${formatPlace(latest.place)})`
      const range = this.differsAt >= step ? `at step ${step}` : `between steps ${this.differsAt} and ${step}`
      throw this.#differs(
        `it first differs ${range}, where ${latest?.thread ?? 'the program'} now does ${latest?.label ?? 'nothing'}${at}`,
      )
    }
  }

  #differs(how: string): TokenError {
    return new TokenError(
      'token/other-program',
      `this token is of another program, or of “${this.#run.session.program.name}” before it was changed: ${how}`,
      { hint: CHANGED_HINT },
    )
  }

  /** Lets what is left run on in canonical order, a bounded number of steps. */
  #finish(): void {
    for (let i = 0; i < 100_000 && !this.#run.isOver; i++) this.#run.take(this.#run.possible()[0]!)
  }
}
