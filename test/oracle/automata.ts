import { program, type Program, type Steps } from 'entrelacs'
import fc from 'fast-check'
import { declareGate } from '../engine/support/gate.js'

/** What an automaton does at one of its places, and where it goes. */
export type Act =
  | { readonly kind: 'swap'; readonly from: number; readonly to: number; readonly yes: number; readonly no: number }
  | { readonly kind: 'open' | 'close' | 'wait' | 'progress'; readonly next: number }
  | { readonly kind: 'end' }

/** Threads as finite automata over one variable and one gate: programs that go round for ever more often than not. */
export type Automata = readonly (readonly Act[])[]

const VALUES = 3
const PLACES = 3

const anyPlace = fc.nat(PLACES - 1)
const value = fc.nat(VALUES - 1)
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('swap' as const), from: value, to: value, yes: anyPlace, no: anyPlace }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom<Exclude<Act['kind'], 'swap' | 'end'>>('open', 'close', 'close', 'wait', 'wait', 'progress'),
      next: anyPlace,
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'end' as const }) },
)

export const anyAutomata: fc.Arbitrary<Automata> = fc.array(
  fc.array(anyAct, { minLength: PLACES, maxLength: PLACES }),
  { minLength: 2, maxLength: 3 },
)

/** The automata as a program: after every step, only the place matters. */
export function programOf(automata: Automata): Program {
  return program('automata', {}, (_params, p) => {
    const variable = p.atomic('variable', 0)
    const gate = declareGate(p, 'gate')
    automata.forEach((acts, i) => {
      p.thread(`T${i}`, function* (): Steps<void> {
        for (let at = 0; ;) {
          yield* p.at('at', at)
          const act = acts[at]!
          switch (act.kind) {
            case 'swap':
              at = (yield* variable.compareExchange(act.from, act.to)) === act.from ? act.yes : act.no
              break
            case 'open':
              yield* gate.write(0)
              at = act.next
              break
            case 'close':
              yield* gate.write(1)
              at = act.next
              break
            case 'wait':
              yield* gate.awaitZero()
              at = act.next
              break
            case 'progress':
              yield* p.progress()
              at = act.next
              break
            case 'end':
              return
          }
        }
      })
    })
  })
}

interface Move {
  readonly thread: number
  readonly to: number
  readonly isProgress: boolean
}

/** What is true of the automata, told from all their states by definitions alone. */
export interface InfiniteRuns {
  readonly states: number
  /** Sets of threads for which nothing moves any more. */
  readonly deadlocks: ReadonlySet<string>
  /** Somebody steps for ever, fairly, who could be led out of it, and not everyone who steps gets on. */
  readonly isEndless: boolean
  /** The same where there is no way out. */
  readonly isLivelocked: boolean
  /** Sets of threads that are stuck for good while others step for ever, each with the others. */
  readonly partial: ReadonlySet<string>
  /** Threads that may get on once and then never again, in a fair run that goes on for ever. */
  readonly starving: ReadonlySet<number>
}

