import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { UsageError } from '../../src/engine/errors.js'
import { completePipelineOptions } from '../../src/engine/simulate/processor/pipeline-options.js'
import { completeSimtOptions } from '../../src/engine/simulate/processor/simt/simt-options.js'
import { MachineFault } from '../../src/machine-files/machine-fault.js'
import { parseMachine } from '../../src/machine-files/parse-machine.js'

const LAPTOP = readFileSync(new URL('../../machines/laptop.yaml', import.meta.url), 'utf8')
const DEVICE = readFileSync(new URL('../../machines/simt-device.yaml', import.meta.url), 'utf8')

function faultOf(text: string): MachineFault {
  try {
    parseMachine(text, 'mine.yaml')
  } catch (error) {
    if (error instanceof MachineFault) return error
    throw error
  }
  throw new Error('it was read as a machine')
}

/** A machine, the laptop if nothing is said, with one thing written otherwise, and where that stands. */
function changed(
  before: string,
  after: string,
  machine = LAPTOP,
): { readonly text: string; readonly line: number; readonly column: number } {
  const at = machine.indexOf(before)
  if (at < 0) throw new Error(`the machine has no ${before}`)
  const text = machine.slice(0, at) + after + machine.slice(at + before.length)
  const above = machine.slice(0, at).split('\n')
  return { text, line: above.length, column: above.at(-1)!.length + 1 }
}

/** What is written, what instead, the column of the place after the beginning of what is written, and what is said. */
const WRONG: Readonly<
  Record<string, readonly [before: string, after: string, offset: number, said: readonly string[]]>
> = {
  'an unknown key': ['  clock: 3.2 GHz', '  clok: 3.2 GHz', 2, ['clok', 'clock']],
  'a clock that stands still': ['clock: 3.2 GHz', 'clock: 0 GHz', 7, ['processor.clock', 'more than 0', '0 GHz']],
  'a bus that carries nothing': [
    'bus: { bandwidth: 50 GB/s',
    'bus: { bandwidth: 0 GB/s',
    18,
    ['memory.bus.bandwidth', 'more than 0'],
  ],
  'a disk that carries nothing': [
    'bandwidth: 2 GB/s',
    'bandwidth: 0 GB/s',
    11,
    ['devices.disk.bandwidth', 'more than 0'],
  ],
  'a negative latency': ['latency: 95 ns', 'latency: -95 ns', 9, ['memory.dram.latency', '-95 ns', '0 or more', 'us']],
  'a latency without a unit': ['latency: 95 ns', 'latency: 95', 9, ['memory.dram.latency', 'unit', 'ns']],
  'a cache that is no power of two': [
    'size: 16 MiB',
    'size: 15 MiB',
    6,
    ['memory.shared.size', 'power of two', '15 MiB', '1 MiB'],
  ],
  'ways that are no power of two': ['size: 1 MiB, ways: 8', 'size: 1 MiB, ways: 6', 19, ['ways', '6', '1, 2, 4, 8']],
  'zero cores': ['cores: 8', 'cores: 0', 7, ['processor.cores', 'at least 1']],
  'too many cores': ['cores: 8', 'cores: 5000', 7, ['processor.cores', '1024']],
  'half a core': ['cores: 8', 'cores: 1.5', 7, ['processor.cores', 'whole number']],
  'a nearer cache that is slower': ['latency: 14', 'latency: 3', 9, ['latency', 'nearer']],
  'an unknown policy': ['policy: eevdf', 'policy: fair', 8, ['fair', 'eevdf', 'round-robin', 'lottery']],
  'an unknown parameter of a policy': [
    'policy: eevdf',
    'policy: { name: round-robin, quantun: 4 ms }',
    8,
    ['quantun', 'quantum'],
  ],
  'a wrong parameter of a policy': [
    'policy: eevdf',
    'policy: { name: round-robin, quantum: 4 apples }',
    8,
    ['quantum'],
  ],
  'an unknown mapping': ["mapping: '1:1'", "mapping: '2:1'", 9, ['mapping', '1:1', 'N:1', 'M:N', 'virtual-threads']],
}

