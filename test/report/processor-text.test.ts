import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { assemble } from '../../src/engine/simulate/processor/assembler.js'
import { MNEMONICS, OPERATIONS } from '../../src/engine/simulate/processor/instruction-set.js'
import { processorExamples } from '../../src/processor-examples/index.js'
import { type ProcessorExperiment, runExample, runStream } from '../../src/processor-examples/processor-experiment.js'
import type { MachinePipeline } from '../../src/engine/simulate/machine/machine.js'
import { loadMachine } from '../../src/machine-files/load-machine.js'
import type { ProcessorSettings } from '../../src/processor-examples/processor-settings.js'
import { instructionLines } from '../../src/report/instruction-list.js'
import { instructionsInFrench } from '../../src/report/instruction-meanings.js'
import { processorText, type ProcessorTextOptions } from '../../src/report/processor-text.js'
import { makeStyle } from '../../src/report/report-style.js'
import { textWidth } from '../../src/report/text-width.js'

const folder = new URL('golden/', import.meta.url)
const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
const languages = ['en', 'fr'] as const

/** Compares with what is stored; UPDATE_GOLDEN=1 stores it, to be read before it is kept. */
function expectGolden(name: string, text: string): void {
  const golden = new URL(`${name}.txt`, folder)
  if (isUpdate) writeFileSync(golden, text)
  expect(existsSync(golden), `no stored text ${name}`).toBe(true)
  expect(text).toBe(readFileSync(golden, 'utf8'))
}

const loop = (turns: number) => `
space sums: 40
next: store r1, [r1 + sums]
      add   r1, r1, 1
      blt   r1, ${turns}, next`

function experiment(text: string, settings: ProcessorSettings = {}, maxCycles = 100_000): ProcessorExperiment {
  return runStream(assemble(text), settings, maxCycles)
}

function written(of: ProcessorExperiment, options: ProcessorTextOptions = {}, columns = 100): string[] {
  return processorText(of, makeStyle('en', false, columns), options)
    .trimEnd()
    .split('\n')
}

describe('What is shown of the example', () => {
  test.each(processorExamples.flatMap((example) => languages.map((language) => ({ example, language }))))(
    '$example.name in $language is what is stored',
    ({ example, language }) => {
      const text = processorText(runExample(example, {}, 100_000), makeStyle(language), {
        title: example.title[language],
        question: example.question[language],
      })
      expectGolden(`processor-${example.name}${language === 'fr' ? '-fr' : ''}`, text)
    },
  )

  test('on a machine says which one, and where warps wait how often all of them do', () => {
    const device = loadMachine('simt-device')
    const rotation = processorExamples.find(({ name }) => name === 'rotation')!
    const turned = runExample(rotation, {}, 100_000, device)
    expect(written(turned, { machine: 'simt-device' })).toEqual(
      expect.arrayContaining([
        'On the SIMT device of simt-device.',
        expect.stringMatching(/cycles {3}no warp ready {3}issued/),
      ]),
    )
    const filed = runStream(assemble('space out: 512\nid r1\nstore r1, [r1 + out]'), {}, 100_000, device)
    const lines = processorText(filed, makeStyle('fr'), { machine: 'simt-device' }).split('\n')
    expect(lines[0]).toBe('Sur le processeur SIMT de simt-device.')
    // The last of 16 warps stores in cycle 32, and 400 cycles later it is done.
    expect(lines).toContain("Pendant 399 cycles, aucun warp n'était prêt.")
    expect(written(experiment(loop(3)), { machine: 'laptop' })[0]).toBe('On the pipeline of laptop.')
  })

  test('draws no conclusion that only the pipeline of the textbooks allows', () => {
    const conclusion = (name: string, pipeline: MachinePipeline) => {
      const found = processorExamples.find((example) => example.name === name)!
      return written(runExample(found, {}, 100_000, { name: 'mine', pipeline, simt: null })).join('\n')
    }
    expect(conclusion('stages', {})).toContain('One instruction after the other would take')
    expect(conclusion('stages', { latencies: { alu: 2 } })).not.toContain('One instruction after the other would take')
    expect(conclusion('hazards', {})).toContain('in spite of it')
    expect(conclusion('hazards', { memoryTiming: { kind: 'constant', cycles: 3 } })).not.toContain('in spite of it')
  })

  test.each(processorExamples)('$name is never wider than the terminal', (example) => {
    const ran = runExample(example, {}, 100_000)
    for (const columns of [30, 41, 64, 80, 120])
      for (const language of languages)
        for (const line of processorText(ran, makeStyle(language, false, columns)).split('\n'))
          expect(textWidth(line), line).toBeLessThanOrEqual(columns)
  })

  test('has the same words with colours as without', () => {
    for (const example of processorExamples) {
      const ran = runExample(example, {}, 100_000)
      const coloured = processorText(ran, makeStyle('en', true))
      expect(coloured).toContain('\u001b[')
      expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(processorText(ran, makeStyle('en')))
    }
  })
})

