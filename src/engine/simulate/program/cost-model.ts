import type { Operation } from '../../operation.js'
import type { StartMethod } from '../../processes.js'
import type { AccessKind } from '../memory/access-kind.js'

/** What the operations of a program cost on a core. Durations are in picoseconds. */
export interface CostModel {
  /** What it takes to come to an operation and to leave it again: the instructions around it. */
  readonly operation: number
  /** One unit of `compute`: a thousand dependent integer operations. */
  readonly work: number
  /** A call into the operating system and back: what asking a device costs the thread. */
  readonly systemCall: number
  /** What sleeping, waiting for others and waking them cost: a system call, or nothing more where a scheduler in user space does it. */
  readonly waiting: number
  /** Reading or writing one word. */
  access(core: number, address: number, kind: AccessKind, now: number): number
  /** What it costs to start a process, and so many threads besides. */
  creation(operation: Operation, threads: number): number
  /** What a new process does before its own code runs. */
  boot(start: StartMethod): number
  /** To turn plain data into the bytes that another process gets, or back. */
  pickling(value: unknown): number
}
