import { describe, expect, test } from 'vitest'
import { parseSweep, variationsOf } from '../../src/cli/sweep.js'

describe('What is to be swept', () => {
  test('is a name and its values, by commas and from one to another', () => {
    expect(parseSweep('cores=1,2,4')).toEqual({ name: 'cores', values: ['1', '2', '4'] })
    expect(parseSweep('threads=1..3,8')).toEqual({ name: 'threads', values: ['1', '2', '3', '8'] })
    expect(parseSweep('gil=3.9,3.14t')).toEqual({ name: 'gil', values: ['3.9', '3.14t'] })
    expect(parseSweep('text=a=b,c')).toEqual({ name: 'text', values: ['a=b', 'c'] })
  })

  test.each([
    ['cores', 'name=value'],
    ['=1,2', 'name=value'],
    ['cores=1', 'at least two values'],
    ['cores=1,,2', 'at least two values'],
    ['threads=3..1', 'at least two values'],
    ['cores=1,many', 'not many'],
    ['cores=0,1', 'not 0'],
    ['threads=1..100000', '256 values at most'],
  ])('is refused: %s', (text, why) => {
    expect(() => parseSweep(text)).toThrow(why)
  })

  test('is an option of the machine, or else a parameter beside the others', () => {
    const given = { seed: '7', params: { times: 3 } }
    expect(variationsOf({ name: 'cores', values: ['1', '2'] }, given)).toEqual([
      { ...given, cores: 1 },
      { ...given, cores: 2 },
    ])
    expect(variationsOf({ name: 'gil', values: ['3.9', 'none'] }, given)).toEqual([
      { ...given, gil: '3.9' },
      { ...given, gil: 'none' },
    ])
    expect(variationsOf({ name: 'threads', values: ['4', '5'] }, given)).toEqual([
      { seed: '7', params: { times: 3, threads: '4' } },
      { seed: '7', params: { times: 3, threads: '5' } },
    ])
  })
})
