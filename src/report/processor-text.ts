import { cutRecord, type ExecutionRecord, recordExecution } from '../engine/simulate/processor/execution-record.js'
import type { FlynnComparison, FlynnRun } from '../engine/simulate/processor/flynn/flynn-classes.js'
import type { InstructionStream } from '../engine/simulate/processor/instruction-stream.js'
import { STAGES } from '../engine/simulate/processor/pipeline-options.js'
import type { CycleAccount, PipelinedProcessor } from '../engine/simulate/processor/pipelined-processor.js'
import type { Vertex } from '../engine/simulate/processor/simt/kernels.js'
import type { SimtAccount, SimtProcessor } from '../engine/simulate/processor/simt/simt-processor.js'
import type { SteppedProcessor } from '../engine/simulate/processor/stepped-processor.js'
import type { PipelineFigure } from '../processor-examples/processor-example.js'
import type {
  DivergenceRun,
  PipelineRun,
  ProcessorExperiment,
  RotationRun,
} from '../processor-examples/processor-experiment.js'
import { figureTable } from './figure-table.js'
import { formatShare, formatWhole } from './figures.js'
import { accountLines, coreDiagrams, decimal } from './pipeline-diagram.js'
import { type ProcessorFigure, processorMessagesIn } from './processor-messages.js'
import type { ReportStyle } from './report-style.js'
import { simtAccountLines, simtDiagram } from './simt-diagram.js'
import { wrapText } from './wrap-text.js'

/** What of a run is shown. */
export interface ProcessorTextOptions {
  /** What stands above it. */
  readonly title?: string
  readonly question?: string
  /** The machine whose processors these are. */
  readonly machine?: string
  /** The cycles to be shown. @default the first ones, as many as `mostLines` have room for */
  readonly cycles?: CycleRange | null
  /** Lines that the diagrams of one run may take. @default 80 */
  readonly mostLines?: number
  /** Stages by a letter each. @default false */
  readonly letters?: boolean
}

/** Cycles from one to another, both included, counted from 1. */
export interface CycleRange {
  readonly from: number
  readonly to: number
}

const TWO_SCREENS = 80
const MOST_CORES = 4

