/* Explores one program a few times in a process of its own and times the first run, compiling included, and the last.
 *
 * Arguments: the address of the compiled library, the name of the program, its parameters.
 */
import { performance } from 'node:perf_hooks'
import type * as Entrelacs from 'entrelacs'
import { counter, lastzero, philosophers } from './programs.js'

const [library, name, ...parameters] = process.argv.slice(2)
const [first, second] = parameters.map(Number)
const entrelacs = (await import(library)) as typeof Entrelacs
const explored = choose(name)
// The just-in-time compiler is to us what gcc is to SPIN: two runs let it do its work, the third is run time only.
const runs = [await timedExplore(), await timedExplore(), await timedExplore()]
const { states, transitions, interleavings } = runs[0].counts
console.log(JSON.stringify({ states, transitions, interleavings, firstMs: runs[0].ms, exploreMs: runs[2].ms }))

async function timedExplore() {
  const start = performance.now()
  const { complete, counts } = await entrelacs.explore(explored, { strategy: 'graph' })
  const ms = performance.now() - start
  if (!complete) throw new Error(`The exploration of ${name} is not complete`)
  return { counts, ms }
}

function choose(wanted: string) {
  if (wanted === 'lastzero') return lastzero(entrelacs, first)
  if (wanted === 'philosophers') return philosophers(entrelacs, first)
  return counter(entrelacs, first, second)
}
