import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../src/engine/errors.js'
import { assemble } from '../../../../src/engine/simulate/processor/assembler.js'
import { recordExecution } from '../../../../src/engine/simulate/processor/execution-record.js'
import { ONE_CYCLE, type PipelineOptions } from '../../../../src/engine/simulate/processor/pipeline-options.js'
import {
  PipelinedProcessor,
  type PipelinedProcessorOptions,
} from '../../../../src/engine/simulate/processor/pipelined-processor.js'

const textbook: PipelineOptions = { latencies: ONE_CYCLE }

function finished(text: string, options: PipelinedProcessorOptions = {}): PipelinedProcessor {
  const processor = new PipelinedProcessor(assemble(text), { ...textbook, memoryWords: 64, ...options })
  expect(processor.run(10_000)).toBe('finished')
  return processor
}

/** The row of each instruction as text: `IF ID id EX ME WB`, beginning in the cycle in which it is fetched. */
function rows(processor: PipelinedProcessor, unit = 0): string[] {
  const record = recordExecution(processor, { unit })
  return record.instructions.map(({ cells, droppedIn }) => {
    const stages = cells.map(({ place, stall }) =>
      stall === null ? record.places[place] : record.places[place].toLowerCase(),
    )
    return `${cells[0].cycle}: ${[...stages, ...(droppedIn === null ? [] : ['××'])].join(' ')}`
  })
}

describe('By hand, with forwarding:', () => {
  test('two independent instructions take 2 + 5 − 1 = 6 cycles', () => {
    const processor = finished('set r1, 1\nset r2, 2')
    expect(processor.cycle).toBe(6)
    expect(rows(processor)).toEqual(['1: IF ID EX ME WB', '2: IF ID EX ME WB'])
  })

  test('an addition goes straight on to the next one: no cycle is lost', () => {
    const processor = finished('set r1, 1\nadd r2, r1, r1\nadd r3, r2, r1')
    expect(processor.cycle).toBe(7)
    expect(processor.account().lost.data).toBe(0)
    expect(processor.registers()[3]).toBe(3)
  })

  test('what is loaded comes a cycle too late for the next instruction: one stall, for the register, behind the load', () => {
    const processor = finished('load r1, [0]\nadd r2, r1, 1\nset r3, 1')
    expect(processor.cycle).toBe(3 + 4 + 1)
    expect(rows(processor)).toEqual(['1: IF ID EX ME WB', '2: IF ID id EX ME WB', '3: IF if ID EX ME WB'])
    const { instructions } = recordExecution(processor)
    expect(instructions[1].cells[2].stall).toEqual({ kind: 'data', register: 'r1', by: 1 })
    expect(instructions[2].cells[1].stall).toEqual({ kind: 'behind', by: 2 })
  })

  test('an instruction between the load and its use hides that cycle', () => {
    const processor = finished('load r1, [0]\nset r3, 1\nadd r2, r1, 1')
    expect(processor.cycle).toBe(3 + 4)
  })

  test('a store needs what it stores only in ME: what was just loaded is stored without a stall', () => {
    const processor = finished('data x: 7\nspace y: 1\nload r1, [x]\nstore r1, [y]')
    expect(processor.cycle).toBe(2 + 4)
    expect([...processor.memory.subarray(0, 2)]).toEqual([7, 7])
  })

  test('a store whose address was just loaded waits as others do', () => {
    expect(finished('load r1, [0]\nstore r2, [r1 + 1]').cycle).toBe(2 + 4 + 1)
  })

  test('the classic five: load, then sub, and, or, that all need it: 4 instructions + 4 + 1 stall = 9 cycles', () => {
    expect(finished('load r1, [r2]\nsub r4, r1, r5\nmin r6, r1, r7\nmax r8, r1, r9').cycle).toBe(9)
  })

  test('a = b + e; c = b + f, as written: 7 instructions, 2 load-use stalls, 13 cycles; with the third load moved up: 11', () => {
    const data = 'data b: 1\ndata e: 2\ndata f: 3\nspace a: 1\nspace c: 1\n'
    const written = finished(
      `${data}load r1, [b]\nload r2, [e]\nadd r3, r1, r2\nstore r3, [a]\nload r4, [f]\nadd r5, r1, r4\nstore r5, [c]`,
    )
    const reordered = finished(
      `${data}load r1, [b]\nload r2, [e]\nload r4, [f]\nadd r3, r1, r2\nstore r3, [a]\nadd r5, r1, r4\nstore r5, [c]`,
    )
    expect([written.cycle, written.account().lost.data]).toEqual([13, 2])
    expect([reordered.cycle, reordered.account().lost.data]).toEqual([11, 0])
    expect([...reordered.memory.subarray(3, 5)]).toEqual([3, 4])
  })
})

