import { describe, expect, test } from 'vitest'
import type { Trace } from '../../../../src/engine/simulate/results/trace.js'
import type { TraceEvent } from '../../../../src/engine/simulate/results/trace-event.js'
import { Simulation, type SimulationOptions } from '../../../../src/engine/simulate/simulation.js'
import type { SimulateReport } from '../../../../src/engine/simulate/simulate-report.js'
import { scenarios } from '../../../../src/scenarios/index.js'
import { finish } from '../../support/finish.js'
import { smallMachine } from '../machines.js'

const SETTINGS: readonly SimulationOptions[] = [
  {},
  { twins: false, seed: 3 },
  { gil: '3.12' },
  { gil: '2.7', mapping: 'M:N' },
  { mapping: 'N:1' },
]

type EventOf<Name extends TraceEvent['event']> = Extract<TraceEvent, { readonly event: Name }>

interface Traced {
  readonly report: SimulateReport
  readonly trace: Trace
  readonly events: readonly TraceEvent[]
}

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

async function traced({ load, options }: Pick<(typeof each)[number], 'load' | 'options'>): Promise<Traced> {
  const { default: program } = await load()
  const simulation = new Simulation(program, smallMachine(2), { maxEvents: 20_000, ...options, trace: true })
  const report = finish(simulation.run())
  const trace = simulation.trace!
  return { report, trace, events: [...trace.events()] }
}

function of<Name extends TraceEvent['event']>(events: readonly TraceEvent[], name: Name): EventOf<Name>[] {
  return events.filter((event): event is EventOf<Name> => event.event === name)
}

describe('The events of a trace add up to the report', () => {
  test.each(each)('$title', async (one) => {
    const { report, trace, events } = await traced(one)
    expect(trace).toHaveLength(events.length)
    expect(of(events, 'step')).toHaveLength(report.operations)
    expect(sorted(timesOfThreads(events, report.makespan))).toEqual(
      sorted(report.threads.map(({ name, runnable, running, waiting }) => [name, runnable, running, waiting])),
    )
    expect(timesOfCores(events, report).map(rounded)).toEqual(
      report.cores.map(({ busy, stalled, switching }) => rounded([busy + stalled, switching])),
    )
    expect(dispatches(events)).toEqual(extremes(report.latencies.dispatch))
    expect(answers(events)).toEqual(
      Object.fromEntries(report.latencies.devices.map((latency) => [latency.device, extremes(latency)])),
    )
    for (const { what, waits, time } of report.waits) {
      const latency = report.latencies.waits.find((wait) => wait.what === what)!
      expect(latency.count).toBe(waits)
      expect(latency.mean * waits).toBeCloseTo(time, 0)
    }
    if (report.gil === null) return expect(of(events, 'gil')).toEqual([])
    const gil = (what: string, why?: string) =>
      of(events, 'gil').filter((event) => event.what === what && (why === undefined || event.why === why)).length
    const { switches, forced, voluntary, ticked, requests, wasted } = report.gil
    expect([gil('switch'), gil('drop', 'requested'), gil('drop', 'voluntary'), gil('drop', 'ticks')]).toEqual([
      switches,
      forced,
      voluntary,
      ticked,
    ])
    expect([gil('request'), gil('wasted')]).toEqual([requests, wasted])
  })
})

describe('A trace tells what happens in its order', () => {
  test.each(each)('$title', async (one) => {
    const { events } = await traced(one)
    const states = new Map<number, string>()
    let now = 0
    for (const event of events) {
      expect(event.time).toBeGreaterThanOrEqual(now)
      now = event.time
      switch (event.event) {
        case 'thread':
          expect(states.has(event.thread)).toBe(false)
          states.set(event.thread, 'new')
          break
        case 'state':
          expect(states.get(event.thread)).toBe(event.from)
          states.set(event.thread, event.to)
          break
        case 'step':
          expect(states.get(event.thread)).toBe('running')
          expect(event.from).toBeLessThanOrEqual(event.time)
          break
        case 'wake':
          expect(states.has(event.thread)).toBe(true)
          if (event.by !== null) expect(states.has(event.by)).toBe(true)
          break
        default:
          break
      }
    }
  })

  test('whoever becomes runnable after waiting or being new was woken before', async () => {
    for (const one of each) {
      const { events } = await traced(one)
      const woken = new Set<number>()
      for (const event of events)
        if (event.event === 'wake') woken.add(event.thread)
        else if (event.event === 'state' && (event.from === 'new' || event.from === 'waiting'))
          expect([one.title, woken.delete(event.thread)]).toEqual([one.title, true])
    }
  })
})

