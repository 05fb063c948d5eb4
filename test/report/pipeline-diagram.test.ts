import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { assemble } from '../../src/engine/simulate/processor/assembler.js'
import { recordExecution, type RecordOptions } from '../../src/engine/simulate/processor/execution-record.js'
import { compareFlynnClasses } from '../../src/engine/simulate/processor/flynn/flynn-classes.js'
import { ONE_CYCLE } from '../../src/engine/simulate/processor/pipeline-options.js'
import {
  PipelinedProcessor,
  type PipelinedProcessorOptions,
} from '../../src/engine/simulate/processor/pipelined-processor.js'
import { branchyKernel } from '../../src/engine/simulate/processor/simt/kernels.js'
import { SimtProcessor } from '../../src/engine/simulate/processor/simt/simt-processor.js'
import {
  accountLines,
  pipelineDiagram,
  pipelineDiagrams,
  type PipelineDiagramOptions,
} from '../../src/report/pipeline-diagram.js'
import { makeStyle, type ReportStyle } from '../../src/report/report-style.js'
import { simtAccountLines, simtDiagram } from '../../src/report/simt-diagram.js'
import { textWidth } from '../../src/report/text-width.js'

const folder = new URL('golden/', import.meta.url)
const isUpdate = process.env['UPDATE_GOLDEN'] === '1'

/** Compares with what is stored; UPDATE_GOLDEN=1 stores it, to be read before it is kept. */
function expectGolden(name: string, lines: readonly string[]): void {
  const text = `${lines.join('\n')}\n`
  const golden = new URL(`${name}.txt`, folder)
  if (isUpdate) writeFileSync(golden, text)
  expect(existsSync(golden), `no stored diagram ${name}`).toBe(true)
  expect(text).toBe(readFileSync(golden, 'utf8'))
}

const sums = `
data a: 10, 15, 20, 25
data b: 20, 15, 10, 5
space c: 4
      set r1, 0
loop: load r2, [r1 + a]
      load r3, [r1 + b]
      add r4, r2, r3
      store r4, [r1 + c]
      add r1, r1, 1
      blt r1, 2, loop
      halt`

function ran(text: string, options: PipelinedProcessorOptions = {}): PipelinedProcessor {
  const processor = new PipelinedProcessor(assemble(text), { latencies: ONE_CYCLE, memoryWords: 16, ...options })
  processor.run()
  return processor
}

function drawn(
  processor: PipelinedProcessor,
  style: ReportStyle,
  options: PipelineDiagramOptions & RecordOptions = {},
): string[] {
  return [...pipelineDiagram(recordExecution(processor, options), style, options), ...accountLines(processor, style)]
}

