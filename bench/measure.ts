import type { Contest } from './contests.js'
import { exploreOnce, hasCommandLine, startCommandLine, startNode, type OurRun } from './our-processes.js'
import type { Spin, Verification, Verifier } from './spin-verifier.js'
import { inTurns, summarize, type Summary } from './statistics.js'

const hashSizes = [20, 22, 24]
const coldStartRounds = 15

export interface Result {
  readonly title: string
  readonly equal: boolean
  readonly target: boolean
  readonly ours: { states: number; transitions: number; interleavings: string; explore: Summary; first: Summary }
  readonly spin: readonly SpinResult[]
  readonly disagreements: readonly string[]
}

export interface SpinResult {
  readonly reduction: boolean
  readonly hashBits: number
  readonly states: number
  readonly transitions: number
  readonly process: Summary
  readonly own: Summary
  /** Ours over SPIN's process, medians: run time only, then with our compiling. */
  readonly ratio: number
  readonly firstRatio: number
}

export interface ColdStart {
  readonly rounds: number
  readonly explore: Summary
  readonly node: Summary
  readonly ratio: number
}

export function measure(contest: Contest, script: string, spin: Spin | null, rounds: number): Result {
  const verifiers =
    spin === null ? [] : [true, false].map((reduction) => tuned(spin.verifier(contest.model, reduction)))
  const ours: OurRun[] = []
  const theirs = verifiers.map((): Verification[] => [])
  inTurns(rounds, [
    () => ours.push(exploreOnce(script, contest.arguments)),
    ...verifiers.map(
      ({ verifier, hashBits }, index) =>
        () =>
          theirs[index].push(verifier.run(hashBits)),
    ),
  ])
  return conclude(contest, ours, verifiers, theirs)
}

export interface Tuned {
  readonly verifier: Verifier
  readonly hashBits: number
}

/** The table size that suits the verifier best, here and now. These runs warm up and count for nothing else. */
export function tuned(verifier: Verifier): Tuned {
  const trials = hashSizes.map((hashBits) => ({ hashBits, wallMs: verifier.run(hashBits).wallMs }))
  const best = trials.reduce((a, b) => (b.wallMs < a.wallMs ? b : a))
  return { verifier, hashBits: best.hashBits }
}

function conclude(
  contest: Contest,
  ours: readonly OurRun[],
  verifiers: readonly Tuned[],
  theirs: readonly (readonly Verification[])[],
): Result {
  const { states, transitions, interleavings } = ours[0]
  const explore = summarize(ours.map((run) => run.exploreMs))
  const first = summarize(ours.map((run) => run.firstMs))
  const spin = verifiers.map(({ verifier, hashBits }, index): SpinResult => {
    const runs = theirs[index]
    const wall = summarize(runs.map((run) => run.wallMs))
    return {
      reduction: verifier.reduction,
      hashBits,
      states: runs[0].states,
      transitions: runs[0].transitions,
      process: wall,
      own: summarize(runs.map((run) => run.ownMs)),
      ratio: explore.median / wall.median,
      firstRatio: first.median / wall.median,
    }
  })
  const { title, equal, target } = contest
  const result = { states, transitions, interleavings, explore, first }
  return { title, equal, target, ours: result, spin, disagreements: compare(contest, ours, spin) }
}

/** What the counts leave to explain. A reduction may visit fewer states: only the verifier without is held to ours. */
function compare(contest: Contest, ours: readonly OurRun[], spin: readonly SpinResult[]): string[] {
  const [first] = ours
  const changed = ours.some((run) => run.states !== first.states || run.transitions !== first.transitions)
  const unlike = spin.filter(
    (their) =>
      contest.equal && !their.reduction && (their.states !== first.states || their.transitions !== first.transitions),
  )
  return [
    ...(changed ? [`${contest.title}: our counts change from one round to the next`] : []),
    ...unlike.map(
      (their) =>
        `${contest.title}: ${first.states} states and ${first.transitions} transitions for us, ` +
        `${their.states} and ${their.transitions} for SPIN`,
    ),
  ]
}

/** Null if the command line is not built. */
export function measureColdStart(): ColdStart | null {
  if (!hasCommandLine()) return null
  startCommandLine()
  startNode()
  const explore: number[] = []
  const node: number[] = []
  inTurns(coldStartRounds, [() => explore.push(startCommandLine()), () => node.push(startNode())])
  const summaries = { explore: summarize(explore), node: summarize(node) }
  return { rounds: coldStartRounds, ...summaries, ratio: summaries.explore.median / summaries.node.median }
}
