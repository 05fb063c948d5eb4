import { type Document, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { UsageError } from '../engine/errors.js'
import type { ClusterConfig } from '../engine/simulate/cluster/cluster-config.js'
import { GIL_VERSIONS } from '../engine/simulate/gil/gil-config.js'
import type { Machine, MachinePipeline, NamedGil } from '../engine/simulate/machine/machine.js'
import type { CacheLevel, MemoryConfig } from '../engine/simulate/memory/memory-config.js'
import { POLICIES, policyNamed, type PolicyName } from '../engine/simulate/os/policies.js'
import type { MakePolicy } from '../engine/simulate/os/policy.js'
import type { SimtOptions } from '../engine/simulate/processor/simt/simt-options.js'
import type { Place } from '../engine/place.js'
import { MachineFault } from './machine-fault.js'
import { type MachineFile, machineSchema } from './machine-schema.js'
import { parseQuantity } from './quantity.js'

/**
 * Reads a machine file.
 *
 * @param file how errors name it.
 * @throws MachineFault `machine/not-yaml`, `machine/invalid`
 */
export function parseMachine(text: string, file: string): Machine {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  if (broken !== undefined)
    throw new MachineFault('machine/not-yaml', `the machine file is no YAML: ${broken.message}`, {
      place: placeAt(broken.pos[0]),
    })
  const checked = machineSchema.safeParse(document.toJS())
  if (checked.success) return placed(() => machineOf(checked.data), document, placeAt)
  // A key that is written wrong is also missing: what was written says more.
  const { issues } = checked.error
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  throw new MachineFault('machine/invalid', sentenceOf(document, issue!), {
    place: placeAt(offsetOf(document, issue!)),
    hint: hintOf(issue!),
  })
}

/** What a policy or an interpreter says against its parameters has the place of that part of the file. */
function placed(make: () => Machine, document: Document, placeAt: (offset: number) => Place): Machine {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const part = error.code === 'usage/interval' ? 'interpreter' : 'policy'
    throw new MachineFault('machine/invalid', error.message, {
      place: placeAt(rangeOf(document.getIn([part], true)) ?? 0),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
}

type Issue = z.core.$ZodIssue

function sentenceOf(document: Document, issue: Issue): string {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return `${path === '' ? 'a machine' : path} has no ${issue.keys.map((key) => `“${key}”`).join(', ')}`
  if (issue.code === 'invalid_type')
    return document.hasIn(issue.path) || path === ''
      ? `${path === '' ? 'the file' : path} ${issue.message.startsWith('Invalid input') ? `must be ${typeNamed(issue)}` : issue.message}`
      : `${path} is missing`
  if (issue.code === 'invalid_key')
    return `“${String(issue.path.at(-1))}” is no name: it ${issue.issues[0]?.message ?? issue.message}`
  const subject = path === '' ? 'the file' : path
  if (issue.code === 'invalid_value') return `${subject} must be one of ${issue.values.map(String).join(', ')}`
  return `${subject} ${issue.message.replace(/^Invalid input: /, 'must be as follows: ')}`
}

function hintOf(issue: Issue): string {
  if (issue.code !== 'unrecognized_keys') return 'the presets in the folder machines say what each number means'
  const known = keysAt(issue.path)
  return known.length === 0 ? 'leave it out' : `there are ${known.join(', ')}`
}

function typeNamed({ expected }: Extract<Issue, { readonly code: 'invalid_type' }>): string {
  switch (expected) {
    case 'int':
      return 'a whole number'
    case 'string':
      return 'a text'
    case 'object':
    case 'record':
      return 'a section, with keys of its own'
    case 'array':
      return 'a list'
    default:
      return `a ${expected}`
  }
}

/** The keys that an object of the schema may have. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = machineSchema
  for (const key of path) {
    const inner = unwrapped(schema)
    schema = inner?.shape?.[String(key)] ?? inner?.valueType
  }
  return Object.keys(unwrapped(schema)?.shape ?? {})
}

interface SchemaParts {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly valueType?: unknown
}

function unwrapped(schema: unknown): SchemaParts | undefined {
  const parts = schema as (SchemaParts & { readonly def?: { readonly innerType?: unknown } }) | undefined
  return parts?.def?.innerType === undefined ? parts : unwrapped(parts.def.innerType)
}

/** Where the trouble is in the file: an unknown key itself, or the value; of what is missing, whatever should contain it. */
function offsetOf(document: Document, issue: Issue): number {
  const path = [...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const owner = document.getIn(path, true) as { readonly items?: readonly { readonly key?: unknown }[] } | null
    const item = (owner?.items ?? (document.contents as { items?: readonly { key?: unknown }[] } | null)?.items)?.find(
      ({ key }) => String((key as { readonly value?: unknown } | null)?.value) === issue.keys[0],
    )
    return rangeOf(item?.key) ?? 0
  }
  for (; path.length > 0; path.pop()) {
    const offset = rangeOf(document.getIn(path, true))
    if (offset !== undefined) return offset
  }
  return 0
}

function rangeOf(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] } | null | undefined)?.range?.[0]
}

