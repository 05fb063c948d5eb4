#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import type { Equivalence } from '../engine/explore/reads-from/equivalence.js'
import type { Strategy } from '../engine/explore/explore-report.js'
import type { ParameterValue } from '../engine/program.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { EntrelacsError } from '../engine/errors.js'
import { portableError } from '../parallel/portable-error.js'
import type { ProcessorSettings } from '../processor-examples/processor-settings.js'
import type { CycleRange } from '../report/processor-text.js'
import type { Language } from '../report/messages.js'
import { makePaint } from '../report/paint.js'
import { ExitCode } from './exit-code.js'
import type { ExploreCommandOptions } from './explore-command.js'
import { faultJson, faultText } from './fault-text.js'
import {
  collectParameter,
  environmentLanguage,
  parseCount,
  parseCycles,
  parseLanguage,
  parseMemory,
  parsePositive,
  parseSimulatedSeconds,
  parseWhole,
  parseWithin,
} from './options.js'
import { WorkerError } from './run-in-worker.js'
import type { SimulateCommandOptions } from './simulate-command.js'
import { wantsColour, write } from './terminal.js'
import { parseSweep, type Sweep } from './sweep.js'
import { TRACE_FORMATS, type TraceFormat } from './trace-format.js'

interface CommonFlags {
  readonly json?: boolean
  readonly lang: Language
}

interface ExploreFlags extends CommonFlags {
  readonly strategy?: Strategy
  readonly time?: TimeMode
  readonly twins?: boolean
  readonly reduction?: boolean
  readonly bitstate?: number | true
  readonly equivalence?: Equivalence
  readonly preemptions?: number
  readonly delays?: number
  readonly param: Record<string, ParameterValue>
  readonly repair?: string
  readonly until: 'first' | 'complete'
  readonly maxStates?: number
  readonly maxMemory?: number
  readonly samples?: number
  readonly depth?: number
  readonly seed?: string
  readonly workers?: number
  readonly checkpoint?: string
  readonly checkpointEvery?: number
  readonly progress?: boolean
  readonly patience: number
}

interface SimulateFlags extends CommonFlags {
  readonly machine?: string
  readonly seed?: string
  readonly gil?: string
  readonly mapping?: string
  readonly policy?: string
  readonly cores?: number
  readonly inheritance?: boolean
  readonly contracts?: boolean
  readonly trace?: string
  readonly sweep?: Sweep
  readonly profile?: boolean
  readonly param: Record<string, ParameterValue>
  readonly maxTime?: number
  readonly maxEvents?: number
  readonly patience: number
}

interface ProcessorFlags extends CommonFlags {
  readonly machine?: string
  readonly width?: number
  /** False if it is to be without. */
  readonly forwarding: boolean
  readonly prediction?: NonNullable<ProcessorSettings['prediction']>
  readonly vectorWidth?: number
  readonly cores?: number
  readonly lanes?: number
  readonly threads?: number
  readonly cycles?: CycleRange
  readonly letters?: boolean
  readonly maxCycles: number
  readonly instructions?: boolean
}

interface ExportFlags extends SimulateFlags {
  readonly format: TraceFormat
  readonly output?: string
}

interface ReplayFlags extends CommonFlags {
  readonly step?: boolean
  readonly states?: boolean
  readonly adapt?: boolean
  readonly patience: number
}

const SECONDS_OF_PATIENCE = 10
const SAMPLING: ReadonlySet<Strategy> = new Set(['random', 'pct', 'pos', 'surw'])

let exitCode: ExitCode = ExitCode.Holds
const finish = (code: ExitCode): void => {
  exitCode = code
}

function common(command: Command): Command {
  return command
    .option('--json', 'machine-readable output, alone on standard output')
    .addOption(
      new Option('--lang <language>', 'en or fr')
        .argParser(parseLanguage)
        .default(environmentLanguage(), 'from the environment'),
    )
}

function withPatience(command: Command): Command {
  return command.addOption(
    new Option('--patience <seconds>', "time the program's own code may take between two operations")
      .argParser(parsePositive)
      .default(SECONDS_OF_PATIENCE),
  )
}

