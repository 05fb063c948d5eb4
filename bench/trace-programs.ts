import { program, type Program } from 'entrelacs'
import { PUBLISHED_COUNTS, SLOW_COUNTS } from '../test/engine/support/published-counts.js'
import { lockinc, readers } from '../test/engine/support/published-programs.js'
import { philosophers } from '../test/engine/support/small-programs.js'
import { counter } from './programs.js'
import type { SpinModel } from './spin-verifier.js'

/** A program of which the number of traces is known. */
export interface TraceProgram {
  readonly title: string
  readonly build: () => Program
  /** Complete and deadlocked ones. */
  readonly executions: number
  readonly deadlocked?: number
  readonly assumeFailed?: number
  /** At most so many steps for each step of a trace. */
  readonly limit?: number
  /** The same program for SPIN, where it comes to an end soon enough. */
  readonly model?: SpinModel
}

// Below, a search is over before there is anything to time.
const LEAST_TRACES = 200

/** Every thread writes its own number, then swaps it for another if nobody has written since. */
function casw(threads: number): Program {
  return program('casw', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    for (let i = 0; i < threads; i++)
      p.thread(`T${i}`, function* () {
        yield* x.write(i + 1)
        yield* x.compareExchange(i + 1, 100 + i)
      })
  })
}

/** Threads enter a block each for their inode, every one of them under its lock; they collide from the 14th on. */
function filesystem(threads: number): Program {
  const [inodes, blocks] = [32, 26]
  return program('filesystem', {}, (_params, p) => {
    const slots = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        lock: p.lock(`${name} lock ${i}`),
        value: p.atomic(`${name} ${i}`, 0),
      }))
    const [inode, busy] = [slots('inode', inodes), slots('block', blocks)]
    for (let thread = 0; thread < threads; thread++)
      p.thread(`T${thread}`, function* () {
        const own = inode[thread % inodes]
        yield* own.lock.acquire()
        let isEntered = (yield* own.value.read()) !== 0
        for (let block = (thread * 2) % blocks; !isEntered; block = (block + 1) % blocks) {
          yield* busy[block].lock.acquire()
          if ((yield* busy[block].value.read()) === 0) {
            yield* busy[block].value.write(1)
            yield* own.value.write(block + 1)
            isEntered = true
          }
          yield* busy[block].lock.release()
        }
        yield* own.lock.release()
      })
  })
}

/** Left fork first: one trace in which everybody waits. */
function circle(count: number): TraceProgram {
  return {
    title: `philosophers ${count}`,
    build: () => philosophers(count, 'left first'),
    executions: 2 ** count - 1,
    deadlocked: 1,
  }
}

const HEAVY: readonly TraceProgram[] = [
  { title: 'counter 3x3', build: () => counter({ program }, 3, 3), executions: 1_824_912, limit: 0.2 },
  { title: 'casw 6', build: () => casw(6), executions: 2_916_720, limit: 0.28 },
  { title: 'lockinc 8', build: () => lockinc(8), executions: 40_320 },
  { title: 'lockinc 10', build: () => lockinc(10), executions: 3_628_800 },
  circle(8),
  circle(9),
  circle(12),
  circle(16),
  { title: 'filesystem 26', build: () => filesystem(26), executions: 8192 },
  { title: 'readers 20', build: () => readers(20), executions: 1_048_576 },
]

const increments = (T: number, V: number): SpinModel => ({ file: 'increments.pml', defines: { T, V } })
const counting = (T: number, K: number): SpinModel => ({ file: 'counter.pml', defines: { T, K, FORGET: 1 } })
const lastzero = (N: number): SpinModel => ({ file: 'lastzero.pml', defines: { N, FORGET: 1 } })
const locking = (N: number): SpinModel => ({ file: 'lockinc.pml', defines: { N } })
const circling = (N: number): SpinModel => ({ file: 'philosophers.pml', defines: { N, LEFT_FIRST: 1 }, deadlocks: 1 })
const reading = (N: number): SpinModel => ({ file: 'readers.pml', defines: { N } })

/** As one would write them for SPIN, whose processes forget what they do not need any more. */
const MODELS: Readonly<Record<string, SpinModel>> = {
  'ainc 6': increments(6, 1),
  'ainc 7': increments(7, 1),
  'binc 4': increments(4, 2),
  'cinc 4': increments(4, 3),
  'lost update 4': counting(4, 1),
  'counter 3x3': counting(3, 3),
  'lastzero 8': lastzero(8),
  'lastzero 10': lastzero(10),
  'lockinc 7': locking(7),
  'lockinc 8': locking(8),
  'lockinc 10': locking(10),
  'readers 8': reading(8),
  'readers 13': reading(13),
  'readers 20': reading(20),
  'philosophers 8': circling(8),
  'philosophers 9': circling(9),
}

const LIMITS: Readonly<Record<string, number>> = { 'lastzero 15': 0.37 }

/** The published programs with some hundred traces or more, and heavy ones, by the number of their traces. */
export const tracePrograms: readonly TraceProgram[] = [...PUBLISHED_COUNTS, ...SLOW_COUNTS, ...HEAVY]
  .filter(({ executions }) => executions >= LEAST_TRACES)
  .map((one): TraceProgram => {
    const [model, limit] = [MODELS[one.title], LIMITS[one.title]]
    return { ...one, ...(model && { model }), ...(limit && { limit }) }
  })
  .toSorted((a, b) => a.executions - b.executions)
