/* Explores one program once, in a process of its own: no round gains from what an earlier one warmed up.
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
const start = performance.now()
const { complete, counts } = await entrelacs.explore(explored, { strategy: 'graph' })
const exploreMs = performance.now() - start
if (!complete) throw new Error(`The exploration of ${name} is not complete`)
const { states, transitions, interleavings } = counts
console.log(JSON.stringify({ states, transitions, interleavings, exploreMs }))

function choose(wanted: string) {
  if (wanted === 'lastzero') return lastzero(entrelacs, first)
  if (wanted === 'philosophers') return philosophers(entrelacs, first)
  return counter(entrelacs, first, second)
}
