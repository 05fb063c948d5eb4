import { describe, expect, test } from 'vitest'
import { Interpreter } from '../../../../../src/engine/simulate/processor/interpreter.js'
import { branchyKernel, rotationKernel, verticesIn } from '../../../../../src/engine/simulate/processor/simt/kernels.js'
import { SimtProcessor } from '../../../../../src/engine/simulate/processor/simt/simt-processor.js'

const vertices = Array.from({ length: 2000 }, (_, i) => ({ x: Math.cos(i) * i, y: Math.sin(3 * i) }))

function run(stream: ReturnType<typeof branchyKernel>, threads: number, lanes = 32): SimtProcessor {
  const processor = new SimtProcessor(stream, { threads, lanes })
  expect(processor.run()).toBe('finished')
  return processor
}

describe('Turning an array of vertices', () => {
  test.each(['separate', 'interleaved'] as const)('turns each of them, laid out %s', (layout) => {
    const angle = 0.3
    const processor = run(rotationKernel(vertices, angle, layout), vertices.length)
    const turned = verticesIn(processor.memory, vertices.length, layout)
    vertices.forEach(({ x, y }, i) => {
      expect(turned[i].x).toBe(x * Math.cos(angle) - y * Math.sin(angle))
      expect(turned[i].y).toBe(x * Math.sin(angle) + y * Math.cos(angle))
    })
  })

  test('parts no lanes: 11 instructions for each warp of 32, all lanes at work', () => {
    const { issued, utilisation, divergent, warps } = run(rotationKernel(vertices.slice(0, 1024), 1), 1024).account()
    expect([warps, issued, utilisation, divergent]).toEqual([32, 32 * 11, 1, 0])
  })

  test('touches a line for each access and warp where x and y lie apart, two where they alternate', () => {
    const lines = (layout: 'separate' | 'interleaved') =>
      run(rotationKernel(vertices.slice(0, 1024), 1, layout), 1024).account()
    expect(lines('separate')).toMatchObject({ accesses: 32 * 4, lines: 32 * 4 })
    expect(lines('interleaved')).toMatchObject({ accesses: 32 * 4, lines: 32 * 4 * 2 })
  })

  test('refuses an empty array', () => {
    expect(() => rotationKernel([], 1)).toThrow(/no vertices/)
  })
})

describe('A kernel that goes several ways', () => {
  test.each([1, 2, 4, 8, 32])('goes %i ways one after the other', (ways) => {
    const work = 50
    const processor = run(branchyKernel(32, ways, work), 32)
    // id, rem and store; a branch and a jump for all ways but the last one.
    const issued = 3 + ways * work + 2 * (ways - 1)
    const perWay = 32 / ways
    const active = 3 * 32 + work * 32 + perWay * (ways - 1) + sum(ways - 1, (way) => 32 - way * perWay)
    expect(processor.account()).toMatchObject({
      issued,
      threadInstructions: active,
      utilisation: active / (32 * issued),
      divergent: ways - 1,
    })
    expect([...processor.memory]).toEqual(Array.from({ length: 32 }, (_, i) => work * ((i % ways) + 1)))
  })

  test('halves the use of the lanes with two ways, leaves a 32nd with 32, as the work grows', () => {
    const use = (ways: number) => run(branchyKernel(32, ways, 500), 32).account().utilisation
    expect(use(1)).toBe(1)
    expect(use(2)).toBeCloseTo(1 / 2, 2)
    expect(use(4)).toBeCloseTo(1 / 4, 2)
    expect(use(32)).toBeGreaterThan(1 / 32)
    expect(use(32)).toBeLessThan(1.1 / 32)
  })

  test('costs a warp nothing where all its lanes go the same way', () => {
    const stream = branchyKernel(8, 8, 10)
    expect(run(stream, 8, 1).account()).toMatchObject({ utilisation: 1, divergent: 0 })
  })

  test('gives what one thread after the other gives', () => {
    const stream = branchyKernel(100, 7, 3)
    const memory = new Float64Array(100)
    for (let id = 0; id < 100; id++) new Interpreter(stream, { memory, id, count: 100 }).run()
    expect([...run(stream, 100).memory]).toEqual([...memory])
  })
})

function sum(count: number, term: (i: number) => number): number {
  return Array.from({ length: count }, (_, i) => term(i)).reduce((total, value) => total + value, 0)
}
