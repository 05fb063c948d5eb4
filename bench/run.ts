/* `npm run bench`: the strategies dpor and graph, in turn with SPIN; workers, in turn with copies.
 * The simulator's kernel, in turn with other discrete-event engines; the modelled memory and processors.
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
import { kernelAgainstPeers, kernelLegend, kernelRows } from './kernel-against-peers.js'
import { describeMachine, thisMachine } from './machine.js'
import { markdownBlock, markdownTable } from './markdown.js'
import { memoryLegend, memoryRows, memorySpeed } from './memory-speed.js'
import { operatingSystem, schedulingLegend, schedulingRows } from './operating-system.js'
import { isBuilt } from './our-processes.js'
import { measureProcessors, processorLegend, processorRows } from './processors.js'
import type { Setting } from './setting.js'
import { simulateLegend, simulateRows, simulateSpeed } from './simulate.js'
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
  const { machine: _machine, spin: _spin, ...measured } = report
  if (Object.values(measured).every((each) => each === null)) return fail(`No program is called “${options.only}”.`)
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
    const kernel = kernelAgainstPeers(setting)
    const memory = memorySpeed(setting)
    const os = operatingSystem(setting)
    const simulate = simulateSpeed(setting)
    const processors = measureProcessors(setting)
    const graph = graphAgainstSpin(setting)
    return {
      machine: thisMachine(),
      spin: spin?.version ?? null,
      traces,
      shared,
      kernel,
      memory,
      os,
      simulate,
      processors,
      graph,
    }
  } finally {
    spin?.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

function asText(everything: Everything): string {
  const { machine, spin, traces, shared, kernel, memory, os, simulate, processors, graph } = everything
  return [
    describeMachine(machine, spin),
    ...(traces === null
      ? []
      : ['', ...traceLegend(traces), '', table(traceRows(traces)), ...traceDisagreements(traces)]),
    ...(shared === null ? [] : ['', sharedLegend(shared), '', table(sharedRows(shared))]),
    ...(kernel === null ? [] : ['', kernelLegend(kernel), '', table(kernelRows(kernel))]),
    ...(memory === null ? [] : ['', memoryLegend(memory), '', table(memoryRows(memory))]),
    ...(graph === null ? [] : ['', 'Strategy graph:', describe(graph)]),
    ...(os === null ? [] : ['', schedulingLegend, '', table(schedulingRows(os))]),
    ...(simulate === null ? [] : ['', simulateLegend(simulate), '', table(simulateRows(simulate))]),
    ...(processors === null ? [] : ['', processorLegend(processors), '', table(processorRows(processors))]),
  ].join('\n')
}

function asMarkdown(everything: Everything): string {
  const { machine, spin, traces, shared, kernel, memory, os, simulate, processors, graph } = everything
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
    ...(kernel === null ? [] : ["## The simulator's kernel", markdownTable(kernelRows(kernel)), kernelLegend(kernel)]),
    ...(memory === null ? [] : ['## Modelled memory', markdownTable(memoryRows(memory)), memoryLegend(memory)]),
    ...(graph === null ? [] : ['## Strategy `graph`', markdownBlock(describe(graph))]),
    ...(os === null ? [] : ['## Scheduler', markdownTable(schedulingRows(os)), schedulingLegend]),
    ...(simulate === null
      ? []
      : ['## Simulated runs', markdownTable(simulateRows(simulate)), simulateLegend(simulate)]),
    ...(processors === null
      ? []
      : ['## Modelled processors', markdownTable(processorRows(processors)), processorLegend(processors)]),
  ]
    .join('\n\n')
    .concat('\n')
}

function isWrong({ traces, shared, kernel, graph }: Everything): boolean {
  return [traces, shared, kernel, graph].some((report) =>
    report?.results.some(({ disagreements }) => disagreements.length > 0),
  )
}

function fail(text: string): number {
  console.error(text)
  return 1
}

// On the error output, which leaves the other to the report.
function progress(title: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${title}…\n`)
}
