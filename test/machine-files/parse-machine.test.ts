import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MachineFault } from '../../src/machine-files/machine-fault.js'
import { parseMachine } from '../../src/machine-files/parse-machine.js'

const LAPTOP = readFileSync(new URL('../../machines/laptop.yaml', import.meta.url), 'utf8')

function faultOf(text: string): MachineFault {
  try {
    parseMachine(text, 'mine.yaml')
  } catch (error) {
    if (error instanceof MachineFault) return error
    throw error
  }
  throw new Error('it was read as a machine')
}

/** The laptop with one thing written otherwise, and where that stands. */
function changed(
  before: string,
  after: string,
): { readonly text: string; readonly line: number; readonly column: number } {
  const at = LAPTOP.indexOf(before)
  if (at < 0) throw new Error(`the laptop has no ${before}`)
  const text = LAPTOP.slice(0, at) + after + LAPTOP.slice(at + before.length)
  const above = LAPTOP.slice(0, at).split('\n')
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

describe('A machine file is refused, with its place and what would be right:', () => {
  test.each(Object.entries(WRONG))('%s', (_what, [before, after, offset, said]) => {
    const { text, line, column } = changed(before, after)
    const fault = faultOf(text)
    expect(fault.code).toBe('machine/invalid')
    expect(fault.place).toMatchObject({ file: 'mine.yaml', line })
    expect(fault.place!.column).toBe(column + offset)
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
})
