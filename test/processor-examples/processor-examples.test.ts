import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/engine/errors.js'
import { assemble } from '../../src/engine/simulate/processor/assembler.js'
import { type ProcessorExample, processorExamples } from '../../src/processor-examples/index.js'
import { type ProcessorExperiment, runExample, runStream } from '../../src/processor-examples/processor-experiment.js'
import { loadMachine } from '../../src/machine-files/load-machine.js'
import type { ProcessorSettings } from '../../src/processor-examples/processor-settings.js'

const PLENTY = 1_000_000

function example(name: string): ProcessorExample {
  return processorExamples.find((candidate) => candidate.name === name)!
}

function ran<Kind extends ProcessorExperiment['kind']>(
  name: string,
  kind: Kind,
  settings: ProcessorSettings = {},
): ProcessorExperiment & { readonly kind: Kind } {
  const experiment = runExample(example(name), settings, PLENTY)
  expect(experiment.kind).toBe(kind)
  return experiment as ProcessorExperiment & { readonly kind: Kind }
}

function cyclesOf(name: string, settings: ProcessorSettings = {}): number[] {
  return ran(name, 'pipelines', settings).runs.map(({ processor }) => processor.cycle)
}

describe('The examples of processors', () => {
  test('have names, titles and questions in both languages', () => {
    expect(processorExamples.map(({ name }) => name)).toEqual([
      'stages',
      'hazards',
      'branches',
      'flynn',
      'rotation',
      'divergence',
    ])
    for (const { title, question, rows } of processorExamples) {
      expect(title.en).not.toBe(title.fr)
      expect(question.en).toMatch(/\?$/)
      expect(question.fr).toMatch(/\?$/)
      expect(rows.length).toBeGreaterThan(0)
    }
  })

  test('stages: the first instruction takes five cycles, each of the seven others one more', () => {
    expect(cyclesOf('stages')).toEqual([5 + 7])
    // In pairs.
    expect(cyclesOf('stages', { width: 2 })).toEqual([5 + 3])
  })

  test('hazards: one cycle is lost with forwarding, twice three without', () => {
    const { runs } = ran('hazards', 'pipelines')
    expect(runs.map(({ processor }) => processor.account().lost.data)).toEqual([1, 6])
    expect(runs.map(({ processor }) => processor.cycle)).toEqual([5 + 3 + 1, 5 + 3 + 6])
    for (const { processor } of runs) expect(processor.memory[0]).toBe(2000 + 5000 - 1000)
  })

  test('branches: a wrong guess costs two cycles; one rule is wrong three times, the other once', () => {
    const { runs } = ran('branches', 'pipelines')
    expect(runs.map(({ processor }) => processor.account().mispredicted)).toEqual([3, 1])
    expect(runs.map(({ processor }) => processor.account().lost.control)).toEqual([6, 2])
    expect(runs.map(({ processor }) => processor.registers()[3])).toEqual([41, 41])
  })

  test('flynn: 30 four times in every class, with one vector operation instead of four', () => {
    const { comparison } = ran('flynn', 'flynn')
    const { SISD, SIMD, MISD, MIMD } = comparison.runs
    for (const { results } of [SISD, SIMD, MISD, MIMD]) expect(results).toEqual([30, 30, 30, 30])
    expect([SISD.operations, SIMD.operations]).toEqual([4, 1])
    expect(MISD.cycles).toBeGreaterThan(SISD.cycles)
    expect(MISD.startVote!().streams[0]!.name).toBe('vote')
  })

  test('flynn: takes the width of vectors and the number of cores', () => {
    const { comparison } = ran('flynn', 'flynn', { vectorWidth: 2, cores: 2, forwarding: false })
    const { SIMD, MIMD } = comparison.runs
    expect(SIMD.operations).toBe(2)
    expect(MIMD.streams.length).toBe(2)
    expect(SIMD.start().options).toMatchObject({ vectorWidth: 2, forwarding: false })
  })

  test('rotation: the layouts turn alike, and one touches twice as many lines', () => {
    const { runs, vertices } = ran('rotation', 'rotation')
    for (const { turned } of runs)
      turned.forEach(({ x, y }, i) => {
        expect(x).toBeCloseTo(0.8 * vertices[i]!.x, 9)
        expect(y).toBeCloseTo(0.6 * vertices[i]!.x, 9)
      })
    expect(runs.map(({ processor }) => processor.account().lines)).toEqual([8, 16])
    expect(runs.map(({ processor }) => processor.account().divergent)).toEqual([0, 0])
  })

  test('divergence: with as many ways as lanes the price comes near to the number of lanes', () => {
    const { runs } = ran('divergence', 'divergence')
    expect(runs.map(({ ways }) => ways)).toEqual([1, 2, 4, 8, 16, 32])
    const cycles = runs.map(({ processor }) => processor.cycle)
    // id, rem and store; for each way eight additions, and to all but the last one a branch and a jump.
    expect(cycles).toEqual(runs.map(({ ways }) => 3 + 8 * ways + 2 * (ways - 1)))
    expect(cycles.at(-1)! / cycles[0]!).toBeGreaterThan(28)
  })

  test('divergence: has no more ways than lanes', () => {
    const { runs, drawnWays } = ran('divergence', 'divergence', { lanes: 2 })
    expect(runs.map(({ ways }) => ways)).toEqual([1, 2])
    expect(drawnWays).toBe(2)
  })
})

