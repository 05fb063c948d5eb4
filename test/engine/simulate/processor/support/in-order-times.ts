import { encode, Field, FIELDS, SOURCES } from '../../../../../src/engine/simulate/processor/encoding.js'
import { isBranch, Op, UNITS } from '../../../../../src/engine/simulate/processor/instruction-set.js'
import type { InstructionStream } from '../../../../../src/engine/simulate/processor/instruction-stream.js'
import { Interpreter } from '../../../../../src/engine/simulate/processor/interpreter.js'
import {
  completePipelineOptions,
  type PipelineOptions,
} from '../../../../../src/engine/simulate/processor/pipeline-options.js'

/** In which cycle an instruction came into each stage. */
export interface Times {
  readonly instruction: number
  fetch: number
  decode: number
  execute: number
  memory: number
  writeBack: number
  /** The cycle at whose end its result was there. */
  ready: number
}

/**
 * When every instruction that is carried out comes into each stage, by equations instead of by cycles: each time is the
 * earliest that the times of older instructions allow. Independent of the simulator; for pipelines whose memory always takes
 * as long and has a port of its own.
 */
export function inOrderTimes(stream: InstructionStream, options: PipelineOptions): Times[] {
  const o = completePipelineOptions(options)
  if (o.memoryTiming.kind !== 'constant' || o.sharedPort) throw new RangeError('no equations for that memory')
  const memoryCycles = o.memoryTiming.cycles
  const code = encode(stream)
  const path = pathOf(stream, o.vectorWidth)
  const width = o.width
  const done: Times[] = []
  const lastWriter = new Map<number, Times>()
  let earliestFetch = 1

  const unitAt = (instruction: number) => UNITS[code.units[instruction]]
  const isAccess = (instruction: number) => unitAt(instruction) === 'memory'
  const codeAt = (instruction: number) => code.fields[instruction * FIELDS]
  const isStore = (instruction: number) => codeAt(instruction) === Op.Store || codeAt(instruction) === Op.VectorStore
  /** The first cycle in which the value can be used by a stage that takes it at its beginning. */
  const usable = (from: Times | undefined) =>
    from === undefined ? 0 : o.forwarding ? from.ready + 1 : from.writeBack + 1

  path.forEach((instruction, i) => {
    const before = done[i - 1]
    const across = done[i - width]
    const sources = Array.from({ length: SOURCES }, (_, k) => {
      const resource = code.reads[instruction * SOURCES + k]
      return resource < 0 ? undefined : lastWriter.get(resource)
    })
    const latency = o.latencies[unitAt(instruction)]
    const isInDecode = o.branchesResolveIn === 'decode' && isBranch(codeAt(instruction))

    const fetch = Math.max(earliestFetch, before?.fetch ?? 0, across?.decode ?? 0)
    const decode = Math.max(fetch + 1, before?.decode ?? 0, across?.execute ?? 0)
    // What a branch compares in ID is forwarded when ID begins, or read in the second half of the cycle in which it is written.
    const comparable = (from: Times | undefined) =>
      from === undefined ? 0 : o.forwarding ? from.ready + 1 : from.writeBack
    const compared = Math.max(decode, ...sources.map(comparable))
    const isLate = (k: number) => k === 0 && isStore(instruction) && o.forwarding
    const free = Math.max(
      decode + 1,
      before?.execute ?? 0,
      isInDecode ? compared + 1 : 0,
      ...sources.map((from, k) => (isLate(k) ? 0 : usable(from))),
    )
    const isFull = (cycle: number) => {
      const inside = done.filter((older) => older.execute <= cycle && cycle < older.memory)
      const places = inside.filter(
        (older) => older.execute === cycle || !o.pipelined.includes(unitAt(older.instruction)),
      ).length
      const unit = unitAt(instruction)
      const inUnit = inside.filter((older) => unitAt(older.instruction) === unit).length
      return places >= width || (o.pipelined.includes(unit) && inUnit >= latency * width)
    }
    let execute = free
    while (isFull(execute)) execute++
    const finished = execute + latency - 1

    const portsUsed = (cycle: number) =>
      done.filter((older) => isAccess(older.instruction) && older.memory <= cycle && cycle < older.writeBack).length
    let memory = Math.max(
      finished + 1,
      before?.memory ?? 0,
      across?.writeBack ?? 0,
      isStore(instruction) && o.forwarding ? usable(sources[0]) : 0,
    )
    while (isAccess(instruction) && portsUsed(memory) >= o.memoryPorts) memory++
    const stay = isAccess(instruction) ? memoryCycles : 1
    const writeBack = Math.max(memory + stay, before?.writeBack ?? 0)
    const ready = isAccess(instruction) ? writeBack - 1 : finished
    const times = { instruction, fetch, decode, execute, memory, writeBack, ready }
    done.push(times)
    const written = code.writes[instruction]
    if (written >= 0) lastWriter.set(written, times)

    // What comes next is fetched when it is known, if it was not taken for granted.
    const predicted = predict(instruction)
    const next = path[i + 1]
    if (predicted !== instruction + 1) earliestFetch = fetch + 1
    if (next === undefined || next === predicted) return
    const known =
      codeAt(instruction) === Op.Jump
        ? decode
        : isInDecode
          ? compared
          : o.branchesResolveIn === 'memory'
            ? writeBack - 1
            : finished
    earliestFetch = known + 1 + o.redirectCycles
  })
  return done

  function predict(instruction: number): number {
    const target = code.fields[instruction * FIELDS + Field.Target]
    const op = codeAt(instruction)
    if (o.prediction === 'not-taken') return instruction + 1
    return op === Op.Jump || (isBranch(op) && target <= instruction) ? target : instruction + 1
  }
}

/** The instructions in the order in which they are carried out. */
export function pathOf(stream: InstructionStream, vectorWidth = 4): number[] {
  const interpreter = new Interpreter(stream, { vectorWidth })
  const path: number[] = []
  while (interpreter.status === 'running') {
    path.push(interpreter.position)
    interpreter.step()
  }
  return path
}