/** What a run on a modelled computer can be given. */
function withComputer(command: Command): Command {
  return command
    .addOption(new Option('--machine <name>', 'a preset, or a path to a machine file (default: laptop)'))
    .addOption(new Option('--seed <seed>', 'seed of what is drawn (default: 1)'))
    .addOption(
      new Option(
        '--gil <version>',
        'run it in an interpreter, with the lock of that version of Python (2.7 … 3.14, 3.14t; none: without a lock)',
      ),
    )
    .addOption(
      new Option(
        '--mapping <name>',
        'how threads become threads of the system: 1:1, N:1, M:N, event-loop, virtual-threads, pinned-virtual-threads',
      ),
    )
    .addOption(new Option('--policy <name>', 'the scheduling policy: round-robin, cfs, eevdf, windows, mlfq, …'))
    .addOption(new Option('--cores <n>', 'so many cores instead of those of the machine').argParser(parseCount))
    .option('--inheritance', 'who owns a lock is as urgent as the most urgent thread that waits for it')
    .option('--contracts', 'let every operation of a primitive be one step, instead of the algorithm it is made of')
    .addOption(
      new Option('--param <name=value>', "a value for one of the program's parameters; repeatable")
        .argParser(collectParameter)
        .default({}, 'the defaults'),
    )
    .addOption(
      new Option('--max-time <seconds>', 'simulated seconds at most (default: 1000)').argParser(parseSimulatedSeconds),
    )
    .addOption(
      new Option('--max-events <count>', 'operations and other events at most (default: 100,000,000)').argParser(
        parseCount,
      ),
    )
}

