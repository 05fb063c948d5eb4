import { explore, program } from 'entrelacs'
import { afterAll, expect, test } from 'vitest'
import * as programs from '../../bench/programs.js'
import * as reference from '../../bench/reference.js'
import { prepareSpin, type SpinModel } from '../../bench/spin-verifier.js'

const library = { program }
const spin = prepareSpin((text) => console.warn(`The comparison with SPIN is skipped. ${text}`))
afterAll(() => spin?.dispose())

interface Case {
  readonly name: string
  readonly ours: Parameters<typeof explore>[0]
  readonly walked: reference.Model
  readonly model: SpinModel
}

const lastzero = (n: number): Case => ({
  name: `lastzero(${n})`,
  ours: programs.lastzero(library, n),
  walked: reference.lastzero(n),
  model: { file: 'lastzero.pml', defines: { N: n } },
})
const philosophers = (n: number): Case => ({
  name: `philosophers(${n}) ordered`,
  ours: programs.philosophers(library, n),
  walked: reference.philosophers(n),
  model: { file: 'philosophers.pml', defines: { N: n } },
})
const counter = (threads: number, increments: number): Case => ({
  name: `counter(${threads}, ${increments})`,
  ours: programs.counter(library, threads, increments),
  walked: reference.counter(threads, increments),
  model: { file: 'counter.pml', defines: { T: threads, K: increments } },
})

const cases = [...[3, 4, 5, 6].flatMap((n) => [lastzero(n), philosophers(n)]), counter(2, 2), counter(3, 2)]

async function ourCounts({ ours }: Case) {
  const { complete, counts } = await explore(ours, { strategy: 'graph' })
  expect(complete).toBe(true)
  return counts
}

test.each(cases)('$name: the counts of a breadth-first walk', async (example) => {
  const { states, transitions, interleavings } = reference.count(example.walked)
  expect(await ourCounts(example)).toMatchObject({ states, transitions, interleavings: String(interleavings) })
})

test.skipIf(spin === null).each(cases)('$name: the states and transitions of SPIN', async (example) => {
  const { states, transitions } = spin!.verifier(example.model, false).run()
  expect(await ourCounts(example)).toMatchObject({ states, transitions })
})