describe('A long run', () => {
  const part = /^cycles 1 to (\d+) of ([\d,]+); --cycles (\d+)-(\d+) shows the next ones$/

  test.each([20, 40, 80])('is shown from its beginning, as far as there is room on %i lines', (mostLines) => {
    for (const settings of [{}, { cores: 3 }, { lanes: 1 }]) {
      const of = experiment(loop(40), settings)
      const lines = written(of, { mostLines })
      const at = lines.findIndex((line) => part.test(line))
      expect(at, lines.join('\n')).toBeGreaterThan(0)
      expect(at).toBeLessThanOrEqual(mostLines)
      const [, to, , next] = part.exec(lines[at]!)!
      expect(Number(next)).toBe(Number(to) + 1)
      const more = written(of, { cycles: { from: 1, to: Number(to) + 1 } })
      expect(more.findIndex((line) => part.test(line))).toBeGreaterThan(mostLines)
    }
  })

  test('goes on where it says', () => {
    const of = experiment(loop(40))
    const [line] = written(of, { mostLines: 40 }).filter((text) => part.test(text))
    const [, , , from, to] = part.exec(line!)!
    const lines = written(of, { cycles: { from: Number(from), to: Number(to) } })
    expect(lines[0]).toMatch(new RegExp(`^cycle +${from} `))
    expect(lines.join('\n')).toContain(`cycles ${from} to ${to} of`)
  })

  test('is shown to its end where that is asked for', () => {
    const of = experiment(loop(40))
    const end = of.kind === 'pipelines' ? of.runs[0]!.processor.cycle : 0
    expect(written(of, { cycles: { from: end - 5, to: end + 500 } }).join('\n')).toContain(
      `cycles ${end - 5} to ${end} of ${end}`,
    )
    expect(written(of, { cycles: { from: 1, to: end } }).join('\n')).not.toContain('shows the next')
  })

  test('that never ends is said to have been stopped', () => {
    for (const settings of [{}, { lanes: 2 }])
      expect(written(experiment('again: jump again', settings, 300)).at(-1)).toBe(
        'Stopped after 300 cycles, the bound: it may never end. --max-cycles lets it go on.',
      )
  })
})

describe('What a run leaves behind', () => {
  test('is told: words of memory that are others now, and registers', () => {
    const text = written(experiment('data a: 1, 2\ndata b: 5\nset r3, 0.12345678\nstore r3, [a + 1]')).join('\n')
    expect(text).toContain('memory at the end: a 1 0.1235\n')
    expect(text).toContain('registers at the end: r3 0.1235')
    expect(text).not.toContain('b 5')
  })

  test('is cut where it is long', () => {
    expect(written(experiment(loop(40))).join('\n')).toContain('13 14 15 … 24 more')
  })

  test('of several cores is told core by core, of more than four only of the first', () => {
    const text = written(experiment('id r1\nadd r1, r1, 1', { cores: 6 })).join('\n')
    expect(text).toContain('Core 3\n')
    expect(text).not.toContain('Core 4\n')
    expect(text).toContain('cores 4 to 5 are not drawn')
    expect(text).toContain('registers of core 3 at the end: r1 4')
    expect(written(experiment('id r1', { cores: 5 })).join('\n')).toContain('core 4 is not drawn')
  })

  test('after a fault tells the access, also where there is no memory at all', () => {
    for (const settings of [{}, { lanes: 2 }]) {
      const text = written(experiment('load r1, [7]', settings)).join('\n')
      expect(text).toContain('✗ “load r1, [7]” reads word 7, but there are no words of memory: none are declared.')
    }
  })
})

describe('The list of instructions', () => {
  test('has each of them, with what it does, in both languages', () => {
    const lists = languages.map((language) => instructionLines(makeStyle(language)).join('\n'))
    for (const mnemonic of MNEMONICS) {
      expect(lists[0]).toMatch(new RegExp(`^  ${mnemonic}( |$)`, 'm'))
      expect(lists[0]).toContain(OPERATIONS[mnemonic].meaning.split(' ')[0])
      expect(lists[1]).toContain(instructionsInFrench[mnemonic].split(' ')[0])
    }
  })

  test('says of every instruction the same formula in French where it is one', () => {
    for (const mnemonic of MNEMONICS) {
      const { meaning } = OPERATIONS[mnemonic]
      if (/^[rv]\d = [rv]\d [+−×÷] [rv]\d$/.test(meaning)) expect(instructionsInFrench[mnemonic]).toBe(meaning)
    }
  })

  test('is never wider than the terminal, where that is not very narrow', () => {
    for (const columns of [60, 80])
      for (const language of languages)
        for (const line of instructionLines(makeStyle(language, false, columns)))
          expect(textWidth(line), line).toBeLessThanOrEqual(columns)
  })
})
