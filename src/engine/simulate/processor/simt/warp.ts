import { calculate, isTaken, isWithin } from '../arithmetic.js'
import { type EncodedStream, Field, FIELDS, FIRST_CONSTANT } from '../encoding.js'
import { isBranch, Op } from '../instruction-set.js'

/** What a warp has counted. */
export interface WarpCounters {
  /** Instructions issued, each for all lanes of the warp that take part. */
  issued: number
  /** Lanes that took part in them. */
  active: number
  branches: number
  /** Branches that some lanes took and others did not. */
  divergent: number
  /** Loads and stores issued, and the lines that they accessed. */
  accesses: number
  lines: number
  /** Groups of lanes with a position of their own, at most: 1 as long as none have parted. */
  groups: number
}

/** What every warp of a processor shares. */
export interface WarpSetting {
  readonly code: EncodedStream
  /** Where lanes come together that part at a branch. */
  readonly joins: Int32Array
  readonly memory: Float64Array
  readonly lanes: number
  readonly threads: number
  readonly lineWords: number
}

export interface WarpState {
  readonly counters: WarpCounters
  readonly readyAt: number
  readonly positions: readonly number[]
  readonly joins: readonly number[]
  readonly masks: readonly Uint8Array[]
  readonly registers: Float64Array
}

/** Why a warp stops: the first lane whose access lies outside of memory. */
export interface LaneFault {
  readonly kind: 'load' | 'store'
  readonly address: number
}

const NO_JOIN = -1

/**
 * Threads that go through the stream in step. Those that part wait for each other by a stack of masks: on top are the lanes
 * that are going on, with their position and the place where they are awaited; below are those of the other side, and those
 * that will go on together. Of a branch that parts them, those that do not take it go first.
 */
export class Warp {
  readonly first: number
  readonly registers: Float64Array
  readonly counters: WarpCounters = {
    issued: 0,
    active: 0,
    branches: 0,
    divergent: 0,
    accesses: 0,
    lines: 0,
    groups: 1,
  }
  /** The first cycle in which it can issue an instruction. */
  readyAt = 1
  /** Lines that the last instruction accessed. */
  lastLines = 0
  fault: LaneFault | null = null

  readonly #setting: WarpSetting
  #positions: number[]
  #joins: number[]
  #masks: Uint8Array[]
  readonly #taken: Uint8Array
  readonly #lines: Float64Array

  constructor(setting: WarpSetting, number: number) {
    const { code, lanes, threads } = setting
    this.#setting = setting
    this.first = number * lanes
    const mask = Uint8Array.from({ length: lanes }, (_, lane) => (this.first + lane < threads ? 1 : 0))
    this.#positions = [0]
    this.#joins = [NO_JOIN]
    this.#masks = [mask]
    this.#taken = new Uint8Array(lanes)
    this.#lines = new Float64Array(lanes)
    this.registers = new Float64Array((FIRST_CONSTANT + code.constants.length) * lanes)
    code.constants.forEach((constant, i) => {
      this.registers.fill(constant, (FIRST_CONSTANT + i) * lanes, (FIRST_CONSTANT + i + 1) * lanes)
    })
  }

  /** The next instruction; the length of the stream at the end. */
  get position(): number {
    return this.#positions.at(-1)!
  }

  get isFinished(): boolean {
    return this.#positions.length === 1 && this.position >= this.#setting.code.length
  }