function buildCommands(): Command {
  const root = new Command('entrelacs')
    .description('Explore every interleaving of a concurrent program; replay what goes wrong, step by step.')
    .version(version(), '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', EXIT_CODES)

  common(
    root.command('gallery').description('the terminal UI, once it is there; the list of programs meanwhile'),
  ).action(async (flags: CommonFlags) =>
    finish(await (await import('./list-command.js')).listCommand({ json: flags.json ?? false, language: flags.lang })),
  )

  common(root.command('list').description('list the programs of the gallery')).action(async (flags: CommonFlags) =>
    finish(await (await import('./list-command.js')).listCommand({ json: flags.json ?? false, language: flags.lang })),
  )

  withPatience(
    common(
      root
        .command('explore')
        .description('find out what a program can do, in every order of its steps')
        .argument('<program>', 'a name of the gallery, or a path to a .ts or .js file')
        .addOption(
          new Option(
            '--strategy <name>',
            'graph: all states (the default); dpor: all traces; random, pct, pos, surw: samples',
          ).choices(['graph', 'dpor', 'random', 'pct', 'pos', 'surw']),
        )
        .addOption(
          new Option(
            '--time <mode>',
            'free: sleeps and timeouts may end at any moment; virtual: a clock orders them (default: as the program says, else free)',
          ).choices(['free', 'virtual']),
        )
        .option('--twins', 'explore the algorithms of locks, conditions, queues, … over atomic words, step by step')
        .option(
          '--reduction',
          'visit only the states that it takes to see what can go wrong, and count nothing (graph)',
        )
        .addOption(
          new Option(
            '--bitstate [amount]',
            'remember states by a few bits each, in so much memory: violations, but no proof (graph)',
          ).argParser(parseMemory),
        )
        .addOption(
          new Option(
            '--equivalence <name>',
            'what counts as one execution: the same order of dependent steps, or the same reads (dpor; default: mazurkiewicz)',
          ).choices(['mazurkiewicz', 'reads-from']),
        )
        .addOption(
          new Option('--preemptions <count>', 'only traces that need so many preemptions at most (dpor)').argParser(
            parseWhole,
          ),
        )
        .addOption(
          new Option('--delays <count>', 'only traces that need so many delays at most (dpor)').argParser(parseWhole),
        )
        .addOption(
          new Option('--param <name=value>', "a value for one of the program's parameters; repeatable")
            .argParser(collectParameter)
            .default({}, 'the defaults'),
        )
        .addOption(
          new Option(
            '--repair <program>',
            'explore this program too and tell whether it repairs the first (exit code 0: it does, 1: not, 3: unknown)',
          ),
        )
        .addOption(
          new Option('--until <when>', 'stop at the first failure, or go on to exact numbers')
            .choices(['first', 'complete'])
            .default('complete'),
        )
        .addOption(
          new Option('--max-states <count>', 'stop once this many states are known (graph)').argParser(parseCount),
        )
        .addOption(
          new Option(
            '--max-memory <amount>',
            'memory at most, such as 500M or 2G (default: half of what is free)',
          ).argParser(parseMemory),
        )
        .addOption(
          new Option('--workers <count>', 'threads that share the work, by strategy dpor (default: 1)').argParser(
            parseCount,
          ),
        )
        .option('--checkpoint <file>', 'keep what is known in this file now and then, and go on from it (graph, dpor)')
        .addOption(
          new Option('--checkpoint-every <seconds>', 'time between two checkpoints, at least (default: 10)').argParser(
            parsePositive,
          ),
        )
        .option('--progress', 'tell on standard error how far it is, even where that is no terminal')
        .addOption(
          new Option('--samples <count>', 'executions to run (random, pct, pos, surw; default: 10000)').argParser(
            parseCount,
          ),
        )
        .addOption(
          new Option('--depth <count>', 'depth of the bugs to look for (pct; default: 3)').argParser(parseCount),
        )
        .addOption(new Option('--seed <seed>', 'seed of what is drawn (default: 1)')),
    ),
  )
    .addHelpText('after', EXIT_CODES)
    .action(async (source: string, flags: ExploreFlags, command: Command) => {
      requireSampling(command, flags)
      finish(await explore(source, flags))
    })

  withPatience(
    common(
      withComputer(
        root
          .command('simulate')
          .description('run a program on a modelled computer: one seed, one run, with time')
          .argument('<program>', 'a name of the gallery, or a path to a .ts or .js file'),
      )
        .option('--trace <file>', 'write everything that happens to this file, as JSON lines')
        .option('--profile', 'which functions took how long, by thread')
        .addOption(
          new Option(
            '--sweep <name=values>',
            'one run for each value of a parameter, or of machine, cores, gil, mapping, policy or seed: cores=1,2,4 or threads=1..16',
          )
            .argParser(parseSweep)
            .conflicts(['trace', 'profile']),
        ),
    ),
  )
    .addHelpText('after', EXIT_CODES)
    .action(async (source: string, flags: SimulateFlags) => finish(await simulate(source, flags)))

  common(
    root
      .command('processor')
      .description('watch a processor at work, cycle by cycle: pipeline, Flynn’s classes, SIMT')
      .argument('[example]', 'an example, or a path to a file of the assembler; without it, the list of examples')
      .addOption(
        new Option(
          '--machine <name>',
          'a preset, or a path to a machine file: its pipeline, or its SIMT device, where no other option says otherwise',
        ),
      )
      .addOption(
        new Option('--width <n>', 'instructions that each stage takes in a cycle').argParser(parseWithin(1, 4)),
      )
      .option('--no-forwarding', 'results are read from registers, once they are written back')
      .addOption(
        new Option('--prediction <rule>', 'what is taken for granted of branches').choices([
          'not-taken',
          'backward-taken',
        ]),
      )
      .addOption(new Option('--vector-width <n>', 'elements of a vector register').argParser(parseWithin(1, 64)))
      .addOption(new Option('--cores <n>', 'cores; of a file, each runs the same').argParser(parseWithin(1, 16)))
      .addOption(
        new Option('--lanes <n>', 'lanes of a warp; a file then runs on the SIMT processor').argParser(
          parseWithin(1, 1024),
        ),
      )
      .addOption(
        new Option(
          '--threads <n>',
          'threads of the SIMT processor (default: those of the machine, or as many as lanes)',
        ).argParser(parseWithin(1, 65_536)),
      )
      .addOption(new Option('--cycles <from-to>', 'the cycles to show, such as 12-40').argParser(parseCycles))
      .option('--letters', 'stages by one letter each, for narrow terminals and long runs')
      .addOption(new Option('--max-cycles <n>', 'cycles at most').argParser(parseCount).default(DEFAULT_MOST_CYCLES))
      .option('--instructions', 'list the instructions of the assembler'),
  )
    .addHelpText('after', PROCESSOR_EXIT_CODES)
    .action(async (source: string | undefined, flags: ProcessorFlags) => finish(await processor(source, flags)))

  withPatience(
    common(
      withComputer(
        root
          .command('export')
          .description('write the trace of a simulated run for other tools, such as ui.perfetto.dev')
          .argument('<program>', 'a name of the gallery, or a path to a .ts or .js file')
          .argument('[token]', 'not with the formats there are'),
      )
        .addOption(
          new Option('--format <name>', 'perfetto: for ui.perfetto.dev and chrome://tracing; jsonl: one event a line')
            .choices(TRACE_FORMATS)
            .default('perfetto'),
        )
        .option('-o, --output <file>', 'a file (default: standard output)'),
    ),
  ).action(async (source: string, token: string | undefined, flags: ExportFlags) =>
    finish(await exportTrace(source, token, flags)),
  )

  withPatience(
    common(
      root
        .command('replay')
        .description('follow a token: the same steps again')
        .argument('<program>', 'a name of the gallery, or a path to a .ts or .js file')
        .argument('<token>', 'from a report')
        .option('--step', 'one step a key, on a terminal')
        .option('--states', 'after every step, where each thread is in its life')
        .option('--adapt', 'on a changed program, follow what still applies'),
    ),
  )
    .addHelpText('after', EXIT_CODES)
    .action(async (source: string, token: string, flags: ReplayFlags) => finish(await replay(source, token, flags)))
  return root
}