/** The same of pipelines and SIMT devices. */
const WRONG_PROCESSORS: Readonly<
  Record<string, readonly [before: string, after: string, offset: number, said: readonly string[]]>
> = {
  'a pipeline that is too wide': ['    width: 4', '    width: 5', 11, ['processor.pipeline.width', 'at most 4']],
  'half an instruction in a cycle': [
    '    width: 4',
    '    width: 0.5',
    11,
    ['processor.pipeline.width', 'whole number'],
  ],
  'forwarding that is neither true nor false': ['forwarding: true', 'forwarding: often', 12, ['true or false']],
  'an unknown key of a pipeline': ['    width: 4', '    widht: 4', 4, ['widht', 'width', 'redirect-cycles']],
  'a unit that there is not': ['{ alu: 1, multiply: 3', '{ adder: 1, multiply: 3', 2, ['adder', 'alu', 'divide']],
  'a unit that takes no time': ['{ alu: 1, multiply: 3', '{ alu: 0, multiply: 3', 7, ['latencies.alu', 'at least 1']],
  'a unit that works for too long': ['divide: 12', 'divide: 1001', 8, ['latencies.divide', 'at most 1000']],
  'an unknown unit that is pipelined': ['[multiply, reduce]', '[adder]', 1, ['pipelined.0', 'alu', 'multiply']],
  'one unit where a list belongs': ['[multiply, reduce]', 'multiply', 0, ['pipelined', 'a list']],
  'a rule of prediction that there is not': ['backward-taken', 'perfect', 0, ['prediction', 'not-taken']],
  'a stage where no branch resolves': ['resolve-in: execute', 'resolve-in: fetch', 12, ['decode', 'execute', 'memory']],
  'fewer than no cycles': ['redirect-cycles: 11', 'redirect-cycles: -1', 17, ['redirect-cycles', 'at least 0']],
  'a cache without ways': ['line-words: 16, ways: 8', 'line-words: 16, ways: 0', 22, ['data-cache.ways', 'at least 1']],
  'two answers to how long memory takes': [
    'memory-ports: 4',
    'memory-cycles: 2',
    15,
    ['memory-cycles', 'left out', 'data-cache'],
  ],
  'vectors that are too long': ['vector-width: 8', 'vector-width: 65', 14, ['vector-width', 'at most 64']],
  'too many lanes': ['  lanes: 32', '  lanes: 1025', 9, ['simt.lanes', 'at most 1024']],
  'no threads': ['  threads: 512', '  threads: 0', 11, ['simt.threads', 'at least 1']],
  'an unknown key of a SIMT device': ['  threads: 512', '  warps: 16', 2, ['warps', 'lanes', 'threads', 'line-words']],
  'an unknown unit of a SIMT device': ['    branch: 8', '    jump: 8', 4, ['jump', 'branch']],
  'a SIMT device without lines': ['line-words: 32', 'line-words: 0', 12, ['simt.line-words', 'at least 1']],
}

