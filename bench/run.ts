/* `npm run bench`: the strategies dpor and graph, in turn with SPIN; workers, in turn with copies; modelled processors.
 *
 * --rounds N    rounds of every measurement
 * --only NAME   the programs alone whose title has that in it
 * --json        all figures, for a program to read
 * --markdown    writes RESULTS.md anew, besides
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describe } from './describe.js'
import { traceDisagreements, traceLegend, traceRows } from './describe-traces.js'
import { graphAgainstSpin } from './graph-against-spin.js'
import { describeMachine, thisMachine } from './machine.js'
import { markdownBlock, markdownTable } from './markdown.js'
import { isBuilt } from './our-processes.js'
import { measureProcessors, processorLegend, processorRows } from './processors.js'
import type { Setting } from './setting.js'
import { prepareSpin } from './spin-verifier.js'
import { table } from './statistics.js'
import { tracesAgainstSpin } from './traces-against-spin.js'
import { sharedLegend, sharedRows, workersAgainstCopies } from './workers-against-copies.js'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
})

process.exitCode = await main(Number(options.rounds))

async function main(rounds: number): Promise<number> {
  if (!Number.isInteger(rounds) || rounds < 1) return fail('--rounds takes a number of rounds, 1 or more.')
  if (options.markdown && options.only !== '') return fail('--markdown writes down all programs: leave out --only.')
  if (!isBuilt()) return fail('There is no dist to measure: npm run build')
  const report = await measureAll(rounds)
  if (report.traces === null && report.graph === null && report.shared === null && report.processors === null)
    return fail(`No program is called “${options.only}”.`)
  console.log(options.json ? JSON.stringify(report, null, 2) : asText(report))
  if (options.markdown) writeFileSync(new URL('./RESULTS.md', import.meta.url), asMarkdown(report))
  return isWrong(report) ? 1 : 0
}

type Everything = Awaited<ReturnType<typeof measureAll>>

async function measureAll(rounds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'entrelacs-bench-'))
  const spin = prepareSpin()
  const isWanted = (title: string) => title.toLowerCase().includes(options.only.toLowerCase())
  const setting: Setting = { folder, spin, rounds, isWanted, progress }
  try {
    const traces = await tracesAgainstSpin(setting)
    const shared = await workersAgainstCopies(setting)
    const processors = measureProcessors(setting)
    const graph = graphAgainstSpin(setting)
    return { machine: thisMachine(), spin: spin?.version ?? null, traces, shared, graph, processors }
  } finally {
    spin?.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

function asText({ machine, spin, traces, shared, graph, processors }: Everything): string {
  return [
    describeMachine(machine, spin),
    ...(traces === null
      ? []
      : ['', ...traceLegend(traces), '', table(traceRows(traces)), ...traceDisagreements(traces)]),
    ...(shared === null ? [] : ['', sharedLegend(shared), '', table(sharedRows(shared))]),
    ...(graph === null ? [] : ['', 'Strategy graph:', describe(graph)]),
    ...(processors === null ? [] : ['', processorLegend(processors), '', table(processorRows(processors))]),
  ].join('\n')
}

function asMarkdown({ machine, spin, traces, shared, graph, processors }: Everything): string {
  return [
    '# What the benchmarks have measured',
    'Written by `npm run bench -- --markdown`; the machine was shared with other work, so that ratios are worth more than times.',
    describeMachine(machine, spin),
    ...(traces === null
      ? []
      : [
          '## Strategy `dpor`',
          markdownTable(traceRows(traces)),
          traceLegend(traces).join('\n'),
          ...traceDisagreements(traces),
        ]),
    ...(shared === null ? [] : ['## Workers', markdownTable(sharedRows(shared)), sharedLegend(shared)]),
    ...(graph === null ? [] : ['## Strategy `graph`', markdownBlock(describe(graph))]),
    ...(processors === null
      ? []
      : ['## Modelled processors', markdownTable(processorRows(processors)), processorLegend(processors)]),
  ]
    .join('\n\n')
    .concat('\n')
}

function isWrong({ traces, shared, graph, processors }: Everything): boolean {
  return [traces, shared, graph, processors]
    .flatMap((part): readonly { readonly disagreements: readonly string[] }[] => part?.results ?? [])
    .some(({ disagreements }) => disagreements.length > 0)
}

function fail(text: string): number {
  console.error(text)
  return 1
}

// On the error output, which leaves the other to the report.
function progress(title: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${title}…\n`)
}