describe('By hand, without forwarding:', () => {
  const options = { forwarding: false }

  test('the next instruction reads the register in the cycle in which it is written: two stalls', () => {
    const processor = finished('set r1, 1\nadd r2, r1, 1', options)
    expect(processor.cycle).toBe(2 + 4 + 2)
    expect(rows(processor)).toEqual(['1: IF ID EX ME WB', '2: IF ID id id EX ME WB'])
  })

  test('one instruction in between leaves one stall, two leave none', () => {
    expect(finished('set r1, 1\nset r3, 1\nadd r2, r1, 1', options).cycle).toBe(3 + 4 + 1)
    expect(finished('set r1, 1\nset r3, 1\nset r4, 1\nadd r2, r1, 1', options).cycle).toBe(4 + 4)
  })

  test('a load costs the next instruction as much as an addition: two stalls', () => {
    expect(finished('load r1, [0]\nadd r2, r1, 1', options).cycle).toBe(2 + 4 + 2)
  })

  test('a store waits for what it stores, too', () => {
    expect(finished('set r1, 1\nstore r1, [0]', options).cycle).toBe(2 + 4 + 2)
  })

  test('sub r2; and, or, add, store, of which the first two need r2: 5 + 4 + 2 = 11 cycles', () => {
    const text = 'sub r2, r1, r3\nmin r12, r2, r5\nmax r13, r6, r2\nadd r14, r2, r2\nstore r15, [r2 + 10]'
    expect(finished(text, options).cycle).toBe(11)
    expect(finished(text).cycle).toBe(9)
  })
})

describe('By hand, at branches:', () => {
  const taken = 'set r1, 1\nset r3, 0\nset r4, 0\nbeq r1, 1, on\nset r2, 1\nset r2, 2\nset r2, 3\non: set r3, 1'

  test('one that is not taken costs nothing', () => {
    expect(finished('set r1, 1\nset r3, 0\nset r4, 0\nbeq r1, 2, on\nset r2, 1\non: set r3, 1').cycle).toBe(6 + 4)
  })

  test.each([
    ['decode', 1],
    ['execute', 2],
    ['memory', 3],
  ] as const)('one that is taken, as is found in %s, has fetched %i in vain', (branchesResolveIn, penalty) => {
    const processor = finished(taken, { branchesResolveIn })
    expect(processor.cycle).toBe(5 + 4 + penalty)
    expect(processor.account().lost.control).toBe(penalty)
    expect(rows(processor).filter((row) => row.endsWith('××'))).toHaveLength(penalty)
    expect(processor.registers().slice(2, 4)).toEqual([0, 1])
  })

  test('a deeper pipeline that fetches 3 cycles later loses 2 + 3', () => {
    expect(finished(taken, { redirectCycles: 3 }).cycle).toBe(5 + 4 + 5)
  })

  test('a jump is found in ID: one instruction in vain', () => {
    const processor = finished('jump on\nset r1, 1\non: set r2, 1')
    expect(processor.cycle).toBe(2 + 4 + 1)
    expect(rows(processor)).toEqual(['1: IF ID EX ME WB', '2: IF ××', '3: IF ID EX ME WB'])
  })

  test('a branch that compares in ID waits one cycle for an addition and two for a load, or one fewer for each instruction between', () => {
    const branch = 'beq r1, 5, on\non: nop'
    const options = { branchesResolveIn: 'decode' } as const
    expect(finished(`set r1, 1\n${branch}`, options).cycle).toBe(3 + 4 + 1)
    expect(finished(`load r1, [0]\n${branch}`, options).cycle).toBe(3 + 4 + 2)
    expect(finished(`load r1, [0]\nnop\n${branch}`, options).cycle).toBe(4 + 4 + 1)
    expect(finished(`load r1, [0]\nnop\nnop\n${branch}`, options).cycle).toBe(5 + 4)
  })

  const loop = 'set r1, 10\nagain: sub r1, r1, 1\nnop\nbgt r1, 0, again\nnop'
  test('a loop of 10 turns loses 2 cycles in 9 of them if no branch is expected to be taken: 1 + 30 + 1 + 4 + 18', () => {
    const processor = finished(loop)
    expect(processor.cycle).toBe(1 + 30 + 1 + 4 + 18)
    expect(processor.account()).toMatchObject({ branches: 10, mispredicted: 9, instructions: 32 })
  })

  test('it loses 2 cycles, once, at its end, if branches back are expected to be taken', () => {
    const processor = finished(loop, { prediction: 'backward-taken' })
    expect(processor.cycle).toBe(1 + 30 + 1 + 4 + 2)
    expect(processor.account()).toMatchObject({ branches: 10, mispredicted: 1 })
  })
})