describe('A machine file is refused, with its place and what would be right:', () => {
  test.each(Object.entries(WRONG))('%s', (_what, [before, after, offset, said]) => {
    const { text, line, column } = changed(before, after)
    const fault = faultOf(text)
    expect(fault.code).toBe('machine/invalid')
    expect(fault.place).toMatchObject({ file: 'mine.yaml', line })
    expect(fault.place!.column).toBe(column + offset)
    for (const word of said) expect(`${fault.message} ${fault.hint}`).toContain(word)
  })

  test.each(Object.entries(WRONG_PROCESSORS))('%s', (_what, [before, after, offset, said]) => {
    const { text, line, column } = changed(before, after, DEVICE)
    const fault = faultOf(text)
    expect(fault.code).toBe('machine/invalid')
    expect(fault.place).toEqual({ file: 'mine.yaml', line, column: column + offset })
    for (const word of said) expect(`${fault.message} ${fault.hint}`).toContain(word)
  })

  test('with inheritance that is neither true nor false', () => {
    const { text, line } = changed('system:', 'system:\n  inheritance: maybe')
    expect(faultOf(text)).toMatchObject({ place: { line: line + 1, column: 16 } })
    expect(faultOf(text).message).toBe('system.inheritance must be true or false')
  })

  test('without a section', () => {
    const fault = faultOf(LAPTOP.replace(/pickling: .*\n/, ''))
    expect(`${fault.code} ${fault.message}`).toBe('machine/invalid pickling is missing')
    expect(fault.place).toMatchObject({ file: 'mine.yaml' })
  })

  test('that has neither a bus nor nodes', () => {
    expect(faultOf(LAPTOP.replace(/ {2}bus: .*\n/, '')).message).toMatch(/bus or numa/)
  })

  test('that is no YAML', () => {
    const { text, line } = changed('  cores: 8', '  cores: [8')
    const fault = faultOf(text)
    expect(fault.code).toBe('machine/not-yaml')
    expect(fault.place!.file).toBe('mine.yaml')
    expect(fault.place!.line).toBeGreaterThanOrEqual(line)
  })

  test.each(['', '- a', 'laptop', '42'])('that is no mapping: %j', (text) => {
    expect(faultOf(text).code).toBe('machine/invalid')
  })

  test('whose nodes have other cores than the processor', () => {
    const numa = readFileSync(new URL('../../machines/numa-server.yaml', import.meta.url), 'utf8')
    const fault = faultOf(numa.replace('nodes: [16, 16]', 'nodes: [16, 8]'))
    expect(fault.message).toMatch(/nodes.*32.*24/)
    expect(fault.place!.line).toBe(numa.split('\n').findIndex((line) => line.includes('nodes: [16, 16]')) + 1)
  })
})

describe('A machine file says', () => {
  test('whether priorities are inherited: not unless it says so', () => {
    expect(parseMachine(LAPTOP, 'mine.yaml').os.inheritance).toBe(false)
    expect(
      parseMachine(changed('call: 150 ns', 'call: 150 ns\n  inheritance: true').text, 'mine.yaml').os.inheritance,
    ).toBe(true)
  })

  test('what its pipeline and its SIMT device are like, as the engine calls it', () => {
    const { pipeline, simt } = parseMachine(DEVICE, 'mine.yaml')
    expect(pipeline).toEqual({
      width: 4,
      forwarding: true,
      latencies: { alu: 1, multiply: 3, divide: 12, reduce: 6, branch: 1, memory: 1 },
      pipelined: ['multiply', 'reduce'],
      prediction: 'backward-taken',
      branchesResolveIn: 'execute',
      redirectCycles: 11,
      memoryTiming: { kind: 'cache', lineWords: 16, ways: 8, sets: 64, hitCycles: 3, missCycles: 10 },
      memoryPorts: 4,
      sharedPort: false,
      vectorWidth: 8,
    })
    expect(simt).toEqual({
      lanes: 32,
      threads: 512,
      latencies: { alu: 4, multiply: 5, divide: 40, branch: 8, memory: 400 },
      lineWords: 32,
      lineCycles: 17,
    })
  })

  test('nothing of pipelines and SIMT devices, if it likes; and of each only what it likes', () => {
    expect(parseMachine(withProcessors(undefined, undefined), 'mine.yaml')).toMatchObject({
      pipeline: null,
      simt: null,
    })
    expect(parseMachine(withProcessors({}, {}), 'mine.yaml')).toMatchObject({ pipeline: {}, simt: {} })
    expect(parseMachine(withProcessors({ 'memory-cycles': 7 }, {}), 'mine.yaml').pipeline).toEqual({
      memoryTiming: { kind: 'constant', cycles: 7 },
    })
  })
})

