/** What a method of a sequential model makes of a state, or null where a call of it could not return yet. */
export type ModelStep<S> = { readonly state: S; readonly result: unknown } | null

/**
 * What an object does when it is used by one thread alone: its first state and, for each method, a pure function of the
 * state and the arguments. States and results are plain data.
 */
export interface SequentialModel<S> {
  readonly initial: S
  // eslint-disable-next-line typescript/no-explicit-any -- arguments are what the user's methods take
  readonly methods: Readonly<Record<string, (state: S, ...args: any[]) => ModelStep<S>>>
}

/** A call as it is recorded. */
export interface RecordedCall {
  /** What tells its thread from all others. */
  readonly thread: string
  readonly method: string
  readonly args: readonly unknown[]
  /** Of each thread of which calls had returned when this one was made: how many. */
  readonly after: readonly (readonly [thread: string, calls: number])[]
  /** Its result, once it has returned. */
  readonly returned?: readonly [result: unknown]
}

/**
 * Whether calls can be put in an order that the model explains: every call takes effect at one moment between its call and its
 * return, and returns what it would return to one thread alone. Calls that have not returned may have taken effect or not.
 *
 * The search of Wing and Gong with Lowe's memory of what has been tried: which calls have taken effect, and the state.
 */
export function isLinearizable<S>(calls: readonly RecordedCall[], model: SequentialModel<S>): boolean {
  return new Linearization(calls, model).run()
}

/** The results that a call, which has returned, might have had, all others being as they are. */
export function possibleResults<S>(
  calls: readonly RecordedCall[],
  call: number,
  model: SequentialModel<S>,
): readonly unknown[] {
  const search = new Linearization(calls, model, call)
  search.run()
  return [...search.results.values()]
}

class Linearization<S> {
  /** Results of the free call, by their text. */
  readonly results = new Map<string, unknown>()
  readonly #calls: readonly RecordedCall[]
  readonly #model: SequentialModel<S>
  readonly #free: number
  // By call: those that have returned before it was made.
  readonly #before: readonly bigint[]
  readonly #goal: bigint
  // By what has been done, the state and the free call's result: whether an order goes on from there.
  readonly #known = new Map<string, boolean>()

  constructor(calls: readonly RecordedCall[], model: SequentialModel<S>, free = -1) {
    this.#calls = calls
    this.#model = model
    this.#free = free
    const numbers = new Map<string, number[]>()
    calls.forEach(({ thread }, i) => numbers.set(thread, [...(numbers.get(thread) ?? []), i]))
    this.#before = calls.map(({ after }) =>
      bitsOf(after.flatMap(([thread, count]) => (numbers.get(thread) ?? []).slice(0, count))),
    )
    this.#goal = bitsOf(calls.flatMap(({ returned }, i) => (returned === undefined ? [] : [i])))
  }

  /** Whether there is an order; looks at all of them if a call is free. */
  run(): boolean {
    return this.#goOn(0n, this.#model.initial, '')
  }

  #goOn(done: bigint, state: S, freeResult: string): boolean {
    if ((done & this.#goal) === this.#goal) return true
    const key = `${done} ${freeResult} ${canonicalText(state)}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    let isFound = false
    for (let i = 0; i < this.#calls.length; i++) {
      const bit = 1n << BigInt(i)
      if ((done & bit) !== 0n || (this.#before[i]! & ~done) !== 0n) continue
      const { method, args, returned } = this.#calls[i]!
      const effect = this.#model.methods[method]!(state, ...args)
      if (effect === null) continue
      const isFree = i === this.#free
      if (!isFree && returned !== undefined && canonicalText(returned[0]) !== canonicalText(effect.result)) continue
      const result = isFree ? canonicalText(effect.result) : freeResult
      if (!this.#goOn(done | bit, effect.state, result)) continue
      if (this.#free < 0) return true
      isFound = true
      if (isFree) this.results.set(result, effect.result)
    }
    this.#known.set(key, isFound)
    return isFound
  }
}

function bitsOf(numbers: readonly number[]): bigint {
  return numbers.reduce((bits, number) => bits | (1n << BigInt(number)), 0n)
}

/** Equal plain data, equal texts: −0 is 0, and keys have no order. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, part]) => `${JSON.stringify(key)}:${canonicalText(part)}`)
      .sort()
      .join()}}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  return String(value === 0 ? 0 : value)
}