describe('The pipeline diagram', () => {
  test('of a loop shows each turn, the load-use stall and what the branch has fetched in vain', () => {
    expectGolden('pipeline-loop', drawn(ran(sums), makeStyle('en')))
  })

  test('says the same in French', () => {
    expectGolden('pipeline-loop-fr', drawn(ran(sums), makeStyle('fr')))
  })

  test('without forwarding', () => {
    expectGolden('pipeline-no-forwarding', drawn(ran(sums, { forwarding: false }), makeStyle('en'), { to: 24 }))
  })

  test('goes on below where the terminal is narrow', () => {
    expectGolden('pipeline-narrow', drawn(ran(sums), makeStyle('en', false, 60)))
  })

  test('needs a column for each cycle with letters', () => {
    expectGolden('pipeline-letters', drawn(ran(sums), makeStyle('en', false, 60), { cells: 'letters', reasons: false }))
  })

  test('of two places in each stage, slow memory and one port for all of it', () => {
    const options = { width: 2, sharedPort: true, memoryTiming: { kind: 'constant', cycles: 3 } } as const
    expectGolden('pipeline-wide', drawn(ran(sums, options), makeStyle('en')))
    expectGolden('pipeline-wide-fr', drawn(ran(sums, options), makeStyle('fr', false, 72)))
  })

  test('of units that take long, with places in ME and EX in use', () => {
    const processor = ran('mul r1, r2, r3\nset r4, 1\nadd r5, r1, 1\ndiv r6, r2, 3\nset r7, 1', {
      latencies: { multiply: 3, divide: 4 },
      redirectCycles: 2,
    })
    expectGolden('pipeline-units', drawn(processor, makeStyle('en')))
  })

  test('of a branch in a deep pipeline, and of a fault', () => {
    const processor = ran('jump on\nnop\non: set r1, 99\nload r2, [r1]', { redirectCycles: 2 })
    expectGolden('pipeline-fault', drawn(processor, makeStyle('en')))
    expectGolden('pipeline-fault-fr', drawn(processor, makeStyle('fr')))
  })

  test('of several cores has a part for each', () => {
    const { runs } = compareFlynnClasses({ operation: 'add', a: [10, 15, 20, 25], b: [20, 15, 10, 5] }, { cores: 2 })
    const processor = runs.MIMD.start()
    processor.run()
    const lines = [...pipelineDiagrams(processor, makeStyle('en')), ...accountLines(processor, makeStyle('en'))]
    expectGolden('pipeline-cores', lines)
  })

  test('of a part of a run begins and ends there', () => {
    expectGolden('pipeline-part', pipelineDiagram(recordExecution(ran(sums), { from: 8, to: 14 }), makeStyle('en')))
  })

  test('of the four sums, one by one and as a vector, is 24 and 9 cycles wide', () => {
    const { runs } = compareFlynnClasses({ operation: 'add', a: [10, 15, 20, 25], b: [20, 15, 10, 5] })
    const style = makeStyle('en', false, 110)
    expectGolden('pipeline-sisd-simd', [
      ...pipelineDiagrams(runs.SISD.start(), style),
      '',
      ...pipelineDiagrams(runs.SIMD.start(), style),
    ])
  })

  test('is never wider than the terminal', () => {
    const processor = ran(sums, { width: 2, sharedPort: true, forwarding: false })
    for (const columns of [30, 31, 47, 80, 133])
      for (const language of ['en', 'fr'] as const)
        for (const cells of ['names', 'letters'] as const)
          for (const line of drawn(processor, makeStyle(language, false, columns), { cells }))
            expect(textWidth(line), line).toBeLessThanOrEqual(columns)
    const long = ran('again: add r1, r1, 1\nblt r1, 40, again')
    for (let columns = 40; columns < 60; columns++)
      for (const line of drawn(long, makeStyle('en', false, columns), { from: 95, to: 130 }))
        expect(textWidth(line), line).toBeLessThanOrEqual(columns)
  })

  test('has colours only where they are wanted', () => {
    const coloured = drawn(ran(sums), makeStyle('en', true)).join('\n')
    expect(coloured).toContain('\u001b[')
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(drawn(ran(sums), makeStyle('en')).join('\n'))
  })
})

describe('The SIMT diagram', () => {
  const branchy = () => {
    const processor = new SimtProcessor(branchyKernel(12, 3, 2), { threads: 12, lanes: 16 })
    processor.run()
    return processor
  }
  const all = (processor: SimtProcessor, style: ReportStyle, maxRows?: number) => [
    ...simtDiagram(recordExecution(processor), style, maxRows === undefined ? {} : { maxRows }),
    ...simtAccountLines(processor, style),
  ]

  test('shows which lanes take part in what is issued', () => {
    expectGolden('simt-branchy', all(branchy(), makeStyle('en')))
    expectGolden('simt-branchy-fr', all(branchy(), makeStyle('fr')))
  })

  test('leaves rows out and puts lanes below where there is no room', () => {
    expectGolden('simt-narrow', all(branchy(), makeStyle('en', false, 36), 6))
  })

  test('says which access stopped the threads', () => {
    const processor = new SimtProcessor(assemble('id r1\nstore r1, [r1]'), { lanes: 4, memoryWords: 2 })
    processor.run()
    expectGolden('simt-fault', all(processor, makeStyle('en')))
  })
})
