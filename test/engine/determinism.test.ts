import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { explore, program, replay } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { GraphSearch } from '../../src/engine/explore/graph-search.js'
import { Session } from '../../src/engine/session.js'
import { EXAMPLES, hashesAlong, untimed, type Observed, observe } from './support/observations.js'

const run = promisify(execFile)
const CHILD = fileURLToPath(new URL('support/observations-child.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('The same seed', () => {
  test('gives the same report twice', async () => {
    for (const example of EXAMPLES)
      for (const strategy of ['graph', 'random'] as const) {
        const options = { strategy, seed: 'a seed', samples: 300 }
        expect(untimed(await explore(example, options))).toEqual(untimed(await explore(example, options)))
      }
  })

  test('gives the same trace of a token twice', async () => {
    for (const example of EXAMPLES)
      for (const { token } of (await explore(example)).violations)
        expect(replay(example, token)).toEqual(replay(example, token))
  })

  test('that differs lets sampling see other executions, but the graph the same', async () => {
    const [example] = EXAMPLES
    const executions = async (seed: number) => {
      const { outcomes } = await explore(example!, { strategy: 'random', seed, samples: 200 })
      return outcomes.map((outcome) => outcome.executions)
    }
    expect(await executions(1)).not.toEqual(await executions(2))
    expect(untimed(await explore(example!, { seed: 1 }))).toEqual(untimed(await explore(example!, { seed: 2 })))
  })

  test('or another one gives the same graph, also where only a rare schedule meets the first p.at', async () => {
    const rare = program('rare claim', {}, (_params, p) => {
      p.thread('A', function* () {
        if ((yield* p.choose(500)) !== 377) return
        for (let i = 0; i < 3; i++) yield* p.yieldNow()
        yield* p.at('late')
        yield* p.yieldNow()
      })
      p.thread('B', function* () {
        for (let i = 0; i < 8; i++) yield* p.yieldNow()
      })
    })
    const states = new Set<number | null>()
    for (let seed = 0; seed < 8; seed++) states.add((await explore(rare, { seed })).counts.states)
    expect(states.size).toBe(1)
  })

  test('gives another process the same reports, traces and hashes of states', async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', CHILD], { cwd: ROOT, maxBuffer: 1 << 26 })
    const there = JSON.parse(stdout) as Observed[]
    const here = JSON.parse(JSON.stringify(await observe())) as Observed[]

    expect(there).toEqual(here)
    for (const { hashes } of here) expect(hashes.length).toBeGreaterThan(3)
  })
})

describe('The hash of a state', () => {
  test('does not depend on the order in which threads were learnt', () => {
    for (const example of EXAMPLES) {
      const fresh = new Session(example)
      const explored = new Session(example)
      explored.rewind()
      const search = new GraphSearch(explored, { maxStates: 1e6, maxMemory: 1e9, maxHeap: 1e9 })
      for (const _pause of search.run());
      explored.rewind()

      for (const seed of ['one', 'two', 'three'])
        expect(hashesAlong(explored, seed), example.name).toEqual(hashesAlong(fresh, seed))
    }
  })

  test('is the same for a state that is reached on different paths', () => {
    for (const example of EXAMPLES) {
      const session = new Session(example)
      const hashes = new Map<string, string>()
      for (let seed = 0; seed < 50; seed++)
        hashesAlong(session, String(seed), (key, hash) => {
          expect(hashes.get(key) ?? hash).toBe(hash)
          hashes.set(key, hash)
        })
      expect(new Set(hashes.values()).size).toBe(hashes.size)
    }
  })
})