  /** Whether each lane takes part in the next instruction. */
  get mask(): readonly boolean[] {
    return Array.from(this.#masks.at(-1)!, (active) => active !== 0)
  }

  save(): WarpState {
    return {
      counters: { ...this.counters },
      readyAt: this.readyAt,
      positions: [...this.#positions],
      joins: [...this.#joins],
      masks: this.#masks.map((mask) => mask.slice()),
      registers: this.registers.slice(),
    }
  }

  restore(state: WarpState): void {
    Object.assign(this.counters, state.counters)
    this.readyAt = state.readyAt
    this.#positions = [...state.positions]
    this.#joins = [...state.joins]
    this.#masks = state.masks.map((mask) => mask.slice())
    this.registers.set(state.registers)
    this.fault = null
  }

  /** Issues the next instruction for all lanes that take part. An access outside of memory has no effect in any lane. */
  issue(): void {
    const { code, lanes } = this.#setting
    const top = this.#positions.length - 1
    const at = this.#positions[top]!
    const mask = this.#masks[top]!
    const op = code.fields[at * FIELDS]!
    this.counters.issued++
    for (let lane = 0; lane < lanes; lane++) this.counters.active += mask[lane]!
    if (op === Op.Load || op === Op.Store) {
      this.#access(at, mask, op)
      if (this.fault !== null) return
    } else if (isBranch(op)) {
      this.#branch(at, mask, op)
      return
    } else if (op === Op.Halt) {
      this.#halt(mask)
      return
    } else if (op !== Op.Jump) this.#calculate(at, mask, op)
    this.#positions[top] = op === Op.Jump ? code.fields[at * FIELDS + Field.Target]! : at + 1
    this.#join()
  }

  #calculate(at: number, mask: Uint8Array, op: number): void {
    const { code, lanes, threads } = this.#setting
    const r = this.registers
    const field = at * FIELDS
    const to = code.fields[field + Field.To]! * lanes
    const a = code.fields[field + Field.First]! * lanes
    const b = code.fields[field + Field.Second]! * lanes
    const c = code.fields[field + Field.Third]! * lanes
    for (let lane = 0; lane < lanes; lane++) {
      if (mask[lane] === 0) continue
      switch (op) {
        case Op.Set:
          r[to + lane] = r[a + lane]!
          break
        case Op.Select:
          r[to + lane] = r[a + lane] !== 0 ? r[b + lane]! : r[c + lane]!
          break
        case Op.Id:
          r[to + lane] = this.first + lane
          break
        case Op.Count:
          r[to + lane] = threads
          break
        case Op.Width:
          r[to + lane] = 1
          break
        case Op.Nop:
          break
        default:
          r[to + lane] = calculate(op, r[a + lane]!, r[b + lane]!)
      }
    }
  }

  /** Where lanes store to the same word, the last lane's value stays. */
  #access(at: number, mask: Uint8Array, op: number): void {
    const { code, lanes, memory, lineWords } = this.#setting
    const r = this.registers
    const field = at * FIELDS
    const base = code.fields[field + Field.Base]! * lanes
    const offset = code.fields[field + Field.Offset]!
    let lines = 0
    for (let lane = 0; lane < lanes; lane++) {
      if (mask[lane] === 0) continue
      const address = r[base + lane]! + offset
      if (!isWithin(address, 1, memory.length)) {
        this.fault = { kind: op === Op.Load ? 'load' : 'store', address }
        return
      }
      const line = Math.floor(address / lineWords)
      let known = lines - 1
      while (known >= 0 && this.#lines[known] !== line) known--
      if (known < 0) this.#lines[lines++] = line
    }
    const to = code.fields[field + Field.To]! * lanes
    const value = code.fields[field + Field.First]! * lanes
    for (let lane = 0; lane < lanes; lane++) {
      if (mask[lane] === 0) continue
      const address = r[base + lane]! + offset
      if (op === Op.Load) r[to + lane] = memory[address]!
      else memory[address] = r[value + lane]!
    }
    this.counters.accesses++
    this.counters.lines += lines
    this.lastLines = lines
  }

  #branch(at: number, mask: Uint8Array, op: number): void {
    const { code, joins, lanes } = this.#setting
    const r = this.registers
    const field = at * FIELDS
    const a = code.fields[field + Field.First]! * lanes
    const b = code.fields[field + Field.Second]! * lanes
    const target = code.fields[field + Field.Target]!
    let active = 0
    let taken = 0
    for (let lane = 0; lane < lanes; lane++) {
      const takes = mask[lane] !== 0 && isTaken(op, r[a + lane]!, r[b + lane]!)
      this.#taken[lane] = takes ? 1 : 0
      active += mask[lane]!
      if (takes) taken++
    }
    this.counters.branches++
    const top = this.#positions.length - 1
    if (taken === 0 || taken === active) this.#positions[top] = taken === 0 ? at + 1 : target
    else if (target !== at + 1) {
      this.counters.divergent++
      this.#part(at + 1, target, joins[at]!, mask)
    } else this.#positions[top] = target
    this.#join()
  }

  /** The lanes on top go two ways, and come together at `join`. */
  #part(next: number, target: number, join: number, mask: Uint8Array): void {
    const top = this.#positions.length - 1
    const takers = this.#taken.slice()
    const others = mask.map((active, lane) => active & ~takers[lane]!)
    // Who waits at the same place below waits for both sides.
    if (this.#joins[top] === join) this.#pop()
    else this.#positions[top] = join
    if (target !== join) this.#push(target, join, takers)
    if (next !== join) this.#push(next, join, others)
  }

  #push(position: number, join: number, mask: Uint8Array): void {
    this.#positions.push(position)
    this.#joins.push(join)
    this.#masks.push(mask)
    this.counters.groups = Math.max(this.counters.groups, this.#masks.length)
  }

  #pop(): void {
    this.#positions.pop()
    this.#joins.pop()
    this.#masks.pop()
  }

  /** Lanes that have come to where they are awaited leave the top to the others. */
  #join(): void {
    while (this.#joins.length > 1 && this.#positions.at(-1) === this.#joins.at(-1)) this.#pop()
  }

  /** The lanes on top are at their end, wherever they are awaited. */
  #halt(mask: Uint8Array): void {
    const halted = mask.slice()
    for (const waiting of this.#masks) for (let lane = 0; lane < halted.length; lane++) waiting[lane]! &= ~halted[lane]!
    while (this.#masks.length > 1 && !this.#masks.at(-1)!.includes(1)) this.#pop()
    if (this.#masks.length === 1 && !this.#masks[0]!.includes(1)) this.#positions[0] = this.#setting.code.length
    this.#join()
  }
}
