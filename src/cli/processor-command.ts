import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { namesNear } from '../engine/edit-distance.js'
import { ProgramFault, UsageError } from '../engine/errors.js'
import { assemble } from '../engine/simulate/processor/assembler.js'
import type { InstructionStream } from '../engine/simulate/processor/instruction-stream.js'
import { type ProcessorExample, processorExamples } from '../processor-examples/index.js'
import { type ProcessorExperiment, runExample, runStream } from '../processor-examples/processor-experiment.js'
import type { ProcessorMachine, ProcessorSettings } from '../processor-examples/processor-settings.js'
import { instructionLines, instructionsJson } from '../report/instruction-list.js'
import type { Language } from '../report/messages.js'
import { processorJson, processorsOf } from '../report/processor-json.js'
import { processorMessagesIn } from '../report/processor-messages.js'
import { type CycleRange, isOnLanes, processorText } from '../report/processor-text.js'
import { padText } from '../report/text-width.js'
import { wrapText } from '../report/wrap-text.js'
import { ExitCode } from './exit-code.js'
import { outputStyle, write } from './terminal.js'

/** What the command was given. */
export interface ProcessorCommandOptions {
  readonly settings: ProcessorSettings
  /** A preset's name, or a path to a machine file. */
  readonly machine: string | null
  /** The cycles to be shown; null: the first ones for which there is room. */
  readonly cycles: CycleRange | null
  readonly letters: boolean
  readonly maxCycles: number
  /** Whether the instructions are asked for, instead of a run. */
  readonly instructions: boolean
  readonly json: boolean
  readonly language: Language
}

/** `entrelacs processor`: the examples of processors, or one of them, or a file, cycle by cycle. */
export async function processorCommand(source: string | undefined, given: ProcessorCommandOptions): Promise<ExitCode> {
  if (given.instructions) return listInstructions(given)
  if (source === undefined) {
    requireNothingElse(given)
    return listExamples(given)
  }
  const subject = findSubject(source)
  const machine = given.machine === null ? null : await load(given.machine)
  const experiment =
    subject.kind === 'example'
      ? runExample(subject.example, given.settings, given.maxCycles, machine)
      : runStream(subject.stream, given.settings, given.maxCycles, machine)
  requireDrawable(experiment, given)
  await write(
    process.stdout,
    given.json ? asJson(subject, experiment, given, machine) : text(subject, experiment, given, machine),
  )
  return exitCodeOf(experiment)
}

/** What reads machine files is loaded by those who need one. */
async function load(machine: string): Promise<ProcessorMachine> {
  const { loadMachine } = await import('../machine-files/load-machine.js')
  return loadMachine(machine)
}

async function listExamples({ json, language }: ProcessorCommandOptions): Promise<ExitCode> {
  if (json) {
    const examples = processorExamples.map(({ name, rows, title, question }) => ({
      name,
      rows,
      title: title[language],
      question: question[language],
    }))
    await write(process.stdout, `${JSON.stringify({ schema: 1, examples })}\n`)
    return ExitCode.Holds
  }
  const { paint, columns } = outputStyle(language)
  const messages = processorMessagesIn(language)
  const width = Math.max(...processorExamples.map(({ name }) => name.length))
  const lines = processorExamples.map(
    ({ name, title }) => `  ${paint.strong(padText(name, width))}  ${title[language]}`,
  )
  const hint = wrapText(messages.examplesHint, columns)
  await write(process.stdout, `${[messages.examples, '', ...lines, '', ...hint].join('\n')}\n`)
  return ExitCode.Holds
}

async function listInstructions({ json, language }: ProcessorCommandOptions): Promise<ExitCode> {
  const style = outputStyle(language)
  await write(process.stdout, json ? instructionsJson(language) : `${instructionLines(style).join('\n')}\n`)
  return ExitCode.Holds
}

type Subject =
  | { readonly kind: 'example'; readonly example: ProcessorExample }
  | { readonly kind: 'file'; readonly file: string; readonly stream: InstructionStream }

function findSubject(source: string): Subject {
  const example = processorExamples.find(({ name }) => name === source)
  if (example !== undefined) return { kind: 'example', example }
  return { kind: 'file', file: source, stream: readStream(source) }
}

const MOST_BYTES = 4 << 20