/** A machine file, as JSON, which is YAML, too. */
function withProcessors(pipeline: object | undefined, simt: object | undefined): string {
  const file = parse(LAPTOP) as { readonly processor: object }
  return JSON.stringify({ ...file, processor: { ...file.processor, pipeline }, simt })
}

function isAccepted(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}

const CACHE = { 'line-words': 16, ways: 1, sets: 1, 'hit-cycles': 1, 'miss-cycles': 1 }
const SMALL = { kind: 'cache', lineWords: 16, ways: 1, sets: 1, hitCycles: 1, missCycles: 1 } as const

/** A number: how it is written in a file, what it is in the engine's options, and the most that it may be. */
type Bound = readonly [written: (value: number) => object, meant: (value: number) => object, most: number]

const inCache = (written: string, meant: string, most: number): Bound => [
  (value) => ({ 'data-cache': { ...CACHE, [written]: value } }),
  (value) => ({ memoryTiming: { ...SMALL, [meant]: value } }),
  most,
]
const same = (written: string, meant: string, most: number): Bound => [
  (value) => ({ [written]: value }),
  (value) => ({ [meant]: value }),
  most,
]
const latency = (unit: string, most: number): Bound => [
  (value) => ({ latencies: { [unit]: value } }),
  (value) => ({ latencies: { [unit]: value } }),
  most,
]

const PIPELINE_BOUNDS: Readonly<Record<string, Bound>> = {
  width: same('width', 'width', 4),
  latencies: latency('divide', 1000),
  'redirect-cycles': same('redirect-cycles', 'redirectCycles', 1000),
  'memory-cycles': [
    (value) => ({ 'memory-cycles': value }),
    (value) => ({ memoryTiming: { kind: 'constant', cycles: value } }),
    1000,
  ],
  'data-cache.line-words': inCache('line-words', 'lineWords', 1024),
  'data-cache.ways': inCache('ways', 'ways', 64),
  'data-cache.sets': inCache('sets', 'sets', 65_536),
  'data-cache.hit-cycles': inCache('hit-cycles', 'hitCycles', 1000),
  'data-cache.miss-cycles': inCache('miss-cycles', 'missCycles', 1000),
  'memory-ports': same('memory-ports', 'memoryPorts', 4),
  'vector-width': same('vector-width', 'vectorWidth', 64),
}

const SIMT_BOUNDS: Readonly<Record<string, Bound>> = {
  lanes: same('lanes', 'lanes', 1024),
  threads: same('threads', 'threads', 1 << 20),
  latencies: latency('memory', 100_000),
  'line-words': same('line-words', 'lineWords', 4096),
  'line-cycles': same('line-cycles', 'lineCycles', 100_000),
  'memory-words': same('memory-words', 'memoryWords', 1 << 26),
}

describe('A machine file accepts what the engine accepts:', () => {
  const accepted = (most: number, isGood: (value: number) => boolean) =>
    [-1, 0, 1, 1.5, most, most + 1].filter((value) => isGood(value))

  test.each(Object.entries(PIPELINE_BOUNDS))('%s of a pipeline', (_what, [written, meant, most]) => {
    const byFile = accepted(most, (value) =>
      isAccepted(() => parseMachine(withProcessors(written(value), undefined), 'mine.yaml')),
    )
    expect(byFile).toEqual(accepted(most, (value) => isAccepted(() => completePipelineOptions(meant(value)))))
    expect(byFile.at(-1)).toBe(most)
  })

  test.each(Object.entries(SIMT_BOUNDS))('%s of a SIMT device', (_what, [written, meant, most]) => {
    const byFile = accepted(most, (value) =>
      isAccepted(() => parseMachine(withProcessors(undefined, written(value)), 'mine.yaml')),
    )
    expect(byFile).toEqual(accepted(most, (value) => isAccepted(() => completeSimtOptions(meant(value)))))
    expect(byFile.at(-1)).toBe(most)
  })
})