test('Without being asked for nothing is kept', async () => {
  const { default: program } = await scenarios[0]!.load()
  expect(new Simulation(program, smallMachine(1)).trace).toBeNull()
})

test('What is recorded changes nothing', async () => {
  for (const { load, options } of each) {
    const { default: program } = await load()
    const report = (trace: boolean) =>
      finish(new Simulation(program, smallMachine(2), { maxEvents: 20_000, ...options, trace }).run())
    expect(report(true)).toEqual(report(false))
  }
})

type Row = readonly (string | number)[]

const rounded = (row: Row): Row => row.map((part) => (typeof part === 'number' ? Number(part.toFixed(3)) : part))
const sorted = (rows: readonly Row[]): Row[] => rows.map(rounded).sort((a, b) => (String(a) < String(b) ? -1 : 1))

/** How long each of a number of things was in which state, from what is told when it changes. */
class Durations {
  readonly #sums = new Map<number, Map<string, number>>()
  readonly #states = new Map<number, { readonly state: string; readonly since: number }>()

  set(which: number, state: string, now: number): void {
    const before = this.#states.get(which)
    const sums = this.#sums.get(which) ?? new Map<string, number>()
    if (before !== undefined) sums.set(before.state, (sums.get(before.state) ?? 0) + now - before.since)
    this.#sums.set(which, sums)
    this.#states.set(which, { state, since: now })
  }

  end(now: number): void {
    for (const [which, { state }] of this.#states) this.set(which, state, now)
  }

  of(which: number, ...states: readonly string[]): number[] {
    return states.map((state) => this.#sums.get(which)?.get(state) ?? 0)
  }
}

interface Extremes {
  readonly count: number
  readonly min: number
  readonly max: number
}

const extremes = ({ count, min, max }: Extremes): Extremes => ({ count, min, max })

function extremesOf(durations: readonly number[]): Extremes {
  const times = durations.map((duration) => Number(duration.toFixed(3)))
  return times.length === 0
    ? { count: 0, min: 0, max: 0 }
    : { count: times.length, min: Math.min(...times), max: Math.max(...times) }
}

function dispatches(events: readonly TraceEvent[]): Extremes {
  const since = new Map<number, number>()
  const durations: number[] = []
  for (const { thread, from, to, time } of of(events, 'state')) {
    if (from === 'runnable' && to === 'running') durations.push(time - since.get(thread)!)
    since.set(thread, time)
  }
  return extremesOf(durations)
}

function answers(events: readonly TraceEvent[]): Record<string, Extremes> {
  const since = new Map<number, number>()
  const durations: Record<string, number[]> = {}
  for (const event of events)
    if (event.event === 'request') {
      since.set(event.thread, event.time)
      durations[event.device] ??= []
    } else if (event.event === 'answer') durations[event.device].push(event.time - since.get(event.thread)!)
  return Object.fromEntries(Object.entries(durations).map(([device, all]) => [device, extremesOf(all)]))
}

function timesOfThreads(events: readonly TraceEvent[], end: number): Row[] {
  const durations = new Durations()
  for (const { thread, to, time } of of(events, 'state')) durations.set(thread, to, time)
  durations.end(end)
  return of(events, 'thread').map(({ thread, name }) => [
    name,
    ...durations.of(thread, 'runnable', 'running', 'waiting'),
  ])
}

function timesOfCores(events: readonly TraceEvent[], { cores, makespan }: SimulateReport): Row[] {
  const durations = new Durations()
  for (const { core, state, time } of of(events, 'core')) durations.set(core, state, time)
  durations.end(makespan)
  return cores.map((_core, core) => durations.of(core, 'busy', 'switching'))
}