describe('By hand, where things are in use:', () => {
  test('a division that takes 8 cycles keeps the next instruction out of EX for 7', () => {
    const processor = finished('div r1, r2, 3\nset r3, 1', { latencies: { ...ONE_CYCLE, divide: 8 } })
    expect(processor.cycle).toBe(2 + 4 + 7)
    expect(processor.account().lost.structural).toBe(7)
    const { instructions } = recordExecution(processor)
    expect(instructions[1].cells[2].stall).toEqual({ kind: 'structural', resource: 'execute', by: 1 })
  })

  test('three multiplications of 3 cycles take 2 cycles more if the unit is pipelined, 6 if it is not', () => {
    const text = 'mul r1, r1, r1\nmul r2, r2, r2\nmul r3, r3, r3'
    const latencies = { ...ONE_CYCLE, multiply: 3 }
    expect(finished(text, { latencies }).cycle).toBe(3 + 4 + 2)
    expect(finished(text, { latencies, pipelined: [] }).cycle).toBe(3 + 4 + 6)
  })

  test('with one port for instructions and data, a load keeps the fourth instruction from being fetched', () => {
    const text = 'load r1, [0]\nset r2, 1\nset r3, 1\nset r4, 1'
    expect(finished(text).cycle).toBe(8)
    const processor = finished(text, { sharedPort: true })
    expect(processor.cycle).toBe(9)
    expect(rows(processor).at(-1)).toBe('5: IF ID EX ME WB')
    expect(recordExecution(processor).events).toEqual([{ kind: 'no-fetch', because: 'structural', by: 1, cycle: 4 }])
    expect(processor.account().lost).toMatchObject({ structural: 1, ends: 4 })
  })

  test('memory that takes 10 cycles holds everything up for 9, and says so', () => {
    const processor = finished('load r1, [0]\nset r2, 1\nset r3, 1', { memoryTiming: { kind: 'constant', cycles: 10 } })
    expect(processor.cycle).toBe(3 + 4 + 9)
    expect(processor.account().lost).toMatchObject({ memory: 9, structural: 0, data: 0 })
    const { instructions } = recordExecution(processor)
    expect(instructions[0].cells[4].stall).toEqual({ kind: 'memory', by: 1 })
    expect(instructions[2].cells[4].stall).toEqual({ kind: 'memory', by: 1 })
  })

  test('who needs what is loaded waits one cycle for the data and the other nine for memory', () => {
    const processor = finished('load r1, [0]\nadd r2, r1, 1', { memoryTiming: { kind: 'constant', cycles: 10 } })
    expect(processor.cycle).toBe(2 + 4 + 10)
    expect(processor.account().lost).toMatchObject({ data: 1, memory: 9 })
  })
})

