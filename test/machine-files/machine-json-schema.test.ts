import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadMachine, presetMachines } from '../../src/machine-files/load-machine.js'
import { machineJsonSchema } from '../../src/machine-files/machine-json-schema.js'

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

  test('include a server with two sockets and one with 64 cores', () => {
    const numa = loadMachine('numa-server')
    expect(numa.memory.interconnect).toMatchObject({ kind: 'numa', nodes: [{ cores: 16 }, { cores: 16 }] })
    const large = loadMachine('server-64')
    expect(large.processor.cores).toBe(64)
    expect(large.memory.sharedLevel).toMatchObject({ per: { cores: 8 } })
  })
})