/** The whole product of the automata, without the engine. */
export function infiniteRuns(automata: Automata): InfiniteRuns {
  const { moves, ended } = product(automata)
  const reaches = closure(moves, () => true)
  const threads = automata.map((_acts, thread) => thread)
  const isEnabled = (state: number, thread: number) => moves[state]!.some((move) => move.thread === thread)
  const names = (some: readonly number[]) => JSON.stringify(some.map((thread) => `T${thread}`))

  const deadlocks = new Set<string>()
  moves.forEach((some, state) => {
    const waiting = threads.filter((thread) => !ended[state]![thread]!)
    if (some.length === 0 && waiting.length > 0) deadlocks.add(names(waiting))
  })

  // The largest set of states among which one may walk for ever from this one, by some of the moves.
  const around = (state: number, reach: boolean[][]) =>
    reach[state]![state]!
      ? moves.flatMap((_, other) => (reach[state]![other]! && reach[other]![state]! ? [other] : []))
      : []
  const stepsWithin = (states: readonly number[], isAllowed: (move: Move) => boolean) =>
    states.flatMap((state) => moves[state]!.filter((move) => isAllowed(move) && states.includes(move.to)))
  const isFair = (states: readonly number[], steps: readonly Move[]) =>
    threads.every(
      (thread) => steps.some((move) => move.thread === thread) || states.some((state) => !isEnabled(state, thread)),
    )

  let isEndless = false
  let isLivelocked = false
  const partial = new Set<string>()
  for (let state = 0; state < moves.length; state++) {
    const states = around(state, reaches)
    if (states.length === 0) continue
    const steps = stepsWithin(states, () => true)
    const stepping = threads.filter((thread) => steps.some((move) => move.thread === thread))
    const isBottom = states.every((inside) => moves[inside]!.every((move) => states.includes(move.to)))
    const getsOn = stepping.every((thread) => steps.some((move) => move.thread === thread && move.isProgress))
    if (isFair(states, steps) && !getsOn) {
      isEndless ||= !isBottom
      isLivelocked ||= isBottom
    }
    const stuck = threads.filter((thread) => !stepping.includes(thread) && !ended[state]![thread]!)
    if (isBottom && stuck.length > 0) partial.add(`${names(stuck)} ${names(stepping)}`)
  }

  const starving = new Set<number>()
  for (const thread of threads) {
    const isOther = (move: Move) => !(move.thread === thread && move.isProgress)
    const without = closure(moves, isOther)
    const first = moves.flatMap((some) => some.filter((move) => !isOther(move)).map(({ to }) => to))
    for (const from of new Set(first))
      for (let state = 0; state < moves.length; state++) {
        if (state !== from && !reaches[from]![state]!) continue
        const states = around(state, without)
        if (states.length > 0 && !ended[state]![thread]! && isFair(states, stepsWithin(states, isOther)))
          starving.add(thread)
      }
  }
  return { states: moves.length, deadlocks, isEndless, isLivelocked, partial, starving }
}

function product(automata: Automata): { readonly moves: Move[][]; readonly ended: boolean[][] } {
  interface State {
    readonly at: readonly number[]
    readonly variable: number
    readonly isOpen: boolean
  }
  const numbers = new Map<string, number>()
  const all: State[] = []
  const number = (state: State): number => {
    const key = JSON.stringify(state)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, all.length)
    return all.push(state) - 1
  }
  number({ at: automata.map(() => 0), variable: 0, isOpen: true })
  const moves: Move[][] = []
  for (let i = 0; i < all.length; i++) {
    const state = all[i]!
    moves.push(
      automata.flatMap((acts, thread): Move[] => {
        const act = acts[state.at[thread]!]!
        if (act.kind === 'end' || (act.kind === 'wait' && !state.isOpen)) return []
        const isHit = act.kind === 'swap' && state.variable === act.from
        const next = act.kind !== 'swap' ? act.next : isHit ? act.yes : act.no
        const to = number({
          at: state.at.with(thread, next),
          variable: act.kind === 'swap' && isHit ? act.to : state.variable,
          isOpen: act.kind === 'open' || (act.kind !== 'close' && state.isOpen),
        })
        return [{ thread, to, isProgress: act.kind === 'progress' }]
      }),
    )
  }
  return { moves, ended: all.map(({ at }) => at.map((place, thread) => automata[thread]![place]!.kind === 'end')) }
}

/** Which states can be reached from each by one or more of the moves that are allowed. */
function closure(moves: readonly (readonly Move[])[], isAllowed: (move: Move) => boolean): boolean[][] {
  return moves.map((_, from) => {
    const reached = moves.map(() => false)
    const open = [from]
    for (let state = open.pop(); state !== undefined; state = open.pop())
      for (const move of moves[state]!)
        if (isAllowed(move) && !reached[move.to]!) {
          reached[move.to] = true
          open.push(move.to)
        }
    return reached
  })
}
