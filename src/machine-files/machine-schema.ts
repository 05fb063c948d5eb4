import { z } from 'zod'
import { GIL_VERSIONS, type GilVersion } from '../engine/simulate/gil/gil-config.js'
import { MAPPINGS } from '../engine/simulate/mapping/mapping-config.js'
import { UNITS } from '../engine/simulate/processor/instruction-set.js'
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

/** A quantity of which none at all makes no machine: a clock that stands still, a bus that carries nothing. */
const positive = (kind: 'rate' | 'frequency', meaning: string, example: string) =>
  quantity(kind, meaning, example).refine((text) => parseQuantity(text, kind) !== 0, {
    error: ({ input }) => `must be more than 0, such as ${example}, not ${JSON.stringify(input)}`,
  })

const time = (meaning: string, example = '2 us') => quantity('time', meaning, example)
const whole = (meaning: string, least: number, most: number) =>
  z
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)
    .describe(meaning)
const count = (meaning: string, most: number) => whole(meaning, 1, most)
const isSo = (meaning: string) => z.boolean('must be true or false').describe(meaning)
const cycles = (meaning: string) => z.number().min(0, 'must be 0 or more').describe(meaning)

const power = (text: string) => {
  const bytes = parseQuantity(text, 'size')!
  return bytes >= 1 && Number.isInteger(Math.log2(bytes))
}
const size = (meaning: string, example: string) => quantity('size', meaning, example)
const rate = (meaning: string, example = '40 GB/s') =>
  positive('rate', `${meaning}; without it, no bound`, example).optional()

const cache = z.strictObject({
  size: size('bytes of one such cache', '32 KiB').refine(
    (text) => parseQuantity(text, 'size') === null || power(text),
    {
      error: ({ input }) => `must be a power of two, such as 32 KiB or 1 MiB, not ${JSON.stringify(input)}`,
    },
  ),
  ways: count('lines of a set: a power of two', 64).refine((ways) => Number.isInteger(Math.log2(ways)), {
    error: ({ input }) => `must be a power of two (1, 2, 4, 8, 16, 32 or 64), not ${JSON.stringify(input)}`,
  }),
  latency: cycles('core cycles of an access that hits here, the look into nearer caches included'),
})