describe('What is asked for', () => {
  test('leaves only the runs that are so', () => {
    expect(cyclesOf('hazards', { forwarding: false })).toEqual([14])
    expect(cyclesOf('branches', { prediction: 'backward-taken' })).toEqual([21])
    expect(cyclesOf('branches', { forwarding: false }).length).toBe(2)
  })

  test.each([
    ['stages', { lanes: 4 }, /--lanes means nothing for stages/],
    ['flynn', { threads: 4 }, /--threads means nothing for flynn/],
    ['rotation', { width: 2 }, /--width means nothing for rotation/],
    ['divergence', { forwarding: false }, /--no-forwarding means nothing for divergence/],
  ] as const)('of %s must be of its processor: %j is refused', (name, settings, message) => {
    expect(() => runExample(example(name), settings, PLENTY)).toThrow(message)
    expect(() => runExample(example(name), settings, PLENTY)).toThrow(UsageError)
  })

  test('decides on which processor a stream of one’s own runs', () => {
    const stream = assemble('space out: 8\nid r1\nstore r1, [r1 + out]')
    const cores = runStream(stream, { cores: 2 }, PLENTY)
    const lanes = runStream(stream, { lanes: 8 }, PLENTY)
    expect([cores.kind, lanes.kind]).toEqual(['pipelines', 'simt'])
    if (cores.kind === 'pipelines') expect([...cores.runs[0]!.processor.memory]).toEqual([0, 1, 0, 0, 0, 0, 0, 0])
    if (lanes.kind === 'simt') expect([...lanes.processor.memory]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(() => runStream(stream, { lanes: 8, width: 2 }, PLENTY)).toThrow(/--width means nothing/)
  })

  test('bounds the cycles', () => {
    const experiment = runStream(assemble('again: jump again'), {}, 50)
    if (experiment.kind === 'pipelines')
      expect(experiment.runs[0]!.processor).toMatchObject({ cycle: 50, status: 'running' })
    expect(experiment.kind).toBe('pipelines')
  })
})

describe('A machine', () => {
  const laptop = loadMachine('laptop')
  const pentium = loadMachine('pentium-4')
  const device = loadMachine('simt-device')
  const stream = assemble('space out: 512\nid r1\nstore r1, [r1 + out]')

  const pipelinesOf = (name: string, machine: typeof laptop, settings: ProcessorSettings = {}) => {
    const experiment = runExample(example(name), settings, PLENTY, machine)
    if (experiment.kind !== 'pipelines') throw new Error('it has no pipelines')
    return experiment.runs.map(({ processor }) => processor)
  }

  test('says what is not asked for of a pipeline; the runs of an example still differ in what they are about', () => {
    const [forwarding, without] = pipelinesOf('hazards', laptop)
    expect([forwarding!.options.forwarding, without!.options.forwarding]).toEqual([true, false])
    expect([forwarding!.options.width, forwarding!.options.redirectCycles]).toEqual([4, 11])
    expect(pipelinesOf('stages', laptop, { width: 2 })[0]!.options).toMatchObject({ width: 2, redirectCycles: 11 })
    const flynn = runExample(example('flynn'), {}, PLENTY, pentium)
    if (flynn.kind !== 'flynn') throw new Error('it is not of Flynn')
    expect(flynn.comparison.runs.SIMD.start().options).toMatchObject({ width: 3, vectorWidth: 4, redirectCycles: 18 })
  })

  test('with a long pipeline pays its wrong guesses with as many cycles as it says', () => {
    const [never] = pipelinesOf('branches', pentium)
    const [shorter] = pipelinesOf('branches', { ...pentium, pipeline: { ...pentium.pipeline, redirectCycles: 0 } })
    expect(never!.account().mispredicted).toBe(3)
    expect(never!.cycle - shorter!.cycle).toBe(3 * 18)
  })

  test('says what is not asked for of lanes', () => {
    const experiment = runExample(example('rotation'), { threads: 64 }, PLENTY, device)
    if (experiment.kind !== 'rotation') throw new Error('it turns nothing')
    const { options, memory } = experiment.runs[0]!.processor
    expect(options).toMatchObject({ lanes: 32, threads: 64, lineCycles: 17, latencies: { memory: 400, alu: 4 } })
    expect(memory.length).toBe(2 * 64)
    const diverged = runExample(example('divergence'), { lanes: 8 }, PLENTY, device)
    if (diverged.kind !== 'divergence') throw new Error('it does not diverge')
    expect(diverged.runs.map(({ ways }) => ways)).toEqual([1, 2, 4, 8])
    expect(diverged.runs[0]!.processor.account()).toMatchObject({ lanes: 8, threads: 512, warps: 64 })
  })

  test('with a SIMT device runs a stream of one’s own there, unless something of a pipeline is asked for', () => {
    expect(runStream(stream, {}, PLENTY, device)).toMatchObject({
      kind: 'simt',
      processor: { options: { threads: 512 } },
    })
    expect(runStream(stream, { cores: 2 }, PLENTY, device).kind).toBe('pipelines')
    expect(runStream(stream, { forwarding: false }, PLENTY, device).kind).toBe('pipelines')
    expect(runStream(stream, {}, PLENTY, laptop).kind).toBe('pipelines')
  })

  test('that has no such processor is refused', () => {
    const bare = { ...laptop, pipeline: null }
    expect(() => runExample(example('rotation'), {}, PLENTY, laptop)).toThrow(
      /“laptop” has no SIMT device, which rotation/,
    )
    expect(() => runStream(stream, { lanes: 8 }, PLENTY, laptop)).toThrow(UsageError)
    expect(() => runExample(example('flynn'), {}, PLENTY, bare)).toThrow(
      /“laptop” has no pipeline, which flynn runs on/,
    )
    expect(() => runStream(stream, {}, PLENTY, bare)).toThrow(UsageError)
  })
})
