import type { SteppedProcessor, Stall, UnitEvent } from './stepped-processor.js'

/** Which part of a run is recorded. */
export interface RecordOptions {
  /** The core or warp. @default 0 */
  readonly unit?: number
  /** The first cycle. @default 1 */
  readonly from?: number
  /** The last cycle. @default 200 cycles from the first one on, or the end */
  readonly to?: number
}

/** Where the instructions of a unit were in each cycle: what diagrams are drawn from. */
export interface ExecutionRecord {
  readonly unit: string
  /** The names of the places through which instructions go, in order. */
  readonly places: readonly string[]
  readonly from: number
  readonly to: number
  /** In the order in which they were fetched. */
  readonly instructions: readonly RecordedInstruction[]
  readonly events: readonly RecordedEvent[]
}

export interface RecordedInstruction {
  readonly id: number
  /** Its number in the stream, from 0. */
  readonly instruction: number
  readonly text: string
  /** Cycle by cycle, without gaps. */
  readonly cells: readonly RecordedCell[]
  /** The cycle in which it was found to be on the wrong path; null if it was not, or not yet. */
  readonly droppedIn: number | null
}

export interface RecordedCell {
  readonly cycle: number
  /** An index in `places`. */
  readonly place: number
  readonly stall: Stall | null
  /** In a warp, whether each lane takes part. */
  readonly lanes?: readonly boolean[]
  /** In a warp, the lines of memory that a load or store accesses. */
  readonly lines?: number
}

export type RecordedEvent = UnitEvent & { readonly cycle: number }

const MOST_CYCLES = 200

/**
 * Records cycles of any processor, which is afterwards where it was before. Cycles that have not passed yet are run and taken back.
 *
 * @throws RangeError if there is no such unit.
 *
 * @example
 * ```ts
 * import { assemble, PipelinedProcessor, recordExecution } from 'entrelacs'
 * const processor = new PipelinedProcessor(assemble('data a: 7\nload r1, [a]\nadd r2, r1, 1'))
 * const { places, instructions } = recordExecution(processor)
 * console.log(instructions[1]!.cells.map(({ place }) => places[place]).join(' ')) // IF ID ID EX ME WB
 * console.log(instructions[1]!.cells[2]!.stall) // { kind: 'data', register: 'r1', by: 1 }
 * ```
 */
export function recordExecution(processor: SteppedProcessor, options: RecordOptions = {}): ExecutionRecord {
  const { unit = 0, from = 1 } = options
  const to = options.to ?? from + MOST_CYCLES - 1
  const before = processor.cycle
  const rows = new Map<number, Row>()
  const events: RecordedEvent[] = []
  processor.goTo(Math.max(0, from - 1))
  const first = processor.activity(unit)
  while (processor.cycle < to && processor.step()) {
    const { cycle } = processor
    const { places, events: happened } = processor.activity(unit)
    places.forEach(({ holds }, place) => {
      for (const { id, instruction, text, stall, lanes, lines } of holds) {
        let row = rows.get(id)
        if (row === undefined) rows.set(id, (row = { id, instruction, text, cells: [], droppedIn: null }))
        row.cells.push({
          cycle,
          place,
          stall,
          ...(lanes === undefined ? {} : { lanes }),
          ...(lines === undefined ? {} : { lines }),
        })
      }
    })
    for (const event of happened) {
      events.push({ ...event, cycle })
      if (event.kind !== 'wrong-path') continue
      for (const id of event.dropped) {
        const row = rows.get(id)
        if (row !== undefined) row.droppedIn = cycle
      }
    }
  }
  const end = processor.cycle
  processor.goTo(before)
  return {
    unit: first.name,
    places: first.places.map(({ name }) => name),
    from,
    to: end,
    instructions: [...rows.values()].toSorted((a, b) => a.id - b.id),
    events,
  }
}

/** What would have been recorded up to an earlier cycle: quick, as nothing is run. */
export function cutRecord(record: ExecutionRecord, to: number): ExecutionRecord {
  if (to >= record.to) return record
  const instructions = record.instructions.flatMap((row) => {
    const cells = row.cells.filter(({ cycle }) => cycle <= to)
    if (cells.length === 0) return []
    return [{ ...row, cells, droppedIn: row.droppedIn !== null && row.droppedIn <= to ? row.droppedIn : null }]
  })
  return { ...record, to, instructions, events: record.events.filter(({ cycle }) => cycle <= to) }
}

interface Row extends RecordedInstruction {
  readonly cells: RecordedCell[]
  droppedIn: number | null
}
