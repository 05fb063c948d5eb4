import { z } from 'zod'
import { parseQuantity, type QuantityKind, unitsOf } from './quantity.js'

/** A quantity with its unit, as text. */
function quantity(kind: QuantityKind, meaning: string, example: string) {
  return z
    .string(`must be ${QUANTITIES[kind]} with its unit, such as ${example}`)
    .refine((text) => parseQuantity(text, kind) !== null, {
      error: ({ input }) =>
        `must be ${QUANTITIES[kind]}, 0 or more, with its unit, such as ${example} (units: ${unitsOf(kind)}), not ${JSON.stringify(input)}`,
    })
    .describe(`${meaning}; such as ${example}`)
}

const QUANTITIES = { time: 'a time', size: 'a size', rate: 'a rate', frequency: 'a frequency' } as const

const time = (meaning: string, example = '2 us') => quantity('time', meaning, example)
const count = (meaning: string, most: number) =>
  z.int('must be a whole number').min(1, 'must be at least 1').max(most, `must be at most ${most}`).describe(meaning)
const cycles = (meaning: string) => z.number().min(0, 'must be 0 or more').describe(meaning)

const device = z.strictObject({
  latency: time('from taking up a request to its first byte: the median', '100 us'),
  spread: z
    .number()
    .min(0, 'must be 0 or more')
    .max(3, 'must be at most 3')
    .default(0)
    .describe('how latencies scatter, as a share of the median; 0: not at all'),
  bandwidth: quantity('rate', 'bytes per second that all requests share', '500 MB/s').optional(),
  depth: count('requests in work at the same time; others wait their turn', 65_536),
  request: quantity('size', 'bytes of a request that does not say how many', '4 KiB'),
})

/** A machine file, as people write it. Its JSON schema is published beside the presets, for editors. */
export const machineSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1),
  summary: z.strictObject({ en: z.string(), fr: z.string() }).describe('what it is, in a line'),
  processor: z.strictObject({
    cores: count('cores', 1024),
    clock: quantity('frequency', 'cycles per second', '3 GHz'),
    'cycles-per-operation': cycles('around an operation of a program: to come to it, and to go on'),
    'cycles-per-work': cycles('of one unit of compute: a thousand dependent integer operations'),
  }),
  system: z.strictObject({
    call: time('a call into the operating system and back', '200 ns'),
    switch: time('to change from one thread to another on a core, cache effects aside'),
    wake: time('from the event that wakes a thread to its being ready'),
    'idle-wake': time('the same on top where a core has to leave its sleep'),
    migration: time('paid by the core when a thread comes from another core'),
    balance: time('between two looks at the loads of cores; 0 ns: never', '4 ms'),
    thread: time('to create a thread, paid by whoever does', '10 us'),
    process: z.strictObject({
      fork: time('to create a process by fork', '300 us'),
      spawn: time('to create a process by spawn', '20 ms'),
      forkserver: time('to create a process by a fork server', '1 ms'),
    }),
  }),
  policy: z
    .union([z.string(), z.looseObject({ name: z.string() })])
    .describe('who runs next: a name, or a name with parameters'),
  mapping: z
    .enum(['1:1', 'N:1', 'M:N'])
    .default('1:1')
    .describe('how threads of a program become threads of the system'),
  devices: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a word of small letters'), device)
    .refine((devices) => Object.keys(devices).length > 0, 'must have at least one device')
    .describe('by name; the first is what a request without a name goes to'),
})

export type MachineFile = z.infer<typeof machineSchema>
