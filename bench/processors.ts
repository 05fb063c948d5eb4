import { assemble } from '../src/engine/simulate/processor/assembler.js'
import { Interpreter } from '../src/engine/simulate/processor/interpreter.js'
import { PipelinedProcessor } from '../src/engine/simulate/processor/pipelined-processor.js'
import { branchyKernel, rotationKernel } from '../src/engine/simulate/processor/simt/kernels.js'
import { SimtProcessor } from '../src/engine/simulate/processor/simt/simt-processor.js'
import type { Setting } from './setting.js'
import { inTurns, summarize, type Summary } from './statistics.js'

/** How fast a modelled processor goes. */
export interface ProcessorResult {
  readonly title: string
  /** Cycles, and instructions that were carried out, of a run. */
  readonly cycles: number
  readonly instructions: number
  /** In milliseconds. */
  readonly run: Summary
  /** Millions a second, by the median. */
  readonly cyclesPerSecond: number
  readonly instructionsPerSecond: number
  /** Instructions a second that are asked for, in millions; null if none are. */
  readonly target: number | null
  readonly disagreements: readonly string[]
}

export interface ProcessorReport {
  readonly rounds: number
  readonly results: readonly ProcessorResult[]
}

interface Ran {
  readonly cycles: number
  readonly instructions: number
  /** What came out, which must be the same in every round. */
  readonly outcome: string
}

interface Contest {
  readonly title: string
  readonly target: number | null
  readonly run: () => Ran
}

// Loads, stores, a chain through a register, a multiplication beside it, and a branch in seven instructions.
const LOOP = assemble(`
space words: 16
      set r1, 0
next: add r2, r2, r1
      mul r4, r1, 3
      load r3, [words + 5]
      add r3, r3, r2
      store r3, [words + 6]
      add r1, r1, 1
      blt r1, 300000, next
`)

const vertices = Array.from({ length: 4096 }, (_, i) => ({ x: i, y: -i }))
const CONTESTS: readonly Contest[] = [
  { title: 'interpreter', target: 10, run: interpret },
  ...[1, 2, 4].map((width) => ({ title: `pipeline of width ${width}`, target: null, run: () => pipeline(width) })),
  { title: 'SIMT rotation', target: null, run: () => simt(rotationKernel(vertices, 1), vertices.length) },
  { title: 'SIMT with 8 ways', target: null, run: () => simt(branchyKernel(4096, 8, 20), 4096) },
]

/** Measures every wanted processor; null if none is. */
export function measureProcessors({ rounds, isWanted, progress }: Setting): ProcessorReport | null {
  const wanted = CONTESTS.filter(({ title }) => isWanted(`processor ${title}`))
  if (wanted.length === 0) return null
  progress('processors')
  const measured = wanted.map((contest) => ({ contest, times: new Array<number>(), runs: [contest.run()] }))
  inTurns(
    rounds,
    measured.map(({ contest, times, runs }) => () => {
      const start = performance.now()
      runs.push(contest.run())
      times.push(performance.now() - start)
    }),
  )
  return { rounds, results: measured.map(({ contest, times, runs }) => conclude(contest, times, runs)) }
}

function conclude({ title, target }: Contest, times: readonly number[], runs: readonly Ran[]): ProcessorResult {
  const [{ cycles, instructions, outcome }] = runs
  const run = summarize(times)
  const isSteady = runs.every((one) => one.cycles === cycles && one.outcome === outcome)
  return {
    title,
    cycles,
    instructions,
    run,
    cyclesPerSecond: cycles / run.median / 1000,
    instructionsPerSecond: instructions / run.median / 1000,
    target,
    disagreements: isSteady ? [] : [`${title}: not the same from one round to the next`],
  }
}

function interpret(): Ran {
  const processor = new Interpreter(LOOP)
  processor.run()
  return { cycles: processor.cycle, instructions: processor.cycle, outcome: processor.memory.join() }
}

function pipeline(width: number): Ran {
  const processor = new PipelinedProcessor(LOOP, { width })
  processor.run()
  const { cycles, instructions } = processor.account()
  return { cycles, instructions, outcome: processor.memory.join() }
}

function simt(stream: ReturnType<typeof branchyKernel>, threads: number): Ran {
  const processor = new SimtProcessor(stream, { threads })
  processor.run()
  const { cycles, threadInstructions } = processor.account()
  return { cycles, instructions: threadInstructions, outcome: processor.memory.join() }
}

export function processorRows({ results }: ProcessorReport): string[][] {
  const figure = (value: number) => value.toFixed(value < 100 ? 1 : 0)
  return [
    ['processor', 'cycles', 'ms', 'M cycles/s', 'instructions', 'M instructions/s', 'target'],
    ...results.map(({ title, cycles, instructions, run, cyclesPerSecond, instructionsPerSecond, target }) => [
      title,
      cycles.toLocaleString('en'),
      figure(run.median),
      figure(cyclesPerSecond),
      instructions.toLocaleString('en'),
      figure(instructionsPerSecond),
      target === null ? '-' : `${target}: ${instructionsPerSecond >= target ? 'met' : 'NOT met'}`,
    ]),
  ]
}

export function processorLegend({ rounds }: ProcessorReport): string {
  return `Modelled processors, medians of ${rounds} rounds: 2.1 million instructions in a loop; 4,096 threads on SIMT, whose
instructions are counted for each lane that takes part. All of them can go back to any cycle.`
}