const memory = z
  .strictObject({
    line: size('bytes of a cache line', '64 B').refine((text) => ['16 B', '32 B', '64 B', '128 B'].includes(text), {
      error: ({ input }) => `must be 16 B, 32 B, 64 B or 128 B, not ${JSON.stringify(input)}`,
    }),
    caches: z
      .array(cache)
      .min(1, 'must name at least one cache')
      .max(3, 'must name at most three caches')
      .describe('the private caches of each core, nearest first'),
    shared: cache
      .extend({
        per: z
          .union([z.enum(['machine', 'node']), z.strictObject({ cores: count('so many cores in a row', 1024) })], {
            error: 'must be machine, node or { cores: N }',
          })
          .describe('who shares one'),
        inclusive: z.boolean('must be true or false').describe('whether what leaves it leaves the private caches, too'),
      })
      .optional()
      .describe('the last level; without it there is none'),
    dram: z.strictObject({
      latency: time('of a load that misses all caches, there and back, on its own node', '90 ns'),
      bandwidth: rate('of one controller, reads and writes together'),
      controllers: count('controllers of each node', 16),
    }),
    bus: z
      .strictObject({
        bandwidth: rate('of the one bus of all cores'),
        message: size('bytes that an invalidation takes', '8 B'),
      })
      .optional()
      .describe('UMA: all memory is equally far from all cores'),
    numa: z
      .strictObject({
        nodes: z
          .array(z.int('must be a whole number').min(0, 'must be 0 or more'))
          .min(1, 'must name at least one node')
          .max(64, 'must name at most 64 nodes')
          .describe('the cores of each node'),
        hops: z
          .union([z.enum(['full', 'ring']), z.array(z.array(z.int().min(0)))], {
            error: 'must be full, ring or a matrix of whole numbers',
          })
          .describe('how many links are between two nodes'),
        hop: time('what a link adds to a latency, there and back', '60 ns'),
        bandwidth: rate('of each link in each direction', '20 GB/s'),
        message: size('bytes that an invalidation takes on a link', '8 B'),
        placement: z
          .union([z.enum(['first-touch', 'interleave']), z.strictObject({ bind: z.int().min(0) })], {
            error: 'must be first-touch, interleave or { bind: NODE }',
          })
          .describe('the node whose memory a page is put into: of whoever touches it first, in turn, or one'),
      })
      .optional()
      .describe('NUMA: nodes with memory of their own, and links between them'),
    transfer: z.strictObject({
      within: time('a line from another core with the same last level, there and back', '20 ns'),
      across: time('a line from another core of the node', '60 ns'),
      hold: time('for how long a core keeps a line that it got in order to write', '20 ns'),
    }),
    atomic: cycles('core cycles that an atomic read-modify-write takes on top of a load'),
    store: z.strictObject({
      cycles: cycles('core cycles of a store, on top of what it waits for'),
      outstanding: z
        .int('must be a whole number')
        .min(0, 'must be 0 or more')
        .max(64, 'must be at most 64')
        .describe('stores that miss and that a core can have under way while it goes on'),
    }),
    prefetch: z
      .strictObject({
        lines: count('lines under way at once', 64),
        'cycles-per-element': cycles('core cycles per element once its line is there'),
      })
      .optional()
      .describe('what streams fetch before they are asked'),
  })
  .superRefine(({ bus, numa, caches, shared }, context) => {
    if ((bus === undefined) === (numa === undefined))
      context.addIssue({
        code: 'custom',
        path: numa === undefined ? [] : ['numa'],
        message: 'must have either a bus or numa',
      })
    for (const [level, { latency }] of caches.entries())
      if (level > 0 && latency < caches[level - 1]!.latency)
        context.addIssue({
          code: 'custom',
          path: ['caches', level, 'latency'],
          message: 'must be at least that of the nearer cache',
        })
    if (shared !== undefined && shared.latency < caches.at(-1)!.latency)
      context.addIssue({
        code: 'custom',
        path: ['shared', 'latency'],
        message: 'must be at least that of the nearer cache',
      })
    if (numa === undefined || typeof numa.hops === 'string') return
    const { hops, nodes } = numa
    const isMatrix = hops.length === nodes.length && hops.every((row) => row.length === nodes.length)
    const isSymmetric = hops.every((row, i) => row[i] === 0 && row.every((hop, j) => hops[j]?.[i] === hop))
    if (!isMatrix || !isSymmetric)
      context.addIssue({
        code: 'custom',
        path: ['numa', 'hops'],
        message: `must have a row and a column for each of the ${nodes.length} nodes, be symmetric, and 0 on the diagonal`,
      })
  })

/** Cycles of each unit of a processor; those that are left out have the engine's. */
const latencies = (meaning: string, most: number) => {
  const unit = (work: string) => count(`core cycles of ${work}`, most).optional()
  return z
    .strictObject({
      alu: unit('additions, comparisons and moves'),
      multiply: unit('a multiplication'),
      divide: unit('a division, or its remainder'),
      reduce: unit('adding up the elements of a vector'),
      branch: unit('a branch or a jump'),
      memory: unit('the address of a load or store; of a SIMT device, until the first line is there'),
    } satisfies Record<(typeof UNITS)[number], unknown>)
    .describe(meaning)
    .optional()
}

// What the pipeline and the SIMT processor accept: a test compares them.
const MOST_PIPELINE_CYCLES = 1000
const MOST_SIMT_CYCLES = 100_000