describe('By hand, with more than one place in each stage:', () => {
  test('six independent instructions need ⌈6 ÷ 2⌉ + 4 cycles, two at a time', () => {
    const text = Array.from({ length: 6 }, (_, i) => `set r${i + 1}, ${i}`).join('\n')
    const processor = finished(text, { width: 2 })
    expect(processor.cycle).toBe(7)
    expect(rows(processor).map((row) => row.slice(0, 2))).toEqual(['1:', '1:', '2:', '2:', '3:', '3:'])
  })

  test('two that depend on each other cannot go into EX together', () => {
    const processor = finished('set r1, 1\nadd r2, r1, 1', { width: 2 })
    expect(processor.cycle).toBe(6)
    expect(rows(processor)).toEqual(['1: IF ID EX ME WB', '1: IF ID id EX ME WB'])
  })

  test('two loads together need two ports', () => {
    const text = 'load r1, [0]\nload r2, [1]'
    expect(finished(text, { width: 2 }).cycle).toBe(6)
    expect(finished(text, { width: 2, memoryPorts: 2 }).cycle).toBe(5)
    const { instructions } = recordExecution(finished(text, { width: 2 }))
    expect(instructions[1].cells[3].stall).toEqual({ kind: 'structural', resource: 'memory-port', by: 1 })
  })

  test('a branch that is taken drops what came with it: at width 4, found in EX, 3 beside it and 8 behind it', () => {
    const processor = finished(`beq r0, 0, end\n${'set r1, 1\n'.repeat(20)}end: set r2, 1`, { width: 4 })
    const dropped = recordExecution(processor).events.flatMap((event) =>
      event.kind === 'wrong-path' ? [event.dropped.length] : [],
    )
    expect(dropped).toEqual([11])
    expect(processor.registers().slice(1, 3)).toEqual([0, 1])
  })

  test('twice the width does not make a chain of additions faster', () => {
    const chain = 'add r1, r1, 1\n'.repeat(10)
    expect(finished(chain, { width: 4 }).cycle).toBe(finished(chain).cycle)
  })
})

describe('A cache', () => {
  const cache = { kind: 'cache', lineWords: 4, ways: 1, sets: 2, hitCycles: 1, missCycles: 9 } as const

  test('is missed once a line: 8 words in 2 lines cost 2 × 9 cycles', () => {
    const text = Array.from({ length: 8 }, (_, i) => `load r1, [${i}]`).join('\n')
    const processor = finished(text, { memoryTiming: cache })
    expect(processor.cycle).toBe(8 + 4 + 18)
    expect(processor.look().units[0].counters).toMatchObject({ hits: 6, misses: 2, memory: 18 })
  })

  test('with one way throws out what lies as far away as it is large, with two it does not', () => {
    const text = 'load r1, [0]\nload r1, [8]\nload r1, [0]\nload r1, [8]'
    const misses = (ways: number) =>
      finished(text, { memoryTiming: { ...cache, ways } }).look().units[0].counters['misses']
    expect([misses(1), misses(2)]).toEqual([4, 2])
  })

  test('throws out what was used least recently', () => {
    const text = 'load r1, [0]\nload r1, [8]\nload r1, [0]\nload r1, [16]\nload r1, [0]\nload r1, [8]'
    expect(finished(text, { memoryTiming: { ...cache, ways: 2 } }).look().units[0].counters).toMatchObject({
      hits: 2,
      misses: 4,
    })
  })

  test('is asked for every line that a vector touches', () => {
    const counters = (text: string) => finished(text, { memoryTiming: cache }).look().units[0].counters
    expect(counters('vload v1, [0]')).toMatchObject({ hits: 0, misses: 1 })
    expect(counters('vload v1, [2]')).toMatchObject({ hits: 0, misses: 2 })
  })

  test('may be somebody else’s', () => {
    const asked: string[] = []
    const timing = {
      access: (address: number, words: number, isStore: boolean) => {
        asked.push(`${isStore ? 'store' : 'load'} ${address} ${words}`)
        return 5
      },
      save: () => null,
      restore: () => undefined,
      counters: { mine: 1 },
    }
    const processor = finished('load r1, [3]\nvstore v1, [4]', { memoryTiming: { kind: 'custom', make: () => timing } })
    expect(asked).toEqual(['load 3 1', 'store 4 4'])
    expect(processor.cycle).toBe(2 + 4 + 8)
    expect(processor.look().units[0].counters['mine']).toBe(1)
  })
})

