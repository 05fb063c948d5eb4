import { isLinearizable, type RecordedCall, type SequentialModel } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { possibleResults } from '../../../src/engine/detect/linearization.js'
import { isExplained, type ObservedCall, type Sequential } from '../../oracle/linearizability.js'
import { SEED } from '../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 1_500)
const MAX_CALLS = 6

type Numbers = readonly number[]

/** Objects, their methods, and arguments for these. */
const MODELS: Record<string, { readonly model: SequentialModel<unknown>; readonly hasArgument: readonly string[] }> = {
  register: {
    model: {
      initial: 0,
      methods: {
        read: (state) => ({ state, result: state }),
        write: (_state, value: number) => ({ state: value, result: null }),
      },
    },
    hasArgument: ['write'],
  },
  counter: {
    model: { initial: 0, methods: { next: (state) => ({ state: (state as number) + 1, result: state }) } },
    hasArgument: [],
  },
  set: {
    model: {
      initial: [],
      methods: {
        add: (state, item: number) => {
          const items = state as Numbers
          return { state: items.includes(item) ? items : [...items, item].sort(), result: !items.includes(item) }
        },
        remove: (state, item: number) => {
          const items = state as Numbers
          return { state: items.filter((other) => other !== item), result: items.includes(item) }
        },
      },
    },
    hasArgument: ['add', 'remove'],
  },
  queue: {
    model: {
      initial: [],
      methods: {
        put: (state, item: number) => ({ state: [...(state as Numbers), item], result: null }),
        // Waits while there is nothing.
        get: (state) => {
          const [first, ...rest] = state as Numbers
          return first === undefined ? null : { state: rest, result: first }
        },
      },
    },
    hasArgument: ['put'],
  },
}

interface Raw {
  readonly object: string
  /** For each event, who acts, by which method, and when a call takes effect (chosen among calls under way). */
  readonly events: readonly {
    readonly thread: number
    readonly method: number
    readonly argument: number
    readonly effects: number
  }[]
  /** A result that is replaced: which, and by what. */
  readonly spoilt: { readonly call: number; readonly result: number } | null
}

const anyRaw: fc.Arbitrary<Raw> = fc.record({
  object: fc.constantFrom(...Object.keys(MODELS)),
  events: fc.array(
    fc.record({
      thread: fc.nat({ max: 2 }),
      method: fc.nat({ max: 1 }),
      argument: fc.nat({ max: 2 }),
      effects: fc.nat({ max: 3 }),
    }),
    { minLength: 2, maxLength: 14 },
  ),
  spoilt: fc.option(fc.record({ call: fc.nat({ max: 5 }), result: fc.nat({ max: 2 }) }), { freq: 2 }),
})

interface Underway {
  call: ObservedCall
  /** Its result, once it has taken effect. */
  effect: { readonly result: unknown } | null
}

/** A history that some order explains, unless a result of it was replaced. */
function historyOf({ object, events, spoilt }: Raw): ObservedCall[] {
  const { model, hasArgument } = MODELS[object]
  const methods = Object.keys(model.methods)
  const done: ObservedCall[] = []
  const underway = new Map<string, Underway>()
  let state = model.initial
  events.forEach(({ thread: number, method: choice, argument, effects }, moment) => {
    const thread = `t${number}`
    const current = underway.get(thread)
    if (current === undefined && done.length + underway.size < MAX_CALLS) {
      const method = methods[choice % methods.length]
      const args = hasArgument.includes(method) ? [argument] : []
      underway.set(thread, {
        call: { thread, method, args, called: moment, returned: null, result: null },
        effect: null,
      })
    }
    // Some of the calls under way take effect.
    for (const one of [...underway.values()].slice(0, effects)) {
      if (one.effect !== null) continue
      const effect = model.methods[one.call.method](state, ...one.call.args)
      if (effect === null) continue
      state = effect.state
      one.effect = { result: effect.result }
    }
    if (current?.effect == null) return
    done.push({ ...current.call, returned: moment, result: current.effect.result })
    underway.delete(thread)
  })
  const calls = [...done, ...[...underway.values()].map(({ call }) => call)].sort((a, b) => a.called - b.called)
  if (spoilt === null || calls[spoilt.call]?.returned == null) return calls
  const { result } = calls[spoilt.call]
  const other = typeof result === 'boolean' ? !result : result === null ? null : spoilt.result
  return calls.map((call, i) => (i === spoilt.call ? { ...call, result: other } : call))
}

/** The same as threads record it: of each call only what had returned before. */
function recorded(calls: readonly ObservedCall[]): RecordedCall[] {
  return calls
    .map(({ thread, method, args, called, returned, result }): RecordedCall => {
      const counts = new Map<string, number>()
      for (const other of calls)
        if (other.returned !== null && other.returned < called)
          counts.set(other.thread, (counts.get(other.thread) ?? 0) + 1)
      return { thread, method, args, after: [...counts], ...(returned === null ? {} : { returned: [result] as const }) }
    })
    .sort((a, b) => (a.thread < b.thread ? -1 : a.thread > b.thread ? 1 : 0))
}

test('Random histories are linearizable exactly if some permutation explains them', { timeout: 600_000 }, () => {
  const figures = { histories: 0, explained: 0, unexplained: 0, pending: 0, overlapping: 0 }
  const agrees = fc.property(anyRaw, (raw) => {
    const calls = historyOf(raw)
    const { model } = MODELS[raw.object]
    const object: Sequential = (state, method, args) => model.methods[method](state, ...args)
    const truth = isExplained(calls, model.initial, object)
    figures.histories++
    figures[truth ? 'explained' : 'unexplained']++
    if (calls.some(({ returned }) => returned === null)) figures.pending++
    if (calls.some((a) => calls.some((b) => b !== a && b.called < a.called && (b.returned ?? Infinity) > a.called)))
      figures.overlapping++
    expect(isLinearizable(recorded(calls), model)).toBe(truth)
    expectPossible(calls, raw.object, object)
  })
  fc.assert(agrees, { seed: SEED, numRuns: RUNS })
  console.log(`Seed ${SEED}:`, figures)
  if (RUNS < 2_000) return
  for (const count of [figures.explained, figures.unexplained, figures.pending, figures.overlapping])
    expect(count * 12).toBeGreaterThan(figures.histories)
})

/** What the latest call that has returned might have returned is what would be explained. */
function expectPossible(calls: readonly ObservedCall[], object: string, sequential: Sequential): void {
  const { model } = MODELS[object]
  const latest = calls.filter(({ returned }) => returned !== null).sort((a, b) => b.returned! - a.returned!)[0]
  if (latest === undefined) return
  const list = recorded(calls)
  const own = list.filter(({ thread }) => thread === latest.thread)
  const nth = calls.filter(({ thread, called }) => thread === latest.thread && called < latest.called).length
  const possible = possibleResults(list, list.indexOf(own[nth]), model)
  const candidates: unknown[] = [null, true, false, 0, 1, 2, 3, 4, 5, 6]
  const explained = candidates.filter((result) =>
    isExplained(
      calls.map((call) => (call === latest ? { ...call, result } : call)),
      model.initial,
      sequential,
    ),
  )
  const texts = (results: readonly unknown[]) => results.map((result) => JSON.stringify(result)).sort()
  expect(texts(possible)).toEqual(texts(explained))
}