const pipeline = z
  .strictObject({
    width: count('instructions that each stage takes in a cycle, 1 to 4', 4).optional(),
    forwarding: isSo('whether a result goes straight to whoever waits for it').optional(),
    latencies: latencies('how long each unit works on an instruction, 1 to 1000 cycles', MOST_PIPELINE_CYCLES),
    pipelined: z
      .array(z.enum(UNITS))
      .describe('units that take the next instruction a cycle after the last one; the others when they are done')
      .optional(),
    prediction: z
      .enum(['not-taken', 'backward-taken'])
      .describe(
        'what is taken for granted of a branch: that it is never taken, or that one to an earlier instruction is',
      )
      .optional(),
    'branches-resolve-in': z
      .enum(['decode', 'execute', 'memory'])
      .describe('where it turns out whether a branch is taken: a wrong prediction costs 1, 2 or 3 cycles')
      .optional(),
    'redirect-cycles': whole(
      'cycles more after a wrong prediction, as in deeper pipelines, 0 to 1000',
      0,
      MOST_PIPELINE_CYCLES,
    ).optional(),
    'memory-cycles': count(
      'cycles that every load and store is in memory, 1 to 1000; or say what data-cache is like',
      MOST_PIPELINE_CYCLES,
    ).optional(),
    'data-cache': z
      .strictObject({
        'line-words': count('words of a line, of 4 bytes each', 1024),
        ways: count('lines of a set', 64),
        sets: count('sets', 65_536),
        'hit-cycles': count('cycles of an access whose lines are all there', MOST_PIPELINE_CYCLES),
        'miss-cycles': whole('cycles more for each line that is not', 0, MOST_PIPELINE_CYCLES),
      })
      .describe('a small cache that loads and stores go through')
      .optional(),
    'memory-ports': count('loads and stores that may be in memory together, 1 to 4', 4).optional(),
    'shared-port': isSo(
      'whether instructions are fetched through the same port as data: no fetch while a load or store is in memory',
    ).optional(),
    'vector-width': count('elements of a vector register, all of which are worked on at once, 1 to 64', 64).optional(),
  })
  .superRefine((given, context) => {
    if (given['memory-cycles'] === undefined || given['data-cache'] === undefined) return
    context.addIssue({
      code: 'custom',
      path: ['memory-cycles'],
      message: 'must be left out where there is a data-cache, which says how long memory takes',
    })
  })

const simt = z.strictObject({
  lanes: count('threads of a warp, which share one position in the program, 1 to 1024', 1024).optional(),
  threads: count('threads in all, unless --threads says otherwise; without it, one warp', 1 << 20).optional(),
  latencies: latencies(
    'cycles from an instruction of a warp to its next one, 1 to 100000; other warps have theirs meanwhile',
    MOST_SIMT_CYCLES,
  ),
  'line-words': count('words of a line, of 4 bytes each: what lanes access in one line is one access', 4096).optional(),
  'line-cycles': whole(
    'cycles more for each further line that an instruction accesses',
    0,
    MOST_SIMT_CYCLES,
  ).optional(),
  'memory-words': whole(
    'words of its memory, of 4 bytes each; at least those of the data of a program, and those without it',
    0,
    1 << 26,
  ).optional(),
})

const gilVersion = z.enum(Object.keys(GIL_VERSIONS) as [GilVersion, ...GilVersion[]])

const spread = z
  .number()
  .min(0, 'must be 0 or more')
  .max(3, 'must be at most 3')
  .default(0)
  .describe('how latencies scatter, as a share of the median; 0: not at all')

const device = z.strictObject({
  latency: time('from taking up a request to its first byte: the median', '100 us'),
  spread,
  bandwidth: positive('rate', 'bytes per second that all requests share', '500 MB/s').optional(),
  depth: count('requests in work at the same time; others wait their turn', 65_536),
  request: quantity('size', 'bytes of a request that does not say how many', '4 KiB'),
})

