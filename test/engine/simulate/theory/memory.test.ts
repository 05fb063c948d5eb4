import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import falseSharing from '../../../../src/scenarios/false-sharing.js'
import { loadMachine } from '../../../../src/machine-files/load-machine.js'
import { run } from './whole.js'

const LINE = 64
/** Words of a line, as elements of an array lie in memory. */
const WORDS = 8

/** Threads that read lines nobody has in a cache, each its own part of an array. */
const missing = program('missing', { threads: 4, lines: 1000, pinned: true }, ({ threads, lines, pinned }, p) => {
  const data = p.array('data', threads * lines * WORDS)
  for (let i = 0; i < threads; i++)
    p.thread(
      `reader ${i}`,
      function* () {
        for (let line = 0; line < lines; line++) yield* data.read((i * lines + line) * WORDS)
      },
      pinned ? { affinity: [i] } : {},
    )
})

describe('A bus', () => {
  /** Bytes in a nanosecond that threads on as many cores get together. */
  const throughput = (threads: number, bandwidth: number) => {
    const laptop = loadMachine('laptop')
    const memory = { ...laptop.memory, interconnect: { kind: 'bus', bandwidth, messageBytes: 8 } as const }
    const { makespan, memory: use } = run(missing, { ...laptop, memory }, { params: { threads, lines: 500 } })
    expect(use.total.localMemory).toBe(threads * 500)
    return (threads * 500 * LINE) / makespan
  }

  test('is saturated by enough cores: together they get its bandwidth', () => {
    for (const bandwidth of [1, 2, 3])
      expect(Math.abs(throughput(8, bandwidth) / bandwidth - 1), `${bandwidth} GB/s`).toBeLessThan(0.03)
  })

  test('gives every core what it asks for as long as it is not', () => {
    const alone = throughput(1, 50)
    for (const cores of [2, 4, 8])
      expect(Math.abs(throughput(cores, 50) / (cores * alone) - 1), `${cores} cores`).toBeLessThan(0.03)
  })
})

describe('False sharing', () => {
  const on = (machine: string, apart: number) => run(falseSharing, machine, { params: { rounds: 2000, apart } })

  test.each(['laptop', 'cloud-vm', 'server-64', 'numa-server'])(
    'slows neighbours down on %s, and nobody else',
    (machine) => {
      const apart = on(machine, WORDS)
      expect(apart.memory.total.falseSharing).toBe(0)
      for (const distance of [1, WORDS - 1]) {
        const near = on(machine, distance)
        expect(near.makespan / apart.makespan).toBeGreaterThan(1.15)
        expect(near.memory.total.falseSharing).toBeGreaterThan(100)
        expect(near.final).toMatchObject({ counts: expect.arrayContaining([2000]) })
      }
      expect(Math.abs(on(machine, 2 * WORDS).makespan / apart.makespan - 1)).toBeLessThan(0.01)
    },
  )
})

/** One thread fills an array, then one on another core reads it. */
const handedOver = program('handed over', { reader: 0, lines: 2000 }, ({ reader, lines }, p) => {
  const data = p.array('data', lines * WORDS)
  const read = p.newThread(
    'reader',
    function* () {
      for (let line = 0; line < lines; line++) yield* data.read(line * WORDS)
    },
    { affinity: [reader] },
  )
  p.thread(
    'owner',
    function* () {
      // A touch in each page is what decides whose memory it is in.
      for (let line = 0; line < lines; line += 64) yield* data.write(line * WORDS, 1)
      yield* read.start()
    },
    { affinity: [0] },
  )
})

describe('NUMA', () => {
  const reading = (reader: number) => {
    const { threads, memory } = run(handedOver, 'numa-server', { params: { reader } })
    return { time: threads.find(({ name }) => name === 'reader')!.running / 2000, memory }
  }

  test('memory of the other socket is a hop further away than that of one’s own', () => {
    const machine = loadMachine('numa-server')
    const { interconnect } = machine.memory
    const hop = interconnect.kind === 'numa' ? interconnect.latencyPerHop : 0
    const [local, remote] = [reading(1), reading(16)]
    const line = LINE / (interconnect.kind === 'numa' ? interconnect.bandwidth : 1)
    expect(remote.time - local.time).toBeGreaterThan(hop * 0.95)
    expect(remote.time - local.time).toBeLessThan((hop + line) * 1.1)
    expect(local.memory.links.every(({ bytes }) => bytes === 0)).toBe(true)
    expect(remote.memory.links.some(({ bytes }) => bytes > 0)).toBe(true)
  })
})
