import { type Components, findComponents } from './components.js'
import { avoidableFrom, criticalStep } from './critical-step.js'
import type { ViolationKind } from './explore-report.js'
import { cyclicComponents, type CyclicComponent, fairCycle } from './fairness.js'
import type { Finding } from './finding.js'
import type { GraphSearch } from './graph-search.js'
import { type Goal, type GraphPath, leastSchedule } from './least-schedule.js'
import { countPaths, type PathNumber, type PathNumbers } from './path-numbers.js'
import { outcomeViolations } from './random-search.js'
import { StateSet } from './state-set.js'

/** Everything that a graph tells after the search. */
export interface GraphFindings {
  readonly findings: readonly Finding[]
  /** Numbers of each outcome, in the order of the registry; null if the graph is not complete. */
  readonly outcomes: readonly PathNumber[] | null
  readonly numbers: PathNumbers | null
}

// More violations than this are not explained one by one.
const MAX_FINDINGS = 32

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
  readonly goal: Goal
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
  #outcomes: PathNumber[] | null = null
  /** Outcome of each terminal state. */
  readonly #outcomeOf = new Map<number, number>()

  constructor(search: GraphSearch, maxMemory: number) {
    this.#search = search
    this.#maxMemory = maxMemory
    this.#isComplete = search.stopped === null
  }

  *run(): Generator<'counting' | 'explaining', GraphFindings> {
    const { graph } = this.#search
    for (let t = 0; t < graph.terminalStates.length; t++)
      this.#outcomeOf.set(graph.terminalStates.get(t), graph.terminalOutcomes.get(t))
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
    return { findings, outcomes: this.#outcomes, numbers: this.#numbers }
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
    const { graph, outcomes } = this.#search
    this.#numbers = yield* countPaths(graph, this.#components)
    const sums = outcomes.all.map(() => ({ interleavings: 0n as bigint | null, probability: 0 }))
    this.#numbers.terminals.forEach((number, t) => {
      const total = sums[graph.terminalOutcomes.get(t)]!
      total.probability += number.probability
      total.interleavings =
        total.interleavings === null || number.interleavings === null
          ? null
          : total.interleavings + number.interleavings
    })
    this.#outcomes = sums
  }

  #targets(): Target[] {
    const byKey = new Map<string, { kind: ViolationKind; subject: string; outcomes: Set<number> }>()
    this.#search.outcomes.all.forEach((_facts, index) => {
      for (const { kind, subject } of outcomeViolations(this.#search.outcomes, index)) {
        const key = `${kind} ${subject}`
        const entry = byKey.get(key) ?? { kind, subject, outcomes: new Set<number>() }
        entry.outcomes.add(index)
        byKey.set(key, entry)
      }
    })
    const targets: Target[] = [...byKey.values()].map(({ kind, subject, outcomes }) => ({
      kind,
      subject,
      goal: { state: (state) => outcomes.has(this.#outcomeOf.get(state) ?? -1) },
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
    const bySubject = new Map<string, Set<string>>()
    for (const { state, thread, message } of this.#search.misuses) {
      const steps = bySubject.get(message) ?? new Set<string>()
      steps.add(`${state} ${thread}`)
      bySubject.set(message, steps)
    }
    return [...bySubject].map(([subject, steps]) => ({
      kind: 'misuse',
      subject,
      goal: { step: (state, thread) => steps.has(`${state} ${thread}`) },
      outcomes: null,
      states: null,
    }))
  }

  #raceTargets(): Target[] {
    const byObject = new Map<string, StateSet[]>()
    for (const { word, states } of this.#search.races.values()) {
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
    const path = yield* leastSchedule(graph, session.threads.all.length, target.goal, this.#maxMemory)
    if (path === null) return null
    const shown = yield* this.#showing(target)
    return {
      kind: target.kind,
      subject: target.subject,
      path: path.steps,
      repeat: [],
      isLeast: path.isLeast && this.#isComplete,
      criticalStep: yield* this.#critical(target, path),
      interleavings: shown === null ? null : shown.interleavings === null ? 'unbounded' : String(shown.interleavings),
      probability: shown?.probability ?? null,
    }
  }

  /** How many interleavings show a violation. */
  *#showing(target: Target): Generator<void, PathNumber | null> {
    if (this.#numbers === null || this.#outcomes === null) return null
    if (target.outcomes !== null) return sum([...target.outcomes].map((index) => this.#outcomes![index]!))
    if (target.states === null) return null
    const avoiding = yield* countPaths(this.#search.graph, this.#components, target.states)
    const { terminalStates } = this.#search.graph
    const all = sum(this.#numbers.terminals)
    const others = sum(avoiding.terminals.filter((_number, t) => !target.states!.has(terminalStates.get(t))))
    const interleavings =
      all.interleavings === null || others.interleavings === null ? null : all.interleavings - others.interleavings
    return { interleavings, probability: avoiding.avoided }
  }

  *#critical(target: Target, path: GraphPath): Generator<void, number | null> {
    if (!this.#isComplete) return null
    const { graph } = this.#search
    if (target.outcomes !== null) {
      const isViolation = (state: number) => target.outcomes!.has(this.#outcomeOf.get(state) ?? -1)
      const fair = new Set(this.#cyclic.filter((cycle) => cycle.isFair).map((cycle) => cycle.component))
      return criticalStep(
        graph,
        path,
        yield* avoidableFrom(graph, this.#components, { isViolation, canStay: (c) => fair.has(c) }),
      )
    }
    if (target.states === null) return null
    const states = target.states
    const isViolation = (state: number) => states.has(state)
    if (this.#components === null)
      return criticalStep(graph, path, yield* avoidableFrom(graph, null, { isViolation, canStay: () => false }))
    const components = yield* findComponents(graph, states)
    const cyclic = yield* cyclicComponents(graph, components, this.#search.session.threads.all.length)
    const fair = new Set(cyclic.filter((cycle) => cycle.isFair).map((cycle) => cycle.component))
    return criticalStep(
      graph,
      path,
      yield* avoidableFrom(graph, components, { isViolation, canStay: (c) => fair.has(c) }),
    )
  }

  /** Fair infinite runs: one of each kind, in the component that is nearest. */
  *#endlessRuns(): Generator<void, Finding[]> {
    const components = this.#components
    if (components === null) return []
    const { threads } = this.#search.session
    const awaited = (cycle: CyclicComponent) => [...cycle.stepping].some((thread) => !threads.all[thread]!.daemon)
    const kindOf = (cycle: CyclicComponent): ViolationKind =>
      !cycle.isBottom ? 'endless' : awaited(cycle) ? 'livelock' : 'deadlock'
    const nearest = new Map<ViolationKind, CyclicComponent>()
    for (const cycle of this.#cyclic) {
      if (!cycle.isFair) continue
      const known = nearest.get(kindOf(cycle))
      if (known === undefined || cycle.firstState < known.firstState) nearest.set(kindOf(cycle), cycle)
    }
    const findings: Finding[] = []
    for (const [kind, cycle] of nearest) findings.push(yield* this.#endless(kind, cycle, components))
    return findings
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
      probability: isBottom ? this.#numbers!.divergence : null,
    }
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
export function sum(numbers: readonly PathNumber[]): PathNumber {
  let interleavings: bigint | null = 0n
  let probability = 0
  for (const number of numbers) {
    interleavings =
      interleavings === null || number.interleavings === null ? null : interleavings + number.interleavings
    probability += number.probability
  }
  return { interleavings, probability }
}
