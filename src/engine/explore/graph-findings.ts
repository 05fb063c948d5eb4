import { type Components, findComponents } from './components.js'
import { avoidableFrom, criticalStep } from './critical-step.js'
import type { ViolationKind } from './explore-report.js'
import { cyclicComponents, type CyclicComponent, fairCycle } from './fairness.js'
import { type Finding, sighted } from './finding.js'
import type { GraphSearch } from './graph-search.js'
import { type Goal, type GraphPath, leastSchedule } from './least-schedule.js'
import { partialDeadlocks } from './partial-deadlocks.js'
import { asProbability, countPaths, type PathNumber, type PathNumbers } from './path-numbers.js'
import { outcomeViolations } from './outcome-violations.js'
import { starvations } from './starvation.js'
import { StateSet } from './state-set.js'

/** Everything that a graph tells after the search. */
export interface GraphFindings {
  readonly findings: readonly Finding[]
  /** Null if the graph is not complete. */
  readonly numbers: PathNumbers | null
}

const NONE: PathNumber = { interleavings: 0n, probability: 0 }
const SLICE = 4096
/** More violations than this are not explained one by one. */
export const MAX_FINDINGS = 32

/** Derives numbers and violations from a graph; from one that is not complete, only what is certain. */
export function* analyseGraph(
  search: GraphSearch,
  maxMemory: number,
): Generator<'counting' | 'explaining', GraphFindings> {
  return yield* new GraphAnalysis(search, maxMemory).run()
}

interface Target {
  readonly kind: ViolationKind
  readonly subject: string
  /** Null if terminal outcomes show it. */
  readonly goal: Goal | null
  /** Terminal outcomes that show it; null for other targets. */
  readonly outcomes: ReadonlySet<number> | null
  /** States that show it as soon as they are reached; null for other targets. */
  readonly states: StateSet | null
}

class GraphAnalysis {
  readonly #search: GraphSearch
  readonly #maxMemory: number
  readonly #isComplete: boolean
  #components: Components | null = null
  #cyclic: readonly CyclicComponent[] = []
  #numbers: PathNumbers | null = null

  constructor(search: GraphSearch, maxMemory: number) {
    this.#search = search
    this.#maxMemory = maxMemory
    this.#isComplete = search.stopped === null
  }

  *run(): Generator<'counting' | 'explaining', GraphFindings> {
    const { graph } = this.#search
    if (this.#isComplete) {
      if (!graph.isTopological) yield* this.#as('counting', this.#findCycles())
      yield* this.#as('counting', this.#count())
    }
    const findings: Finding[] = []
    for (const target of this.#targets().slice(0, MAX_FINDINGS)) {
      const finding = yield* this.#as('explaining', this.#find(target))
      if (finding !== null) findings.push(finding)
    }
    findings.push(...(yield* this.#as('explaining', this.#endlessRuns())))
    findings.push(...(yield* this.#as('explaining', this.#starvations())))
    return { findings, numbers: this.#numbers }
  }

  *#as<P, R>(phase: P, work: Generator<void, R>): Generator<P, R> {
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
      yield phase
    }
  }

  *#findCycles(): Generator<void> {
    const { graph, session } = this.#search
    this.#components = yield* findComponents(graph)
    this.#cyclic = yield* cyclicComponents(graph, this.#components, session.threads.all.length)
  }

  *#count(): Generator<void> {
    this.#numbers = yield* countPaths(this.#search.graph, this.#components)
  }

  #targets(): Target[] {
    const byKey = new Map<string, { kind: ViolationKind; subject: string; outcomes: Set<number> }>()
    this.#search.outcomes.all.forEach((_facts, index) => {
      for (const { kind, subject } of outcomeViolations(this.#search.outcomes.facts(index))) {
        const key = `${kind} ${subject}`
        const entry = byKey.get(key) ?? { kind, subject, outcomes: new Set<number>() }
        entry.outcomes.add(index)
        byKey.set(key, entry)
      }
    })
    const targets: Target[] = [...byKey.values()].map(({ kind, subject, outcomes }) => ({
      kind,
      subject,
      goal: null,
      outcomes,
      states: null,
    }))
    for (const { property, states } of this.#search.alwaysFailures)
      if (states.size > 0)
        targets.push({
          kind: 'property',
          subject: property.property.name,
          goal: { state: (state) => states.has(state) },
          outcomes: null,
          states,
        })
    targets.push(...this.#misuseTargets(), ...this.#raceTargets())
    return targets
  }

  #misuseTargets(): Target[] {
    const bySubject = new Map<string, Set<number>>()
    for (const { edge, message } of this.#search.misuses) {
      const edges = bySubject.get(message) ?? new Set<number>()
      edges.add(edge)
      bySubject.set(message, edges)
    }
    return [...bySubject].map(([subject, edges]) => ({
      kind: 'misuse',
      subject,
      goal: { step: (_state, _thread, edge) => edges.has(edge) },
      outcomes: null,
      states: null,
    }))
  }