const DEFAULT_MOST_CYCLES = 100_000

const PROCESSOR_EXIT_CODES = `
Exit codes: 0 it ran to its end · 1 it stopped at an access outside of memory · 2 bad usage or bad input · 3 stopped at the bound on cycles · 70 internal error`

const EXIT_CODES = `
Exit codes: 0 holds · 1 violated · 2 bad usage or bad input · 3 unknown (a limit, or only sampled) · 70 internal error`

/** Options of samples, without a strategy that samples, would do nothing. */
function requireSampling(command: Command, { strategy = 'graph', samples, depth }: ExploreFlags): void {
  if (samples !== undefined && !SAMPLING.has(strategy))
    command.error(`error: option '--samples <count>' goes with --strategy random, pct, pos or surw only`)
  if (depth !== undefined && !SAMPLING.has(strategy))
    command.error(`error: option '--depth <count>' goes with --strategy pct only`)
}

async function explore(source: string, flags: ExploreFlags): Promise<ExitCode> {
  const given: ExploreCommandOptions = {
    json: flags.json ?? false,
    language: flags.lang,
    patience: flags.patience,
    progress: flags.progress ?? false,
    options: {
      ...(flags.strategy === undefined ? {} : { strategy: flags.strategy }),
      ...(flags.time === undefined ? {} : { time: flags.time }),
      ...(flags.twins === undefined ? {} : { twins: flags.twins }),
      ...(flags.reduction === undefined ? {} : { reduction: flags.reduction }),
      ...(flags.bitstate === undefined ? {} : { bitstate: flags.bitstate }),
      ...(flags.equivalence === undefined ? {} : { equivalence: flags.equivalence }),
      ...(flags.preemptions === undefined ? {} : { preemptions: flags.preemptions }),
      ...(flags.delays === undefined ? {} : { delays: flags.delays }),
      params: flags.param,
      until: flags.until,
      ...(flags.maxStates === undefined ? {} : { maxStates: flags.maxStates }),
      ...(flags.maxMemory === undefined ? {} : { maxMemory: flags.maxMemory }),
      ...(flags.samples === undefined ? {} : { samples: flags.samples }),
      ...(flags.depth === undefined ? {} : { depth: flags.depth }),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...(flags.checkpoint === undefined ? {} : { checkpoint: flags.checkpoint }),
      ...(flags.checkpointEvery === undefined ? {} : { checkpointEvery: flags.checkpointEvery }),
    },
  }
  if (flags.repair !== undefined)
    return (await import('./repair-command.js')).repairCommand(source, flags.repair, given)
  return (await import('./explore-command.js')).exploreCommand(source, given)
}

async function simulate(source: string, flags: SimulateFlags): Promise<ExitCode> {
  if (flags.sweep !== undefined) {
    const { sweepCommand } = await import('./sweep-command.js')
    return sweepCommand(source, flags.sweep, computerOf(flags))
  }
  const { simulateCommand } = await import('./simulate-command.js')
  return simulateCommand(source, { ...computerOf(flags), trace: flags.trace })
}