/** A machine file, as people write it. Its JSON schema is published beside the presets, for editors. */
export const machineSchema = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().min(1),
    summary: z.strictObject({ en: z.string(), fr: z.string() }).describe('what it is, in a line'),
    processor: z.strictObject({
      cores: count('cores', 1024),
      clock: positive('frequency', 'cycles per second', '3 GHz'),
      'cycles-per-operation': cycles('around an operation of a program: to come to it, and to go on'),
      'cycles-per-work': cycles('of one unit of compute: a thousand dependent integer operations'),
      pipeline: pipeline
        .optional()
        .describe(
          'what each core is like within, cycle by cycle, for entrelacs processor; what is left out is as without a machine',
        ),
    }),
    system: z.strictObject({
      call: time('a call into the operating system and back', '200 ns'),
      switch: time('to change from one thread to another on a core, cache effects aside'),
      wake: time('from the event that wakes a thread to its being ready'),
      'idle-wake': time('the same on top where a core has to leave its sleep'),
      migration: time('paid by the core when a thread comes from another core'),
      balance: time('between two looks at the loads of cores; 0 ns: never', '4 ms'),
      inheritance: z
        .boolean('must be true or false')
        .default(false)
        .describe('whether who owns a lock is as urgent as the most urgent thread that waits for it'),
      thread: time('to create a thread, paid by whoever does', '10 us'),
      process: z.strictObject({
        fork: time('to create a process by fork, paid by whoever does', '300 us'),
        spawn: time('to create a process by spawn, paid by whoever does', '1 ms'),
        forkserver: time('to create a process by a fork server, paid by whoever does', '300 us'),
      }),
      boot: z
        .strictObject({
          fork: time('of a process that was forked', '100 us'),
          spawn: time('of a process that was spawned', '8 ms'),
          forkserver: time('of a process that a fork server has made', '700 us'),
        })
        .describe('what a new process does before its own code runs, on a core of its own'),
    }),
    simt: simt
      .optional()
      .describe(
        'a device whose threads go in step, a warp at a time, as those of graphics processors, for entrelacs processor',
      ),
    memory,
    policy: z
      .union([z.string(), z.looseObject({ name: z.string() })], {
        error:
          'must be the name of a policy, or its name and parameters, such as { name: round-robin, quantum: 10 ms }',
      })
      .describe('who runs next: a name, or a name with parameters'),
    mapping: z.enum(MAPPINGS).default('1:1').describe('how threads of a program become threads of the system'),
    interpreter: z
      .union(
        [
          gilVersion,
          z.strictObject({
            version: gilVersion,
            interval: time('how long a thread waits before it asks for the lock', '5 ms').optional(),
          }),
        ],
        {
          error: `must be a version of Python (${Object.keys(GIL_VERSIONS).join(', ')}), or { version, interval }`,
        },
      )
      .optional()
      .describe(
        'the interpreter that runs the threads, by the version of Python whose lock it has; without it they are compiled code',
      ),
    pickling: z
      .strictObject({
        message: time('of a message of any length, on each side', '10 us'),
        bandwidth: rate('of turning data into bytes, or back', '200 MB/s'),
      })
      .describe('what data cost that go to other processes'),
    cluster: z
      .strictObject({
        nodes: count('computers, all as this file says', 256),
        link: z.strictObject({
          latency: time('from the last byte sent to its arrival, one way: the median', '25 us'),
          spread,
          bandwidth: rate('that a node can send', '10 Gbit/s'),
          loss: z
            .number()
            .min(0, 'must be 0 or more')
            .max(1, 'must be at most 1')
            .default(0)
            .describe('the probability that a message is lost, if it may be'),
        }),
      })
      .optional()
      .describe('several such computers, and the links between them'),
    devices: z
      .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a word of small letters'), device)
      .refine((devices) => Object.keys(devices).length > 0, 'must have at least one device')
      .describe('by name; the first is what a request without a name goes to'),
  })
  .superRefine(({ processor, memory: { numa } }, context) => {
    const total = numa?.nodes.reduce((sum, cores) => sum + cores, 0)
    if (total !== undefined && total !== processor.cores)
      context.addIssue({
        code: 'custom',
        path: ['memory', 'numa', 'nodes'],
        message: `must have the processor's ${processor.cores} cores, not ${total}`,
      })
  })

export type MachineFile = z.infer<typeof machineSchema>