  #raceTargets(): Target[] {
    const byObject = new Map<string, StateSet[]>()
    for (const { word, states } of this.#search.accesses.races.values()) {
      const name = this.#search.session.objectOf(word)?.name ?? ''
      byObject.set(name, [...(byObject.get(name) ?? []), states])
    }
    return [...byObject].map(([subject, sets]) => ({
      kind: 'race',
      subject,
      goal: { state: (state) => sets.some((states) => states.has(state)) },
      outcomes: null,
      states: null,
    }))
  }

  *#find(target: Target): Generator<void, Finding | null> {
    const { graph, session } = this.#search
    const ends = target.outcomes === null ? null : yield* this.#statesWith(target.outcomes)
    const goal = target.goal ?? { state: (state: number) => ends!.has(state) }
    const path = yield* leastSchedule(graph, session.threads.all.length, goal, this.#maxMemory)
    if (path === null) return null
    const shown = yield* this.#showing(target)
    return {
      kind: target.kind,
      subject: target.subject,
      path: path.steps,
      repeat: [],
      isLeast: path.isLeast && this.#isComplete,
      criticalStep: this.#isComplete ? yield* this.#critical(path, ends, target.states) : null,
      interleavings: shown === null ? null : shown.interleavings === null ? 'unbounded' : String(shown.interleavings),
      probability: shown?.probability ?? null,
    }
  }

  /** The terminal states with one of these outcomes. */
  *#statesWith(outcomes: ReadonlySet<number>): Generator<void, StateSet> {
    const { terminalStates, terminalOutcomes } = this.#search.graph
    const states = new StateSet()
    for (let t = 0; t < terminalStates.length; t++) {
      if (t % SLICE === 0) yield
      if (outcomes.has(terminalOutcomes.get(t))) states.add(terminalStates.get(t))
    }
    return states
  }

  /** How many interleavings show a violation. */
  *#showing(target: Target): Generator<void, PathNumber | null> {
    const numbers = this.#numbers
    if (numbers === null) return null
    if (target.outcomes !== null) return sum([...target.outcomes].map((index) => numbers.outcomes[index] ?? NONE))
    if (target.states === null) return null
    const avoiding = yield* countPaths(this.#search.graph, this.#components, target.states)
    // An execution may show it before it is dropped.
    const all = sum([...numbers.outcomes, numbers.dropped])
    const others = sum([...avoiding.outcomes, avoiding.dropped])
    const interleavings =
      all.interleavings === null || others.interleavings === null ? null : all.interleavings - others.interleavings
    return { interleavings, probability: avoiding.avoided }
  }

  /**
   * @param ends terminal states that show the violation.
   * @param states states that show it as soon as they are reached.
   */
  *#critical(path: GraphPath, ends: StateSet | null, states: StateSet | null): Generator<void, number | null> {
    const { graph, session } = this.#search
    const shown = ends ?? states
    if (shown === null) return null
    // An infinite run avoids a state only if it stays on cycles without it.
    const isCut = states !== null && this.#components !== null
    const components = isCut ? yield* findComponents(graph, states) : this.#components
    const cyclic = isCut ? yield* cyclicComponents(graph, components!, session.threads.all.length) : this.#cyclic
    const fair = new Set(cyclic.filter((cycle) => cycle.isFair).map((cycle) => cycle.component))
    const question = { isViolation: (state: number) => shown.has(state), canStay: (c: number) => fair.has(c) }
    return criticalStep(graph, path, yield* avoidableFrom(graph, components, question))
  }

  /** Fair infinite runs: one of each kind, in the component that is nearest. */
  *#endlessRuns(): Generator<void, Finding[]> {
    const components = this.#components
    if (components === null) return []
    const nearest = new Map<ViolationKind, CyclicComponent>()
    for (const cycle of this.#cyclic) {
      if (!cycle.isFair || this.#getsOn(cycle)) continue
      const known = nearest.get(this.#kindOf(cycle))
      if (known === undefined || cycle.firstState < known.firstState) nearest.set(this.#kindOf(cycle), cycle)
    }
    const findings: Finding[] = []
    for (const [kind, cycle] of nearest) findings.push(yield* this.#endless(kind, cycle, components))
    const { graph, session } = this.#search
    const bottoms = this.#cyclic.filter((cycle) => cycle.isBottom && this.#kindOf(cycle) !== 'deadlock')
    return [...findings, ...(yield* partialDeadlocks(graph, session, components, bottoms, this.#maxMemory))]
  }

  /** Whether going round for ever is what a component is for: whoever steps in it, daemons aside, says `progress` in it. */
  #getsOn({ component, stepping }: CyclicComponent): boolean {
    const { session, progress } = this.#search
    const { order, starts } = this.#components!
    const states = order.subarray(starts[component], starts[component + 1])
    const awaited = [...stepping].filter((thread) => !session.threads.all[thread]!.daemon)
    return (
      awaited.length > 0 &&
      awaited.every((thread) => {
        const saying = progress.byThread.get(thread)
        return saying !== undefined && states.some((state) => saying.has(state))
      })
    )
  }

  *#endless(kind: ViolationKind, cycle: CyclicComponent, components: Components): Generator<void, Finding> {
    const { graph, session } = this.#search
    const count = session.threads.all.length
    const goal: Goal = { state: (state) => components.componentOf[state] === cycle.component }
    const path = (yield* leastSchedule(graph, count, goal, this.#maxMemory))!
    const repeat = yield* fairCycle(graph, components, path.state, count)
    const isBottom = kind !== 'endless'
    return {
      kind,
      subject: '',
      path: path.steps,
      repeat,
      isLeast: path.isLeast,
      criticalStep: isBottom ? yield* this.#criticalOfBottom(cycle, components, path) : null,
      interleavings: null,
      probability: isBottom ? this.#divergenceAs(kind) : null,
    }
  }

  *#starvations(): Generator<void, Finding[]> {
    const { graph, session, progress } = this.#search
    if (this.#components === null) return []
    const found = yield* starvations(graph, session, progress, this.#components, this.#maxMemory)
    return found.map(({ thread, path, repeat }) => ({
      ...sighted('starvation', session.threads.all[thread]!.name, path.steps),
      repeat,
      isLeast: path.isLeast,
    }))
  }

  /** The probability of staying for ever in a component of that kind. */
  #divergenceAs(kind: ViolationKind): number {
    const alike = this.#cyclic.filter((cycle) => cycle.isFair && this.#kindOf(cycle) === kind)
    return asProbability(
      alike.reduce((total, { component }) => total + (this.#numbers!.divergences.get(component) ?? 0), 0),
    )
  }

  #kindOf(cycle: CyclicComponent): ViolationKind {
    if (!cycle.isBottom) return 'endless'
    const { threads } = this.#search.session
    return [...cycle.stepping].some((thread) => !threads.all[thread]!.daemon) ? 'livelock' : 'deadlock'
  }

  *#criticalOfBottom(cycle: CyclicComponent, components: Components, path: GraphPath): Generator<void, number | null> {
    const { graph } = this.#search
    const isViolation = (state: number) => components.componentOf[state] === cycle.component
    const fair = new Set(this.#cyclic.filter((other) => other.isFair).map((other) => other.component))
    return criticalStep(
      graph,
      path,
      yield* avoidableFrom(graph, components, { isViolation, canStay: (c) => fair.has(c) }),
    )
  }
}

/** Interleavings and probabilities of disjoint sets together. */
export function sum(numbers: readonly (PathNumber | undefined)[]): PathNumber {
  let interleavings: bigint | null = 0n
  let probability = 0
  for (const number of numbers) {
    if (number === undefined) continue
    interleavings =
      interleavings === null || number.interleavings === null ? null : interleavings + number.interleavings
    probability += number.probability
  }
  return { interleavings, probability: asProbability(probability) }
}