async function exportTrace(source: string, token: string | undefined, flags: ExportFlags): Promise<ExitCode> {
  const { exportCommand } = await import('./export-command.js')
  return exportCommand(source, { ...computerOf(flags), token, format: flags.format, output: flags.output })
}

function computerOf(flags: SimulateFlags): Omit<SimulateCommandOptions, 'trace'> {
  return {
    json: flags.json ?? false,
    language: flags.lang,
    patience: flags.patience,
    options: {
      ...(flags.machine === undefined ? {} : { machine: flags.machine }),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.contracts === true ? { twins: false } : {}),
      gil: flags.gil,
      mapping: flags.mapping,
      policy: flags.policy,
      cores: flags.cores,
      profile: flags.profile,
      inheritance: flags.inheritance,
      ...(flags.maxTime === undefined ? {} : { maxTime: flags.maxTime * 1e9 }),
      ...(flags.maxEvents === undefined ? {} : { maxEvents: flags.maxEvents }),
      params: flags.param,
    },
  }
}

async function processor(source: string | undefined, flags: ProcessorFlags): Promise<ExitCode> {
  const { processorCommand } = await import('./processor-command.js')
  const { json, lang, cycles, letters, maxCycles, instructions, forwarding, prediction } = flags
  const { width, vectorWidth, cores, lanes, threads } = flags
  return processorCommand(source, {
    json: json ?? false,
    language: lang,
    cycles: cycles ?? null,
    letters: letters ?? false,
    maxCycles,
    instructions: instructions ?? false,
    machine: flags.machine ?? null,
    settings: {
      ...(width === undefined ? {} : { width }),
      ...(forwarding ? {} : { forwarding }),
      ...(prediction === undefined ? {} : { prediction }),
      ...(vectorWidth === undefined ? {} : { vectorWidth }),
      ...(cores === undefined ? {} : { cores }),
      ...(lanes === undefined ? {} : { lanes }),
      ...(threads === undefined ? {} : { threads }),
    },
  })
}

async function replay(source: string, token: string, flags: ReplayFlags): Promise<ExitCode> {
  const { replayCommand } = await import('./replay-command.js')
  return replayCommand(source, token, {
    json: flags.json ?? false,
    language: flags.lang,
    step: flags.step ?? false,
    states: flags.states ?? false,
    adapt: flags.adapt ?? false,
    patience: flags.patience,
  })
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version
}

/** Without a command, the gallery. */
function withDefaultCommand(argv: readonly string[]): string[] {
  const [node, script, first, ...rest] = argv
  const isRootFlag = first !== undefined && /^(-h|--help|-V|--version)$/.test(first)
  if (first !== undefined && (!first.startsWith('-') || isRootFlag)) return [...argv]
  return [node!, script!, 'gallery', ...(first === undefined ? [] : [first]), ...rest]
}

/** Standard output may be what cannot be written: the exit code, and standard error, tell as well. */
const writeFault = (json: string): Promise<void> => write(process.stdout, json).catch(() => {})

/** Writes an error and returns its exit code. */
async function report(error: unknown): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return ExitCode.Holds
    const message = error.message.replace(/^error: /, '')
    const usage = { code: 'usage/command-line', message, hint: undefined, place: undefined, stack: undefined }
    // Commander has told people already.
    if (process.argv.includes('--json')) await writeFault(faultJson(usage))
    return ExitCode.BadInput
  }
  const failure =
    error instanceof WorkerError
      ? error.failure
      : error instanceof EntrelacsError
        ? portableError(error)
        : {
            code: null,
            message: String(error),
            hint: undefined,
            place: undefined,
            stack: error instanceof Error ? error.stack : undefined,
          }
  if (process.argv.includes('--json')) await writeFault(faultJson(failure))
  await write(process.stderr, faultText(failure, makePaint(wantsColour(process.stderr))))
  if (failure.code === null) return ExitCode.Internal
  return failure.code.startsWith('limit/') ? ExitCode.Unknown : ExitCode.BadInput
}

// Whoever closes the pipe (`| head`) has read enough; the exit code still tells what was found. Of any other error `write` tells.
process.stdout.on('error', () => {})
try {
  await buildCommands().parseAsync(withDefaultCommand(process.argv))
} catch (error) {
  exitCode = await report(error)
}
process.exitCode = exitCode
