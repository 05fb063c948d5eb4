/* Searches the traces of one program, again and again in a process of its own, each time it is told to.
 *
 * Argument: the title of the program.
 */
import { performance } from 'node:perf_hooks'
import { explore } from 'entrelacs'
import { TraceExploration } from '../src/engine/explore/dpor/trace-exploration.js'
import { Session } from '../src/engine/session.js'
import { tracePrograms } from './trace-programs.js'
import type { Timing, TraceCounts, TraceTask, WholeExploration } from './trace-tasks.js'

// A round of a short search is as many of them as take that long; the first one in the process is timed alone.
const ROUND_MS = 50
const WARM_UP_MS = 200

const { build } = tracePrograms.find(({ title }) => title === process.argv[2])!
const tasks = { time, count, explore: exploreWhole }
let isCold = true

process.on('message', (task: TraceTask) => void answer(task))

async function answer(task: TraceTask): Promise<void> {
  process.send!(await tasks[task]())
}

function search(): void {
  for (const _pause of new TraceExploration(new Session(build()), {}).run());
}

function time(): Timing {
  const least = isCold ? 0 : ROUND_MS
  isCold = false
  return repeat(least)
}

/** The mean of as many searches as take that long, and of one at least. */
function repeat(leastMs: number): Timing {
  const start = performance.now()
  for (let searches = 1; ; searches++) {
    search()
    const elapsed = performance.now() - start
    if (elapsed >= leastMs) return { ms: elapsed / searches }
  }
}

/** Not timed, and hence also what lets the just-in-time compiler do its work. */
function count(): TraceCounts {
  const session = new Session(build())
  const exploration = new TraceExploration(session, {})
  const { search: first } = exploration
  const entered = countEntered(first.branches)
  let searchBytes = 0
  for (const _pause of exploration.run()) searchBytes = Math.max(searchBytes, exploration.bytes)
  const { executions, deadlocked, assumeFailed, steps, totalLength } = exploration.search
  // One execution is run by default, every other one is what a branch led to. A restart would begin another search.
  const blocked = exploration.search === first ? entered() + 1 - executions - assumeFailed : null
  const learntBytes = session.bytes
  repeat(WARM_UP_MS)
  return { executions, deadlocked, assumeFailed, blocked, steps, totalLength, searchBytes, learntBytes }
}

/** A branch is removed as soon as it has been entered, whether or not it led to an execution. */
function countEntered(branches: TraceExploration['search']['branches']): () => number {
  let entered = 0
  const remove = branches.remove.bind(branches)
  branches.remove = (branch) => {
    entered++
    remove(branch)
  }
  return () => entered
}

async function exploreWhole(): Promise<WholeExploration> {
  const start = performance.now()
  const { complete } = await explore(build(), { strategy: 'dpor' })
  return { ms: performance.now() - start, complete }
}
