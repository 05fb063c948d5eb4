import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { processorExamples } from '../../src/processor-examples/index.js'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { anything, listOf, number, object, oneOf, orNull, parseLine, text, whole } from './support/json.js'
import { entrelacs, type Run, shell } from './support/run.js'
import { hasTerminal, Terminal } from './support/terminal.js'
import { Workshop } from './support/workshop.js'

const workshop = new Workshop()

const LOOP = `data prices: 10, 15, 20, 25
space sums: 4
      set   r1, 0
next: load  r2, [r1 + prices]
      add   r2, r2, 1
      store r2, [r1 + sums]
      add   r1, r1, 1
      blt   r1, 4, next
`

/** The laptop with something of it written otherwise. */
function machineFile(before: string, after: string): string {
  return readFileSync(new URL('../../machines/laptop.yaml', import.meta.url), 'utf8').replace(before, after)
}

beforeAll(async () => {
  await ensureBuilt()
  workshop.write('loop.asm', LOOP)
  workshop.write('lanes.asm', 'space out: 64\nid r1\nstore r1, [r1 + out]\n')
  workshop.write('fault.asm', 'data a: 1\nset r1, 99\nload r2, [r1]\n')
  workshop.write('endless.asm', 'again: add r1, r1, 1\njump again\n')
  workshop.write('wrong.asm', 'set r1, 2\n  ad r1, r1, 1\n')
  workshop.write('empty.asm', '; nothing\n')
  workshop.write('machine.yaml', machineFile('width: 4', 'width: 2'))
  workshop.write('broken.yaml', machineFile('width: 4', 'width: 7'))
  workshop.write('program.ts', 'export default 1\n')
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

function processor(...args: string[]): Promise<Run> {
  return workshop.run(['processor', ...args])
}

describe('entrelacs processor', () => {
  test('lists the examples, with a line each, in both languages', async () => {
    const [english, french] = await Promise.all([processor(), processor('--lang', 'fr')])
    expect([english.code, french.code]).toEqual([0, 0])
    for (const { name, title } of processorExamples) {
      expect(english.stdout).toContain(`  ${name.padEnd(10)}  ${title.en}\n`)
      expect(french.stdout).toContain(`  ${name.padEnd(10)}  ${title.fr}\n`)
    }
  })

  test.each(processorExamples)('shows $name: the question, then the diagram', async ({ name, title, question }) => {
    const { code, stdout, stderr } = await processor(name)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const flat = stdout.replaceAll(/\s+/g, ' ')
    expect(flat.startsWith(title.en)).toBe(true)
    expect(flat).toContain(`Before you look: ${question.en}`)
    expect(stdout).toMatch(/^cycle +1 |^issue +lanes 0–31$/m)
  })

  test('assembles a file and tells where its cycles went', async () => {
    const { code, stdout } = await processor('loop.asm')
    expect(code).toBe(0)
    expect(stdout).toContain('memory at the end: sums 11 16 21 26')
    expect(stdout).toContain('35 cycles for 21 instructions')
    expect(stdout).toContain('4 for data, 6 after branches, 4 to fill and to drain')
  })

  test('runs a file on lanes, on cores, wider, without forwarding, with guesses', async () => {
    const [lanes, threads, cores, wide, slow, guessed] = await Promise.all([
      processor('lanes.asm', '--lanes', '8'),
      processor('lanes.asm', '--threads', '64'),
      processor('lanes.asm', '--cores', '2'),
      processor('loop.asm', '--width', '2'),
      processor('loop.asm', '--no-forwarding'),
      processor('loop.asm', '--prediction', 'backward-taken'),
    ])
    expect(lanes.stdout).toContain('lanes 0–7')
    expect(threads.stdout).toContain('the first of 2 warps')
    expect(cores.stdout).toContain('Core 1')
    expect(wide.stdout).toContain('empty places at EX')
    const cycles = [wide, slow, guessed].map(({ stdout }) => Number(/^(\d+) cycles for/m.exec(stdout)?.[1]))
    expect(cycles[0]).toBeLessThan(35)
    expect(cycles[1]).toBeGreaterThan(35)
    // Three wrong guesses cost two cycles each; the one of the other rule is the last one, behind which nothing follows.
    expect(cycles[2]).toBe(35 - 3 * 2)
  })

  test('shows the cycles that are asked for, with a letter for each stage', async () => {
    const { stdout } = await processor('loop.asm', '--cycles', '5-12', '--letters')
    expect(stdout).toMatch(/^cycle +5 +10$/m)
    expect(stdout).toContain('cycles 5 to 12 of 35; --cycles 13-20 shows the next ones')
    expect(stdout).toMatch(/^ 3 {2}add r2, r2, 1 +dEMW$/m)
  })

  test('takes pipelines and lanes from a machine, and says which', async () => {
    const [preset, file, narrow, lanes, pipeline, json, none] = await Promise.all([
      processor('loop.asm', '--machine', 'laptop'),
      processor('loop.asm', '--machine', 'machine.yaml', '--json'),
      processor('loop.asm', '--machine', 'laptop', '--width', '1', '--json'),
      processor('lanes.asm', '--machine', 'simt-device', '--threads', '64'),
      processor('lanes.asm', '--machine', 'simt-device', '--cores', '2'),
      processor('rotation', '--machine', 'simt-device', '--json'),
      processor('loop.asm', '--json'),
    ])
    expect(preset.stdout).toMatch(/^loop\.asm\n\nOn the pipeline of laptop\.\n\ncycle/)
    expect(parseLine(file.stdout)).toMatchObject({
      file: 'loop.asm',
      machine: 'laptop',
      runs: [{ processor: 'pipeline' }],
    })
    const cycles = [preset, narrow].map(({ stdout }) =>
      Number(/(\d+) cycles for|"cycles":(\d+)/.exec(stdout)?.slice(1).find(Boolean)),
    )
    expect(cycles[0]).toBeLessThan(cycles[1]!)
    expect(lanes.stdout).toContain('On the SIMT device of simt-device.')
    expect(lanes.stdout).toContain('the first of 2 warps')
    expect(pipeline.stdout).toContain('On the pipeline of simt-device.')
    expect(parseLine(json.stdout)).toMatchObject({ machine: 'simt-device', runs: [{ account: { warps: 16 } }, {}] })
    expect(parseLine(none.stdout)).not.toHaveProperty('machine')
  })

  test('lists the instructions that a file may be made of', async () => {
    const [english, french] = await Promise.all([
      processor('--instructions'),
      processor('--instructions', '--lang', 'fr'),
    ])
    expect(english.stdout).toMatch(/^ {2}blt r1, r2, next +go to the label if r1 < r2$/m)
    expect(french.stdout).toMatch(/^ {2}blt r1, r2, next +va à l'étiquette si r1 < r2$/m)
  })

  test('has help that says what its exit codes mean', async () => {
    const { code, stdout } = await processor('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('1 it stopped at an access outside of memory')
  })
})

describe('Its exit code', () => {
  test('is 1 where an access was outside of memory', async () => {
    const { code, stdout } = await processor('fault.asm')
    expect(code).toBe(1)
    expect(stdout).toContain('✗ “load r2, [r1]” reads word 99, but memory has the words 0 to 0.')
  })

  test('is 3 where the bound on cycles was reached', async () => {
    const { code, stdout } = await processor('endless.asm')
    expect(code).toBe(3)
    expect(stdout).toContain('Stopped after 100,000 cycles, the bound')
    expect((await processor('endless.asm', '--max-cycles', '50')).stdout).toContain('Stopped after 50 cycles')
  })

  const refused: readonly [what: string, args: string[], complaint: RegExp][] = [
    [
      'an instruction that there is not',
      ['wrong.asm'],
      /^error: wrong\.asm:2:3: there is no instruction called “ad”\n {2}did you mean add/,
    ],
    ['a file without instructions', ['empty.asm'], /^error: empty\.asm:1:1: there is no instruction in it/],
    ['a file that there is not', ['none.asm'], /there is no file none\.asm/],
    ['a folder', ['.'], /\. is no file/],
    ['a file of another language', ['program.ts'], /program\.ts is no file of the assembler\n.*entrelacs explore/],
    [
      'an example that there is not',
      ['flyn'],
      /there is no example “flyn”, and no such file\n {2}did you mean flynn\?/,
    ],
    ['no name at all', [''], /the name of the example is empty/],
    ['a width', ['stages', '--width', '5'], /whole number from 1 to 4/],
    ['lanes', ['rotation', '--lanes', '0'], /whole number from 1 to 1024/],
    ['a number of cores', ['flynn', '--cores', '17'], /whole number from 1 to 16/],
    ['the width of vectors', ['flynn', '--vector-width', 'wide'], /whole number from 1 to 64/],
    ['a rule', ['branches', '--prediction', 'always'], /Allowed choices are not-taken, backward-taken/],
    ['cycles', ['stages', '--cycles', '9'], /FROM-TO, such as 12-40/],
    [
      'cycles behind the end',
      ['stages', '--cycles', '13-20'],
      /cycle 13 is after the end: there are the cycles 1 to 12/,
    ],
    ['lanes of a pipeline', ['stages', '--lanes', '4'], /--lanes means nothing for stages.*\n {2}it takes --width/],
    ['a pipeline of lanes', ['lanes.asm', '--lanes', '4', '--width', '2'], /--width means nothing for lanes\.asm/],
    ['letters for lanes', ['rotation', '--letters'], /--letters means nothing/],
    [
      'lanes of a machine without',
      ['rotation', '--machine', 'laptop'],
      /machine “laptop” has no SIMT device.*\n.*simt-device/,
    ],
    ['a machine that there is not', ['stages', '--machine', 'abacus'], /there is no machine “abacus”/],
    [
      'a machine whose pipeline is too wide',
      ['stages', '--machine', 'broken.yaml'],
      /^error: broken\.yaml:\d+:12: processor\.pipeline\.width must be at most 4/,
    ],
    ['a machine of nothing', ['--machine', 'laptop'], /an example or a file is missing/],
    ['an option of nothing', ['--width', '2'], /an example or a file is missing/],
  ]
  test.each(refused.map(([what, args, complaint]) => ({ what, args, complaint })))(
    'is 2 for $what that is refused: $args',
    async ({ args, complaint }) => {
      const [plain, json] = await Promise.all([processor(...args), processor(...args, '--json')])
      expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code: 2, stdout: '' })
      expect(plain.stderr).toMatch(complaint)
      expect(json.code).toBe(2)
      expect(parseLine(json.stdout)).toMatchObject({
        schema: 1,
        error: { code: expect.stringMatching(/\//) as string },
      })
    },
  )

  test('tells the place of a fault of a file in JSON, too', async () => {
    const { stdout } = await processor('wrong.asm', '--json')
    expect(parseLine(stdout)).toMatchObject({
      error: { code: 'program/assembly', place: { file: 'wrong.asm', line: 2, column: 3 } },
    })
  })
})

const runShape = object({
  name: orNull(text),
  processor: oneOf('pipeline', 'simt'),
  status: oneOf('finished', 'fault', 'running'),
  cycles: whole,
  memory: listOf(object({ name: text, address: whole, values: listOf(number) })),
  diagrams: listOf(
    object({
      unit: text,
      places: listOf(text),
      from: whole,
      to: whole,
      instructions: listOf(
        object({ id: whole, text, cells: listOf(object({ cycle: whole, place: whole, stall: anything })) }),
      ),
      events: listOf(anything),
    }),
  ),
})

describe('With --json', () => {
  test('the list is one line', async () => {
    const { schema, examples } = parseLine((await processor('--json')).stdout)
    expect(schema).toBe(1)
    expect(examples).toEqual(
      processorExamples.map(({ name, rows, title, question }) => ({
        name,
        rows,
        title: title.en,
        question: question.en,
      })),
    )
  })

  test.each(processorExamples)('$name is one line, of the shape that is promised', async ({ name }) => {
    const { code, stdout, stderr } = await processor(name, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const report = parseLine(stdout)
    expect(report).toMatchObject({ schema: 1, example: name, file: null })
    expect(listOf(runShape)(report['runs'], 'runs')).toEqual([])
  })

  test('a file tells its runs, the cycles that are asked for, and what went wrong', async () => {
    const [part, fault] = await Promise.all([
      processor('loop.asm', '--json', '--cycles', '5-9'),
      processor('fault.asm', '--json'),
    ])
    expect(parseLine(part.stdout)).toMatchObject({
      example: null,
      file: 'loop.asm',
      runs: [
        {
          status: 'finished',
          cycles: 35,
          cores: [{ instructions: 21, lost: { data: 4, control: 6 } }],
          diagrams: [{ from: 5, to: 9 }],
        },
      ],
    })
    expect(fault.code).toBe(1)
    expect(parseLine(fault.stdout)).toMatchObject({ runs: [{ status: 'fault', fault: { kind: 'load', address: 99 } }] })
  })

  test('Flynn’s classes tell what they did in all, the vote included', async () => {
    const { runs } = parseLine((await processor('flynn', '--json')).stdout)
    expect(runs).toMatchObject([
      { name: 'SISD', total: { cycles: 24, operations: 4, results: [30, 30, 30, 30] } },
      { name: 'SIMD', total: { cycles: 9, operations: 1 } },
      { name: 'MISD', cycles: 28, total: { cycles: 64 } },
      { name: 'MIMD', total: { cycles: 9, operations: 4 } },
    ])
  })

  test('the instructions are a list', async () => {
    const { instructions } = parseLine((await processor('--instructions', '--json')).stdout)
    expect(instructions).toContainEqual({
      mnemonic: 'add',
      form: 'add r1, r2, r3',
      meaning: 'r1 = r2 + r3',
      unit: 'alu',
    })
  })
})

describe('Where its output goes', () => {
  test('may be a pipe that is closed early', async () => {
    const { stdout, stderr } = await shell('entrelacs processor flynn | head -1')
    expect(stderr).toBe('')
    expect(stdout).toBe('Four sums on the four classes of Flynn: SISD, SIMD, MISD, MIMD\n')
  })

  test('is the same anywhere: no terminal, no colours', async () => {
    const [here, there] = await Promise.all([processor('hazards'), entrelacs(['processor', 'hazards'])])
    expect(here).toEqual(there)
    expect(here.stdout).not.toContain('\u001b')
  })

  test.skipIf(!hasTerminal)('may be a small terminal: a part of a long run, and how to see the rest', async () => {
    const terminal = new Terminal(workshop.folder, 44, 16)
    try {
      await terminal.prepare()
      await terminal.run('entrelacs processor endless.asm --max-cycles 400')
      const screen = await terminal.shows(/^Stopped after 400 cycles/m)
      expect(screen.replaceAll(/\s+/g, ' ')).toMatch(/cycles 1 to \d+ of 400; --cycles \d+-\d+ shows the next ones/)
    } finally {
      terminal.close()
    }
  })
})
