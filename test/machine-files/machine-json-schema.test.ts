import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { completePipelineOptions } from '../../src/engine/simulate/processor/pipeline-options.js'
import { completeSimtOptions } from '../../src/engine/simulate/processor/simt/simt-options.js'
import { loadMachine, presetMachines } from '../../src/machine-files/load-machine.js'
import { machineJsonSchema } from '../../src/machine-files/machine-json-schema.js'

/** Of a word. */
const BYTES = 4

const published = new URL('../../machines/machine.schema.json', import.meta.url)
const textOf = (preset: string) => readFileSync(new URL(`../../machines/${preset}.yaml`, import.meta.url), 'utf8')

describe('The published JSON schema of machine files', () => {
  const text = `${JSON.stringify(machineJsonSchema(), null, 2)}\n`
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(published, text)

  test('is that of the machine files that are read: run with UPDATE_GOLDEN=1 to write it anew', () => {
    expect(readFileSync(published, 'utf8')).toBe(text)
  })

  test('says of every key what it means, with its unit where it has one', () => {
    const schema = machineJsonSchema() as { properties: Record<string, Record<string, unknown>> }
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['processor', 'memory', 'system', 'policy', 'devices']),
    )
    expect(JSON.stringify(schema.properties['system'])).toContain(
      'a call into the operating system and back; such as 200 ns',
    )
  })

  test.each(['processor.pipeline', 'simt'])('says of every key of %s what it means', (path) => {
    interface Described {
      readonly description?: string
      readonly properties?: Readonly<Record<string, Described>>
    }
    const undescribed = ({ description, properties = {} }: Described, of: string): string[] => [
      ...(description === undefined ? [of] : []),
      ...Object.entries(properties).flatMap(([name, inner]) => undescribed(inner, `${of}.${name}`)),
    ]
    const section = path
      .split('.')
      .reduce<Described | undefined>((at, name) => at?.properties?.[name], machineJsonSchema() as Described)
    expect(Object.keys(section?.properties ?? {})).toContain('latencies')
    expect(undescribed(section!, path)).toEqual([])
  })

  test.each(presetMachines())('accepts the preset %s, which names it', (preset) => {
    const file = parse(textOf(preset)) as { readonly $schema: string; readonly name: string }
    expect(file.$schema).toBe('./machine.schema.json')
    expect(file.name).toBe(preset)
    const schema = z.fromJSONSchema(JSON.parse(readFileSync(published, 'utf8')))
    expect(schema.safeParse(file).error?.issues).toBeUndefined()
    expect(schema.safeParse({ ...file, nme: 'wrong' }).success).toBe(false)
  })
})

describe('The presets', () => {
  test.each(presetMachines())('%s can be read, and its caches, nodes and cores go together', (preset) => {
    const machine = loadMachine(preset)
    expect(machine.name).toBe(preset)
    expect(machine.memory.cores).toBe(machine.processor.cores)
  })

  test.each(presetMachines())(
    '%s has a pipeline that the engine takes, with the first cache of its memory',
    (preset) => {
      const { pipeline, memory } = loadMachine(preset)
      const { memoryTiming, latencies, branchesResolveIn } = completePipelineOptions(pipeline!)
      const [first, second] = memory.privateLevels
      if (memoryTiming.kind !== 'cache') throw new Error('it has no cache')
      const { lineWords, ways, sets, hitCycles, missCycles } = memoryTiming
      expect({ line: lineWords * BYTES, size: lineWords * BYTES * ways * sets, ways }).toEqual({
        line: memory.lineSize,
        size: first!.size,
        ways: first!.ways,
      })
      expect(latencies.memory + hitCycles).toBe(first!.latency)
      expect(missCycles).toBe(second!.latency - first!.latency)
      // What the comments on wrong predictions count on.
      expect(branchesResolveIn).toBe('execute')
    },
  )

  test('include a SIMT device with 16 warps of 32 lanes and lines of 128 bytes; the others have none', () => {
    const devices = presetMachines().filter((preset) => loadMachine(preset).simt !== null)
    expect(devices).toEqual(['simt-device'])
    const { lanes, threads, lineWords } = completeSimtOptions(loadMachine('simt-device').simt!)
    expect([threads / lanes, lanes, lineWords * BYTES]).toEqual([16, 32, 128])
  })

  test('include a server with two sockets and one with 64 cores', () => {
    const numa = loadMachine('numa-server')
    expect(numa.memory.interconnect).toMatchObject({ kind: 'numa', nodes: [{ cores: 16 }, { cores: 16 }] })
    const large = loadMachine('server-64')
    expect(large.processor.cores).toBe(64)
    expect(large.memory.sharedLevel).toMatchObject({ per: { cores: 8 } })
  })
})