describe('A pipeline', () => {
  test('stops at an access outside of memory when all before it is done and nothing after it', () => {
    const processor = new PipelinedProcessor(
      assemble('space x: 2\nset r1, 1\nstore 5, [x]\nload r2, [r1 + 1]\nset r1, 2\nstore 6, [x + 1]'),
    )
    expect(processor.run()).toBe('fault')
    expect(processor.fault).toEqual({ kind: 'load', address: 2, words: 1, memoryWords: 2, unit: 0, instruction: 2 })
    expect([...processor.memory]).toEqual([5, 0])
    expect(processor.registers()[1]).toBe(1)
    expect(processor.step()).toBe(false)
  })

  test('keeps a store from memory that is in ME beside such an access', () => {
    const processor = new PipelinedProcessor(assemble('space x: 2\nload r1, [x + 9]\nstore 5, [x]'), {
      width: 2,
      memoryPorts: 2,
    })
    expect(processor.run()).toBe('fault')
    expect([...processor.memory]).toEqual([0, 0])
  })

  test('does not mind such an access on the wrong path', () => {
    const processor = finished('beq r0, 0, on\nload r1, [1000]\non: set r2, 1', {
      width: 4,
      branchesResolveIn: 'memory',
    })
    expect(processor.registers()[2]).toBe(1)
  })

  test('has nothing to do for a stream without instructions', () => {
    const processor = new PipelinedProcessor(assemble(''))
    expect([processor.status, processor.cycle, processor.step()]).toEqual(['finished', 0, false])
  })

  test.each([
    [{ width: 5 }, /width cannot be 5: give a whole number from 1 to 4/],
    [{ latencies: { multiply: 0 } }, /latencies\.multiply cannot be 0/],
    [{ latencies: { magic: 1 } as object }, /latencies\.magic cannot be magic: there are alu/],
    [{ prediction: 'always' as 'not-taken' }, /prediction cannot be always: there are not-taken, backward-taken/],
    [{ branchesResolveIn: 'fetch' as 'decode' }, /branchesResolveIn cannot be fetch/],
    [{ redirectCycles: -1 }, /redirectCycles cannot be -1/],
    [{ memoryPorts: 0 }, /memoryPorts/],
    [{ vectorWidth: 1.5 }, /vectorWidth cannot be 1\.5/],
    [{ pipelined: ['adder' as 'alu'] }, /pipelined cannot be adder/],
    [{ memoryTiming: { kind: 'constant' as const, cycles: 0 } }, /memoryTiming\.cycles/],
    [{ memoryTiming: { kind: 'magic' as 'constant', cycles: 1 } }, /memoryTiming\.kind cannot be magic/],
    [
      { memoryTiming: { kind: 'cache' as const, lineWords: 0, ways: 1, sets: 1, hitCycles: 1, missCycles: 1 } },
      /memoryTiming\.lineWords/,
    ],
  ] satisfies [PipelineOptions, RegExp][])('refuses %j', (options, message) => {
    const make = () => new PipelinedProcessor(assemble('nop'), options)
    expect(make).toThrow(UsageError)
    expect(make).toThrow(message)
  })
})

describe('Several cores', () => {
  test('go through their streams side by side and take as long as the slowest', () => {
    const streams = [
      assemble('space x: 2\nset r1, 1\nstore r1, [x]'),
      assemble('space x: 2\nid r1\ncount r2\nadd r1, r1, r2\nstore r1, [x + 1]'),
    ]
    const processor = new PipelinedProcessor(streams)
    expect(processor.run()).toBe('finished')
    expect([processor.account(0).cycles, processor.account(1).cycles, processor.cycle]).toEqual([6, 8, 8])
    expect([...processor.memory]).toEqual([1, 3])
    expect(rows(processor, 1)).toHaveLength(4)
    expect(processor.look().units.map(({ name, places }) => [name, places[4].holds.length])).toEqual([
      ['core 0', 0],
      ['core 1', 1],
    ])
  })

  test('see each other’s stores: one waits in a loop for what the other stores', () => {
    const data = 'space flag: 1\nspace value: 1\n'
    const writer = assemble(`${data}nop\nnop\nnop\nnop\nnop\nnop\nstore 42, [value]\nstore 1, [flag]`)
    const reader = assemble(`${data}wait: load r1, [flag]\nbeq r1, 0, wait\nload r2, [value]`)
    const processor = new PipelinedProcessor([writer, reader])
    expect(processor.run(1000)).toBe('finished')
    expect(processor.registers(1)[2]).toBe(42)
  })

  test('must lay out their data alike', () => {
    expect(() => new PipelinedProcessor([assemble('space x: 1'), assemble('space y: 1')])).toThrow(/not their data/)
    expect(() => new PipelinedProcessor([])).toThrow(/one at least/)
  })

  test('all stop when one of them reaches outside of memory', () => {
    const processor = new PipelinedProcessor([assemble('again: jump again'), assemble('load r1, [5]')])
    expect(processor.run(1000)).toBe('fault')
    expect(processor.fault?.unit).toBe(1)
  })
})
