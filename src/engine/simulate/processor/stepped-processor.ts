import type { Mnemonic } from './instruction-set.js'

/**
 * A processor that goes cycle by cycle, forward and back: all that a user interface or a report knows of one. Whatever is
 * inside, going back gives exactly what was there.
 */
export interface SteppedProcessor {
  /** Cycles that have passed. */
  readonly cycle: number
  readonly status: ProcessorStatus
  /** Why it stopped, if `status` is `fault`. */
  readonly fault: ProcessorFault | null
  /** One cycle forward; false if the processor does not run any more. */
  step(): boolean
  /** One cycle back; false at the beginning. */
  back(): boolean
  /** To the end of that cycle, forward or back; false if the processor stops before. */
  goTo(cycle: number): boolean
  /** Forward until it stops, or so many cycles. @returns its status: `running` if the cycles were not enough. */
  run(cycles?: number): ProcessorStatus
  /** What is where at the end of this cycle, as plain data. */
  look(): ProcessorView
  /** What one of its units is at, which is quick however large its memory. @throws RangeError if there is no such unit. */
  activity(unit: number): UnitActivity
}

export type ProcessorStatus = 'running' | 'finished' | 'fault'

/** An access outside of memory: its stream stops before the instruction has any effect. */
export interface ProcessorFault {
  readonly kind: 'load' | 'store'
  /** The address that was asked for, which may be no whole number. */
  readonly address: number
  /** Words that were asked for from there on. */
  readonly words: number
  readonly memoryWords: number
  /** The unit and the instruction, counted from 0. */
  readonly unit: number
  readonly instruction: number
}

/** What a processor shows of itself. */
export interface ProcessorView {
  readonly cycle: number
  readonly status: ProcessorStatus
  /** Its cores, or its warps. */
  readonly units: readonly UnitView[]
  readonly memory: readonly number[]
}

/** What a core or a warp is at in a cycle. */
export interface UnitActivity {
  readonly name: string
  /** The places through which instructions go, in order. */
  readonly places: readonly PlaceView[]
  /** What happened to the stream in this cycle. */
  readonly events: readonly UnitEvent[]
}

export interface UnitView extends UnitActivity {
  readonly registers: readonly RegisterView[]
  /** What was counted so far, by name. */
  readonly counters: Readonly<Record<string, number>>
}

export interface PlaceView {
  readonly name: string
  /** The oldest first. */
  readonly holds: readonly HeldInstruction[]
}

export interface RegisterView {
  readonly name: string
  /** A number; for a vector register or a warp, one for each element or lane. */
  readonly value: number | readonly number[]
}

/** An instruction on its way. */
export interface HeldInstruction {
  /** Counts what the unit has fetched, from 1: the same instruction has another number in the next turn of a loop. */
  readonly id: number
  /** Which instruction of the stream, from 0. */
  readonly instruction: number
  readonly mnemonic: Mnemonic
  readonly text: string
  /** Why it has not moved on in this cycle; null if it has, or is being worked on. */
  readonly stall: Stall | null
  /** In a warp, whether each lane takes part. */
  readonly lanes?: readonly boolean[]
  /** In a warp, the lines of memory that a load or store accesses. */
  readonly lines?: number
}

/** What an instruction may have to wait for: a place in EX or in ME, or one of the ports of memory. */
export type SharedResource = 'execute' | 'memory' | 'memory-port'

/** Why an instruction stays where it is; instructions by their `id`. */
export type Stall =
  /** A data hazard: it needs a register that an older instruction has yet to write. */
  | { readonly kind: 'data'; readonly register: string; readonly by: number }
  /** A structural hazard: an older instruction has its place in the next stage, or the way to memory. */
  | { readonly kind: 'structural'; readonly resource: SharedResource; readonly by: number }
  /** A load or store waits for memory: itself, or one that it needs or that is in its way. */
  | { readonly kind: 'memory'; readonly by: number }
  /** It could go on, but an older instruction in front of it cannot. */
  | { readonly kind: 'behind'; readonly by: number }

/** What happens to a stream as a whole. */
export type UnitEvent =
  /** A control hazard: younger instructions were fetched in vain, and are gone. */
  | { readonly kind: 'wrong-path'; readonly by: number; readonly dropped: readonly number[] }
  /** Nothing is fetched: the stream starts somewhere else, or memory's only port is in use. */
  | { readonly kind: 'no-fetch'; readonly because: 'control' | 'structural'; readonly by: number }