/** What `entrelacs processor` shows: the question, the figures side by side, the diagrams, and what there is to be seen. */
export function processorText(
  experiment: ProcessorExperiment,
  style: ReportStyle,
  options: ProcessorTextOptions = {},
): string {
  const { title, question, machine } = options
  const messages = processorMessagesIn(style.language)
  const parts = [
    ...(title === undefined ? [] : [wrapText(title, style.columns).map(style.paint.strong)]),
    ...(question === undefined ? [] : [wrapText(`${messages.question} ${question}`, style.columns, 2)]),
    ...(machine === undefined
      ? []
      : [wrapText(messages.machine(machine, isOnLanes(experiment)), style.columns, 2).map(style.paint.dim)]),
    ...new ProcessorWriter(style, options).parts(experiment),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** Whether it is about a SIMT processor, which has no stages. */
export function isOnLanes({ kind }: ProcessorExperiment): boolean {
  return kind !== 'pipelines' && kind !== 'flynn'
}

type Lines = readonly string[]

class ProcessorWriter {
  readonly #style: ReportStyle
  readonly #options: ProcessorTextOptions

  constructor(style: ReportStyle, options: ProcessorTextOptions) {
    this.#style = style
    this.#options = options
  }

  parts(experiment: ProcessorExperiment): Lines[] {
    switch (experiment.kind) {
      case 'pipelines':
        return this.#pipelines(experiment.runs, experiment.figures)
      case 'flynn':
        return this.#flynn(experiment.comparison)
      case 'rotation':
        return this.#rotation(experiment.vertices, experiment.runs)
      case 'divergence':
        return this.#divergence(experiment.runs, experiment.drawnWays)
      case 'simt':
        return [this.#simtDiagram(experiment.processor), this.#simtEnd(experiment.processor)]
    }
  }

  #pipelines(runs: readonly PipelineRun[], figures: readonly PipelineFigure[]): Lines[] {
    const { language } = this.#style
    const rows = runs.map(({ name, processor }) => ({
      name: name?.[language] ?? '',
      figures: figures.map((figure) => this.#pipelineFigure(figure, processor)),
    }))
    return [
      runs.length > 1 ? this.#table(figures, rows) : [],
      ...runs.flatMap(({ name, processor }, i) => [
        [...this.#heading(name?.[language]), ...this.#pipelineDiagram(processor, i === runs.length - 1)],
        [...accountLines(processor, this.#style), ...this.#contents(processor, processor.streams[0]!)],
        ...this.#stopped(processor),
      ]),
      this.#pipelineConclusion(runs, figures),
    ]
  }

  #pipelineFigure(figure: PipelineFigure, processor: PipelinedProcessor): string {
    const accounts = processor.streams.map((_, core) => processor.account(core))
    const sum = (count: (account: CycleAccount) => number) => accounts.reduce((all, account) => all + count(account), 0)
    const instructions = sum((account) => account.instructions)
    switch (figure) {
      case 'cycles':
        return this.#whole(processor.cycle)
      case 'instructions':
        return this.#whole(instructions)
      case 'cpi':
        return this.#decimal(instructions === 0 ? 0 : processor.cycle / instructions)
      case 'dataLosses':
        return this.#whole(sum(({ lost }) => lost.data))
      case 'branches':
        return this.#whole(sum(({ branches }) => branches))
      case 'mispredicted':
        return this.#whole(sum(({ mispredicted }) => mispredicted))
      case 'controlLosses':
        return this.#whole(sum(({ lost }) => lost.control))
    }
  }

  /** One sentence, of figures that this run has found; none where the runs to be compared are not there. */
  #pipelineConclusion(runs: readonly PipelineRun[], figures: readonly PipelineFigure[]): Lines {
    const messages = processorMessagesIn(this.#style.language)
    const [first, second] = runs as readonly [PipelineRun, PipelineRun?]
    if (runs.some(({ processor }) => processor.status !== 'finished')) return []
    const { cycle } = first.processor
    if (figures.includes('dataLosses') && second !== undefined) {
      const left = first.processor.account().lost.data
      const why = isOfTextbooks(first.processor) && left > 0 ? [messages.loadUse(this.#whole(left))] : []
      const saved = messages.forwarded(this.#whole(second.processor.cycle - cycle), this.#whole(second.processor.cycle))
      return this.#wrap([saved, ...why].join(' '))
    }
    if (figures.includes('controlLosses') && second !== undefined) {
      const wrong = [first, second].map(({ processor }) => this.#whole(processor.account().mispredicted))
      const saved = this.#whole(Math.abs(cycle - second.processor.cycle))
      return this.#wrap(messages.predicted(wrong as [string, string], saved))
    }
    const isPlain = isOfTextbooks(first.processor) && first.processor.streams.length === 1
    if (!figures.includes('instructions') || !isPlain) return []
    const alone = first.processor.streams.reduce((sum, _, core) => sum + first.processor.account(core).instructions, 0)
    const stages = alone * STAGES.length
    return this.#wrap(messages.filled(this.#whole(cycle), this.#whole(stages), this.#decimal(stages / cycle)))
  }

  #flynn({ runs }: FlynnComparison): Lines[] {
    const messages = processorMessagesIn(this.#style.language)
    const all = Object.values(runs)
    const rows = all.map((run) => ({
      name: run.class,
      figures: [
        this.#whole(run.cycles),
        this.#whole(run.instructions),
        this.#whole(run.operations),
        this.#decimal(run.speedUp),
        run.results.map((value) => this.#number(value)).join(' '),
      ],
    }))
    const heads = (['cycles', 'instructions', 'operations', 'speedUp'] as const).map((head) => messages.figures[head])
    const { SISD, SIMD, MISD, MIMD } = runs
    const conclusion = messages.flynn(
      [this.#whole(SISD.operations), this.#whole(SIMD.operations)],
      this.#decimal(SIMD.speedUp),
      this.#decimal(MIMD.speedUp),
      this.#decimal(MISD.cycles / SISD.cycles),
    )
    return [
      [
        ...figureTable([...heads, messages.results], rows, this.#style),
        ...this.#wrap(messages.speedUpMeans).map(this.#style.paint.dim),
      ],
      ...all.flatMap((run, i) => this.#flynnRun(run, i === all.length - 1)),
      this.#wrap(conclusion),
    ]
  }

  #flynnRun(run: FlynnRun, isLast: boolean): Lines[] {
    const messages = processorMessagesIn(this.#style.language)
    const processor = run.start()
    processor.run()
    const vote = run.startVote?.()
    vote?.run()
    return [
      [
        ...this.#heading(`${run.class} · ${messages.classes[run.class]}`),
        ...this.#pipelineDiagram(processor, isLast && vote === undefined, false),
      ],
      ...(vote === undefined
        ? []
        : [
            [
              ...this.#heading(`${run.class} · ${messages.vote(this.#whole(processor.cycle))}`),
              ...this.#pipelineDiagram(vote, isLast, false),
            ],
          ]),
    ]
  }

  #rotation(vertices: readonly Vertex[], runs: readonly RotationRun[]): Lines[] {
    const messages = processorMessagesIn(this.#style.language)
    const heads = ['cycles', ...this.#idle(), 'issued', 'utilisation', 'accesses', 'lines'] as const
    const rows = runs.map(({ layout, processor }) => ({
      name: messages.layouts[layout],
      figures: heads.map((head) => this.#simtFigure(head, processor.account())),
    }))
    const [separate, interleaved] = runs.map(({ processor }) => processor.account().lines) as [number, number]
    const isDone = runs.every(({ processor }) => processor.status === 'finished')
    return [
      this.#table(heads, rows),
      ...runs.flatMap(({ layout, processor, turned }) => [
        [...this.#heading(messages.layouts[layout]), ...this.#simtDiagram(processor)],
        processor.status === 'finished'
          ? this.#wrap(messages.turned(this.#vertex(vertices[0]!), this.#vertex(turned[0]!)))
          : this.#stopped(processor).flat(),
      ]),
      isDone && separate < interleaved
        ? this.#wrap(messages.laidOut(this.#whole(separate), this.#whole(interleaved)))
        : [],
    ]
  }

  #vertex({ x, y }: Vertex): string {
    const comma = this.#style.language === 'fr' ? ' ; ' : ', '
    return `(${this.#number(x)}${comma}${this.#number(y)})`
  }

  #divergence(runs: readonly DivergenceRun[], drawnWays: number): Lines[] {
    const messages = processorMessagesIn(this.#style.language)
    const heads = ['cycles', ...this.#idle(), 'issued', 'utilisation', 'divergent', 'price'] as const
    const [straight] = runs as readonly [DivergenceRun]
    const price = ({ processor }: DivergenceRun) => this.#decimal(processor.cycle / straight.processor.cycle)
    const rows = runs.map((run) => ({
      name: messages.ways(this.#whole(run.ways)),
      figures: heads.map((head) => (head === 'price' ? price(run) : this.#simtFigure(head, run.processor.account()))),
    }))
    const drawn = runs.find(({ ways }) => ways === drawnWays) ?? straight
    const most = runs.at(-1)!
    const isDone = runs.every(({ processor }) => processor.status === 'finished')
    const part = formatShare(most.processor.account().utilisation, this.#style.language)
    return [
      this.#table(heads, rows),
      [...this.#heading(messages.ways(this.#whole(drawn.ways))), ...this.#simtDiagram(drawn.processor)],
      ...this.#stopped(most.processor),
      isDone && most.ways > 1 ? this.#wrap(messages.diverged(this.#whole(most.ways), price(most), part)) : [],
    ]
  }

  /** Where a machine says how long warps wait, it is told how often all of them do. */
  #idle(): readonly 'idle'[] {
    return this.#options.machine === undefined ? [] : ['idle']
  }

  #simtFigure(
    figure: 'cycles' | 'idle' | 'issued' | 'utilisation' | 'divergent' | 'accesses' | 'lines',
    of: SimtAccount,
  ): string {
    return figure === 'utilisation' ? formatShare(of.utilisation, this.#style.language) : this.#whole(of[figure])
  }

  #table(
    heads: readonly ProcessorFigure[],
    rows: readonly { readonly name: string; readonly figures: readonly string[] }[],
  ): Lines {
    const { figures } = processorMessagesIn(this.#style.language)
    return figureTable(
      heads.map((head) => figures[head]),
      rows,
      this.#style,
    )
  }

  #pipelineDiagram(processor: PipelinedProcessor, legend: boolean, reasons = true): Lines {
    const messages = processorMessagesIn(this.#style.language)
    const cells = this.#options.letters === true ? 'letters' : 'names'
    const cores = processor.streams.length
    const units = Array.from({ length: Math.min(cores, MOST_CORES) }, (_, core) => core)
    const draw = (records: Records) => coreDiagrams(records, this.#style, { cells, legend, reasons })
    const left = cores > MOST_CORES ? this.#wrap(messages.coresNotDrawn(MOST_CORES, cores - 1)) : []
    return [...this.#part(processor, units, CYCLES_AT_ONCE, draw), ...left]
  }

  #simtDiagram(processor: SimtProcessor): Lines {
    const messages = processorMessagesIn(this.#style.language)
    const { warps } = processor.account()
    const draw = ([record]: Records) => simtDiagram(record!, this.#style)
    const others = warps > 1 ? this.#wrap(messages.warpsNotDrawn(this.#whole(warps))) : []
    // Warps take turns.
    return [...this.#part(processor, [0], CYCLES_AT_ONCE * warps, draw), ...others]
  }

  /**
   * The cycles that are asked for, or the first ones for which there is room; and which those are, if they are not all.
   *
   * @param step cycles that may have room, to begin with.
   */
  #part(processor: SteppedProcessor, units: readonly number[], step: number, draw: (records: Records) => Lines): Lines {
    const messages = processorMessagesIn(this.#style.language)
    const { cycles, mostLines = TWO_SCREENS } = this.#options
    const end = processor.cycle
    if (end === 0) return []
    const from = cycles?.from ?? 1
    if (from > end) return this.#wrap(messages.endsBefore(this.#whole(end)))
    const record = (to: number) => units.map((unit) => recordExecution(processor, { unit, from, to }))
    const records =
      cycles === undefined || cycles === null
        ? withRoom(record, draw, end, step, mostLines)
        : record(Math.min(cycles.to, end))
    const { to } = records[0]!
    const drawn = draw(records)
    if (from === 1 && to === end) return drawn
    const next = to === end ? null : `${to + 1}-${Math.min(end, to + 1 + to - from)}`
    const part = messages.part(this.#whole(from), this.#whole(to), this.#whole(end), next)
    return [...drawn, ...this.#wrap(part).map(this.#style.paint.doubt)]
  }

  #simtEnd(processor: SimtProcessor): Lines {
    const { idle } = processor.account()
    const account = [
      ...simtAccountLines(processor, this.#style),
      ...this.#idle().flatMap(() => this.#wrap(processorMessagesIn(this.#style.language).idle(this.#whole(idle)))),
    ]
    return [...account, ...this.#memory(processor.memory, processor.stream), ...this.#stopped(processor).flat()]
  }

  #stopped({ status, cycle }: SteppedProcessor): Lines[] {
    if (status !== 'running') return []
    const { language, paint } = this.#style
    return [this.#wrap(processorMessagesIn(language).stopped(this.#whole(cycle))).map(paint.doubt)]
  }

  /** What the stream has left behind: words of memory that are others than before, and registers that are not 0. */
  #contents(processor: PipelinedProcessor, stream: InstructionStream): Lines {
    const messages = processorMessagesIn(this.#style.language)
    const cores = processor.streams.length
    const registers = processor.streams.slice(0, MOST_CORES).flatMap((_, core) => {
      const values = processor
        .registers(core)
        .flatMap((value, i) => (value === 0 ? [] : [`r${i} ${this.#number(value)}`]))
      if (values.length === 0) return []
      return this.#wrap(`${messages.registers(cores > 1 ? core : null)}: ${values.join(', ')}`)
    })
    return [...this.#memory(processor.memory, stream), ...registers]
  }

  #memory(memory: Float64Array, { data }: InstructionStream): Lines {
    const messages = processorMessagesIn(this.#style.language)
    const changed = data.flatMap(({ name, address, values }) => {
      if (values.every((value, i) => Object.is(memory[address + i]! + 0, value + 0))) return []
      const shown = [...memory.subarray(address, address + Math.min(values.length, MOST_WORDS))]
      const more = values.length > MOST_WORDS ? ` ${messages.more(this.#whole(values.length - MOST_WORDS))}` : ''
      return [`${name} ${shown.map((value) => this.#number(value)).join(' ')}${more}`]
    })
    return changed.length === 0 ? [] : this.#wrap(`${messages.memory}: ${changed.join(', ')}`)
  }

  #heading(text: string | undefined): Lines {
    return text === undefined ? [] : wrapText(text, this.#style.columns, 2).map(this.#style.paint.strong)
  }

  #wrap(text: string): string[] {
    return wrapText(text, this.#style.columns, 2)
  }

  #whole(value: number): string {
    return formatWhole(value, this.#style.language)
  }

  #decimal(value: number): string {
    return decimal(value, this.#style)
  }

  /** A value of the processor, with four digits behind the point at most. */
  #number(value: number): string {
    const text = String(Number(value.toFixed(4)))
    return this.#style.language === 'fr' ? text.replace('.', ',') : text
  }
}

const MOST_WORDS = 16

/** One instruction in each stage, a cycle in each: what sentences about losses count on. */
function isOfTextbooks({ options: { width, latencies, memoryTiming } }: PipelinedProcessor): boolean {
  return width === 1 && latencies.alu === 1 && memoryTiming.kind === 'constant' && memoryTiming.cycles === 1
}

/** What is drawn of the units of a processor, all from and to the same cycle. */
type Records = readonly ExecutionRecord[]

// More than two screens have room for, unless much of it is waiting.
const CYCLES_AT_ONCE = 100

/** What is recorded up to the last cycle for which what is drawn of it has so many lines at most; one cycle at least. */
function withRoom(
  record: (to: number) => Records,
  draw: (records: Records) => Lines,
  end: number,
  step: number,
  mostLines: number,
): Records {
  let to = Math.min(end, step)
  let records = record(to)
  const cut = (last: number) => records.map((whole) => cutRecord(whole, last))
  const hasRoom = (last: number) => draw(cut(last)).length <= mostLines
  while (to < end && hasRoom(to)) {
    to = Math.min(end, to * 2)
    records = record(to)
  }
  if (hasRoom(to)) return records
  let [known, beyond] = [1, to]
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2)
    if (hasRoom(middle)) known = middle
    else beyond = middle
  }
  return cut(known)
}
