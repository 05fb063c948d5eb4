import { describe, expect, test } from 'vitest'
import { Simulation, type SimulationOptions } from '../../src/engine/simulate/simulation.js'
import { perfettoTrace } from '../../src/report/perfetto-trace.js'
import { traceLines } from '../../src/report/trace-lines.js'
import { scenarios } from '../../src/scenarios/index.js'
import { finish } from '../engine/support/finish.js'
import { smallMachine } from '../engine/simulate/machines.js'

interface Drawn {
  readonly ph: string
  readonly name?: string
  readonly cat?: string
  readonly id?: number
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly args?: Readonly<Record<string, unknown>>
}

const SETTINGS: readonly SimulationOptions[] = [{}, { twins: false }, { gil: '3.12' }, { mapping: 'M:N', gil: '2.7' }]

// They have no twins: one forks a process, and a property of the other looks into a primitive.
const WITHOUT_TWINS = ['fork-held-lock', 'producer-consumer']

// Every scenario in one of the settings, and every setting in many scenarios.
const each = scenarios.map(({ name, load }, i) => {
  const options = SETTINGS[i % SETTINGS.length]
  return {
    title: `${name} ${JSON.stringify(options)}`,
    load,
    options: WITHOUT_TWINS.includes(name) ? { ...options, twins: false } : options,
  }
})

async function traceOf({ load, options }: Pick<(typeof each)[number], 'load' | 'options'>) {
  const { default: program } = await load()
  const simulation = new Simulation(program, smallMachine(2), { maxEvents: 10_000, ...options, trace: true })
  finish(simulation.run())
  return simulation.trace!
}

async function drawn(one: Pick<(typeof each)[number], 'load' | 'options'>): Promise<Drawn[]> {
  const whole = JSON.parse([...perfettoTrace(await traceOf(one))].join('')) as { traceEvents: Drawn[] }
  return whole.traceEvents
}

/** In whole nanoseconds. */
const ns = (microseconds: number) => Math.round(microseconds * 1000)

describe('In the viewer’s format', () => {
  test.each(each)('slices lie within each other: $title', async (one) => {
    const tracks = new Map<string, Drawn[]>()
    for (const event of await drawn(one)) {
      if (!['B', 'E', 'X'].includes(event.ph)) continue
      const track = `${event.pid} ${event.tid}`
      tracks.set(track, [...(tracks.get(track) ?? []), event])
    }
    for (const events of tracks.values()) {
      const open: number[] = []
      // As the viewer sorts them: those of one moment stay in the order of the file.
      for (const { ph, ts, dur } of events.toSorted((a, b) => a.ts - b.ts)) {
        while (open.length > 0 && open.at(-1)! <= ns(ts) && open.at(-1) !== Infinity) open.pop()
        if (ph === 'B') open.push(Infinity)
        else if (ph === 'E') expect(open.pop()).toBe(Infinity)
        else {
          expect(open.length).toBeGreaterThan(0)
          expect(open.at(-1)).toBeGreaterThanOrEqual(ns(ts) + ns(dur!))
          open.push(ns(ts) + ns(dur!))
        }
      }
      expect(open.filter((end) => end === Infinity)).toEqual([])
    }
  })

  test.each(each)('every arrow has two ends, and never points to the past: $title', async (one) => {
    const events = await drawn(one)
    const starts = new Map(events.filter(({ ph }) => ph === 's').map((event) => [event.id, event]))
    const ends = events.filter(({ ph }) => ph === 'f')
    expect(ends).toHaveLength(starts.size)
    for (const end of ends) expect(starts.get(end.id)!.ts).toBeLessThanOrEqual(end.ts)
  })

  test('who waits for a lock is woken by an arrow from who gives it back', async () => {
    const events = await drawn({
      load: scenarios.find(({ name }) => name === 'bank-account-locked')!.load,
      options: { twins: false },
    })
    const arrow = events.findIndex(({ ph, ts }) => ph === 's' && ts > 0)
    expect(arrow).toBeGreaterThan(0)
    const { tid, ts } = events[arrow]
    expect(events.find((event) => event.ph === 'X' && event.tid === tid && event.ts === ts)?.name).toMatch(/release/)
  })
})

describe('As JSON lines', () => {
  test.each(each)('each line is an object, and they are the events: $title', async (one) => {
    const trace = await traceOf(one)
    const lines = [...traceLines(trace)].join('').split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      JSON.parse(JSON.stringify([trace.header, ...trace.events()])),
    )
  })
})