/** @throws UsageError if there is no such file. @throws ProgramFault if the assembler does not understand it. */
function readStream(file: string): InstructionStream {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw noSuch(file)
  if (!found.isFile())
    throw new UsageError('usage/not-a-file', `${file} is no file`, { hint: 'give the path of a file of the assembler' })
  if (/\.(?:[cm]?[jt]sx?|py)$/i.test(file))
    throw new UsageError('usage/unknown-language', `${file} is no file of the assembler`, {
      hint: 'entrelacs explore and entrelacs simulate run programs; entrelacs processor --instructions tells what stands here',
    })
  if (found.size > MOST_BYTES)
    throw new UsageError('usage/file-too-large', `${file} has more than ${MOST_BYTES >> 20} MiB`, {
      hint: 'a table of words need not be written out: “space name: 1000”',
    })
  const stream = assemble(readText(file), { name: basename(file), file })
  if (stream.instructions.length > 0) return stream
  throw new ProgramFault('program/assembly', 'there is no instruction in it', {
    place: { file, line: 1, column: 1 },
    hint: 'entrelacs processor --instructions lists them',
  })
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError('usage/not-readable', `${file} cannot be read: ${(error as Error).message}`)
  }
}

function noSuch(source: string): UsageError {
  if (source === '') return new UsageError('usage/unknown-example', 'the name of the example is empty', { hint: LIST })
  if (/[/\\]|\.[a-z]+$/i.test(source))
    return new UsageError('usage/no-such-file', `there is no file ${source}`, { hint: 'check the path' })
  const near = namesNear(
    source,
    processorExamples.map(({ name }) => name),
  )
  return new UsageError('usage/unknown-example', `there is no example “${source}”, and no such file`, {
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : LIST,
  })
}

const LIST = 'entrelacs processor lists the examples; a file is given by its path'

/** What is asked for of a run means nothing without one. */
function requireNothingElse({ settings, machine, cycles, letters }: ProcessorCommandOptions): void {
  if (Object.keys(settings).length === 0 && machine === null && cycles === null && !letters) return
  throw new UsageError('usage/unknown-example', 'an example or a file is missing', { hint: LIST })
}

function requireDrawable(experiment: ProcessorExperiment, { cycles, letters }: ProcessorCommandOptions): void {
  if (isOnLanes(experiment) && letters)
    throw new UsageError('usage/processor', '--letters means nothing on a SIMT processor, which has no stages', {
      hint: 'a lane takes one character there already',
    })
  const end = Math.max(...processorsOf(experiment).map(({ processor }) => processor.cycle))
  if (cycles === null || cycles.from <= end) return
  throw new UsageError('usage/cycles', `cycle ${cycles.from} is after the end: there are the cycles 1 to ${end}`)
}

function text(
  subject: Subject,
  experiment: ProcessorExperiment,
  given: ProcessorCommandOptions,
  machine: ProcessorMachine | null,
): string {
  const { language, cycles, letters } = given
  const { rows } = process.stdout
  return processorText(experiment, outputStyle(language), {
    ...(subject.kind === 'example'
      ? { title: subject.example.title[language], question: subject.example.question[language] }
      : { title: subject.file }),
    ...(machine === null ? {} : { machine: machine.name }),
    cycles,
    letters,
    ...(rows > 0 ? { mostLines: Math.max(LEAST_LINES, 2 * rows) } : {}),
  })
}

const LEAST_LINES = 24

function asJson(
  subject: Subject,
  experiment: ProcessorExperiment,
  { language, cycles }: ProcessorCommandOptions,
  machine: ProcessorMachine | null,
): string {
  const head =
    subject.kind === 'example'
      ? {
          example: subject.example.name,
          file: null,
          title: subject.example.title[language],
          question: subject.example.question[language],
        }
      : { example: null, file: subject.file, title: null, question: null }
  const on = machine === null ? {} : { machine: machine.name }
  return `${JSON.stringify({ schema: 1, ...head, ...on, ...processorJson(experiment, cycles) })}\n`
}

function exitCodeOf(experiment: ProcessorExperiment): ExitCode {
  const statuses = processorsOf(experiment).map(({ processor }) => processor.status)
  if (statuses.includes('fault')) return ExitCode.Violated
  return statuses.includes('running') ? ExitCode.Unknown : ExitCode.Holds
}
