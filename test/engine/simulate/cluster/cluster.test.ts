import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../../src/engine/simulate/machine/machine.js'
import { PICOSECONDS } from '../../../../src/engine/simulate/machine/machine.js'
import { Simulation } from '../../../../src/engine/simulate/simulation.js'
import type { SimulateReport } from '../../../../src/engine/simulate/simulate-report.js'
import { finish } from '../../support/finish.js'
import { smallMachine } from '../machines.js'

const { us, ms } = PICOSECONDS

function cluster(nodes: number, link: Partial<NonNullable<Machine['cluster']>['link']> = {}): Machine {
  const machine = smallMachine(1, 10 * ms)
  return {
    ...machine,
    processor: { ...machine.processor, cyclesPerWork: 1000 },
    os: { ...machine.os, processCreation: { fork: 100 * us, spawn: 1 * ms, forkserver: 200 * us } },
    pickling: { message: 0, bandwidth: Infinity },
    cluster: { nodes, link: { latency: 25 * us, spread: 0, bandwidth: Infinity, loss: 0, ...link } },
  }
}

const run = (subject: ReturnType<typeof program>, machine: Machine, seed = 1): SimulateReport =>
  finish(new Simulation(subject, machine, { seed }).run())

/** Node 1 sends so many messages of so many letters to node 0, which says when it has all of them. */
const sending = program('sending', { messages: 1, letters: 0, loses: false, node: 1 }, (given, p) => {
  const { messages, letters, loses, node } = given
  const box = p.mailbox<string>('box', { loses })
  const now = p.clock()
  const sent = p.cell('sent', null as number | null, { shared: true })
  const sender = p.process(
    'sender',
    function* () {
      yield* sent.write(yield* now.read())
      for (let i = 0; i < messages; i++) yield* box.send('x'.repeat(letters))
    },
    { node },
  )
  p.thread('main', function* () {
    yield* sender.start()
    let count = 0
    try {
      for (; count < messages; count++) yield* box.receive({ timeout: 10 })
    } catch {
      // Those that are lost.
    }
    return [count, (yield* now.read()) - (yield* sent.read())!]
  })
})

/** How many have come, and the microseconds that they took. */
function received(params: Parameters<typeof simulated>[0], machine: Machine, seed = 1): [number, number] {
  const [count, seconds] = simulated(params, machine, seed).results!['main'] as [number, number]
  return [count, seconds * 1e6]
}

function simulated(params: Readonly<Record<string, unknown>>, machine: Machine, seed: number): SimulateReport {
  return finish(new Simulation(sending, machine, { seed, params }).run())
}

describe('A cluster', () => {
  test('takes the latency of its link for a message, and none within a node', () => {
    const [, there] = received({ node: 1 }, cluster(2))
    const [, here] = received({ node: 0 }, cluster(2))
    // Besides the link: some operations and system calls, on nodes that are alike.
    expect(there - here).toBeGreaterThan(20)
    expect(there).toBeGreaterThan(25)
    expect(there).toBeLessThan(35)
  })

  test('sends no more bytes than a link carries', () => {
    // 100 messages of 10,000 letters at 100 MB/s take 10 ms, and their headers something more.
    const [count, time] = received({ messages: 100, letters: 10_000 }, cluster(2, { bandwidth: 1e8 }))
    expect(count).toBe(100)
    expect(time).toBeGreaterThan(10_000)
    expect(time).toBeLessThan(10_200)
  })

  test('loses messages as often as its links do, if they may be lost', () => {
    const machine = cluster(2, { loss: 0.25 })
    const { network, results } = simulated({ messages: 400, loses: true }, machine, 3)
    const [count] = results!['main'] as [number]
    expect(network).toMatchObject({ messages: 400, lost: 400 - count })
    // 100 lost in the mean, standard deviation 8.7.
    expect(Math.abs(network!.lost - 100)).toBeLessThan(4 * 8.7)
    expect(received({ messages: 100 }, machine)[0]).toBe(100)
  })

  test('computes on all nodes at once, each with its own cores and memory', () => {
    const computing = program('computing', { workers: 4 }, ({ workers }, p) => {
      const all = Array.from({ length: workers }, (_, node) =>
        p.process(`worker ${node}`, () => p.compute(100_000), { node }),
      )
      p.thread('main', function* () {
        for (const each of all) yield* each.start()
        for (const each of all) yield* each.join()
      })
    })
    const spread = run(computing, cluster(4))
    const together = run(computing, cluster(1))
    // 100 ms each on a core of its own, beside 4 ms of starting them; one after the other on one.
    expect(spread.makespan / 1e6).toBeGreaterThan(100)
    expect(spread.makespan / 1e6).toBeLessThan(110)
    expect(together.makespan / 1e6).toBeGreaterThan(400)
    expect(spread.cores.map(({ busy }) => Math.floor(busy / 1e8))).toEqual([1, 1, 1, 1])
    expect(spread.memory.cores).toHaveLength(4)
    expect(spread.nodes).toBe(4)
  })

  test('goes round where a program wants more nodes than there are', () => {
    expect(received({ node: 5 }, cluster(2))[0]).toBe(1)
  })

  test('does the same every time, with latencies that scatter', () => {
    const machine = cluster(3, { spread: 0.5, loss: 0.1 })
    const reports = [1, 2, 1].map((seed) => simulated({ messages: 50, loses: true }, machine, seed))
    expect(reports[2]).toEqual(reports[0])
    expect(reports[1]).not.toEqual(reports[0])
  })
})