/** Times of a policy are written with their units as well. */
function policyOf(given: MachineFile['policy']): MakePolicy {
  if (typeof given === 'string') return policyNamed(given)
  const { name, ...written } = given
  const kinds: Readonly<Record<string, { readonly kind: string }>> = Object.hasOwn(POLICIES, name)
    ? POLICIES[name as PolicyName].parameters
    : {}
  const inPicoseconds = (value: unknown) =>
    typeof value === 'string' ? (parseQuantity(value, 'time') ?? value) : value
  const parameters = Object.entries(written).map(([parameter, value]) => {
    const kind = kinds[parameter]?.kind
    if (kind === 'time') return [parameter, inPicoseconds(value)] as const
    return [parameter, kind === 'times' && Array.isArray(value) ? value.map(inPicoseconds) : value] as const
  })
  return policyNamed(name, Object.fromEntries(parameters))
}

const time = (text: string) => Math.round(parseQuantity(text, 'time')!)
const bytes = (text: string) => parseQuantity(text, 'size')!
const nanoseconds = (text: string) => parseQuantity(text, 'time')! / 1000

/** Bytes in so many seconds. */
function rateOf(text: string | undefined, seconds: number): number {
  return text === undefined ? Infinity : parseQuantity(text, 'rate')! * seconds
}

function gilOf(given: NonNullable<MachineFile['interpreter']>): NamedGil {
  if (typeof given === 'string') return { version: given, config: GIL_VERSIONS[given] }
  const { version, interval } = given
  const config = GIL_VERSIONS[version]
  if (interval === undefined) return { version, config }
  if (config.kind === 'interval') return { version, config: { ...config, interval: time(interval) } }
  throw new UsageError('usage/interval', `the lock of Python ${version} has no interval`, { hint: 'leave it out' })
}

function clusterOf({ nodes, link }: NonNullable<MachineFile['cluster']>): ClusterConfig {
  const { latency, spread, bandwidth, loss } = link
  return { nodes, link: { latency: time(latency), spread, bandwidth: rateOf(bandwidth, 1), loss } }
}

function memoryOf({ processor, memory }: MachineFile): MemoryConfig {
  const { line, caches, shared, dram, bus, numa, transfer, store, prefetch } = memory
  return {
    cores: processor.cores,
    clock: parseQuantity(processor.clock, 'frequency')! / 1e9,
    lineSize: bytes(line),
    privateLevels: caches.map(levelOf),
    sharedLevel: shared === undefined ? null : { ...levelOf(shared), per: shared.per, inclusive: shared.inclusive },
    memory: {
      latency: nanoseconds(dram.latency),
      bandwidth: rateOf(dram.bandwidth, 1e-9),
      controllers: dram.controllers,
    },
    interconnect:
      numa === undefined
        ? { kind: 'bus', bandwidth: rateOf(bus!.bandwidth, 1e-9), messageBytes: bytes(bus!.message) }
        : {
            kind: 'numa',
            nodes: numa.nodes.map((cores) => ({ cores })),
            hops: numa.hops,
            latencyPerHop: nanoseconds(numa.hop),
            bandwidth: rateOf(numa.bandwidth, 1e-9),
            messageBytes: bytes(numa.message),
            placement: numa.placement,
          },
    transfer: {
      within: nanoseconds(transfer.within),
      across: nanoseconds(transfer.across),
      hold: nanoseconds(transfer.hold),
    },
    atomicCycles: memory.atomic,
    store,
    prefetch:
      prefetch === undefined ? null : { lines: prefetch.lines, cyclesPerElement: prefetch['cycles-per-element'] },
  }
}

function levelOf({ size, ways, latency }: MachineFile['memory']['caches'][number]): CacheLevel {
  return { size: bytes(size), ways, latency }
}

type Present<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> }

/** Without what is not given: the engine has a value of its own for it. */
function present<T extends object>(options: T): Present<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Present<T>
}

function pipelineOf(file: NonNullable<MachineFile['processor']['pipeline']>): MachinePipeline {
  const { width, forwarding, latencies, pipelined, prediction } = file
  return present({
    width,
    forwarding,
    latencies: latencies && present(latencies),
    pipelined,
    prediction,
    branchesResolveIn: file['branches-resolve-in'],
    redirectCycles: file['redirect-cycles'],
    memoryTiming: memoryTimingOf(file),
    memoryPorts: file['memory-ports'],
    sharedPort: file['shared-port'],
    vectorWidth: file['vector-width'],
  })
}

function memoryTimingOf(file: NonNullable<MachineFile['processor']['pipeline']>): MachinePipeline['memoryTiming'] {
  const { 'memory-cycles': cycles, 'data-cache': cache } = file
  if (cycles !== undefined) return { kind: 'constant', cycles }
  if (cache === undefined) return undefined
  return {
    kind: 'cache',
    lineWords: cache['line-words'],
    ways: cache.ways,
    sets: cache.sets,
    hitCycles: cache['hit-cycles'],
    missCycles: cache['miss-cycles'],
  }
}

function simtOf({ lanes, threads, latencies, ...file }: NonNullable<MachineFile['simt']>): SimtOptions {
  return present({
    lanes,
    threads,
    latencies: latencies && present(latencies),
    lineWords: file['line-words'],
    lineCycles: file['line-cycles'],
    memoryWords: file['memory-words'],
  })
}

function machineOf(file: MachineFile): Machine {
  const { processor, system } = file
  return {
    name: file.name,
    processor: {
      cores: processor.cores,
      clock: parseQuantity(processor.clock, 'frequency')!,
      cyclesPerOperation: processor['cycles-per-operation'],
      cyclesPerWork: processor['cycles-per-work'],
    },
    pipeline: processor.pipeline === undefined ? null : pipelineOf(processor.pipeline),
    simt: file.simt === undefined ? null : simtOf(file.simt),
    memory: memoryOf(file),
    systemCall: time(system.call),
    os: {
      switchCost: time(system.switch),
      wakeLatency: time(system.wake),
      idleWakeLatency: time(system['idle-wake']),
      migrationCost: time(system.migration),
      balanceInterval: time(system.balance),
      inheritance: system.inheritance,
      threadCreation: time(system.thread),
      processCreation: {
        fork: time(system.process.fork),
        spawn: time(system.process.spawn),
        forkserver: time(system.process.forkserver),
      },
      processBoot: {
        fork: time(system.boot.fork),
        spawn: time(system.boot.spawn),
        forkserver: time(system.boot.forkserver),
      },
    },
    policy: policyOf(file.policy),
    mapping: file.mapping,
    gil: file.interpreter === undefined ? null : gilOf(file.interpreter),
    pickling: {
      message: time(file.pickling.message),
      bandwidth: rateOf(file.pickling.bandwidth, 1),
    },
    cluster: file.cluster === undefined ? null : clusterOf(file.cluster),
    devices: Object.fromEntries(
      Object.entries(file.devices).map(([device, { latency, spread, bandwidth, depth, request }]) => [
        device,
        {
          latency: time(latency),
          spread,
          bandwidth: rateOf(bandwidth, 1),
          depth,
          bytes: parseQuantity(request, 'size')!,
        },
      ]),
    ),
  }
}
