import type { MemoryConfig, Numa, SharedLevel } from './memory-config.js'

/** Where cores, nodes, last levels and links are. */
export class Topology {
  readonly cores: number
  readonly nodes: number
  /** The node of each core. */
  readonly nodeOf: Uint8Array
  /** The last level of each core. Without one, each core is its own. */
  readonly lastLevelOf: Int16Array
  /** The first core of each last level, and one past the last core of all. */
  readonly firstCoreOf: readonly number[]
  /** The hops from node to node: row by row. */
  readonly hops: Int32Array
  /** The links, as pairs of nodes. */
  readonly links: readonly { readonly from: number; readonly to: number }[]
  /** The links on the way from node to node: from·nodes + to gives the first in `ways`; the next pair begins where it ends. */
  readonly wayStart: Int32Array
  readonly ways: Int32Array

  constructor({ cores, interconnect, sharedLevel }: MemoryConfig) {
    this.cores = cores
    this.nodeOf = nodesOfCores(cores, interconnect.kind === 'numa' ? interconnect : null)
    this.lastLevelOf = Int16Array.from(lastLevelsOfCores(this.nodeOf, sharedLevel))
    this.firstCoreOf = [...new Set(this.lastLevelOf)].map((level) => this.lastLevelOf.indexOf(level)).concat(cores)
    this.nodes = interconnect.kind === 'numa' ? interconnect.nodes.length : 1
    const hops = interconnect.kind === 'numa' ? hopMatrix(interconnect) : [[0]]
    this.hops = Int32Array.from(hops.flat())
    const ways = hops.flatMap((row, from) => row.map((_, to) => wayBetween(hops, from, to)))
    const links = new Map<string, { from: number; to: number }>()
    for (const { from, to } of ways.flat()) links.set(`${from} ${to}`, { from, to })
    const numbers = new Map([...links.keys()].map((key, number) => [key, number]))
    this.links = [...links.values()]
    this.ways = Int32Array.from(ways.flat().map(({ from, to }) => numbers.get(`${from} ${to}`)!))
    let start = 0
    this.wayStart = Int32Array.from([...ways.map((way) => (start += way.length) - way.length), start])
  }
}

function nodesOfCores(cores: number, numa: Numa | null): Uint8Array {
  if (numa === null) return new Uint8Array(cores)
  return Uint8Array.from(numa.nodes.flatMap((node, number) => new Array<number>(node.cores).fill(number)))
}

/** Numbered from 0 in the order of cores. */
function lastLevelsOfCores(nodeOf: Uint8Array, level: SharedLevel | null): number[] {
  const per = level?.per ?? { cores: 1 }
  if (per === 'machine') return [...nodeOf].map(() => 0)
  if (per !== 'node') return [...nodeOf].map((_, core) => Math.floor(core / per.cores))
  const withCores = [...new Set(nodeOf)]
  return [...nodeOf].map((node) => withCores.indexOf(node))
}

function hopMatrix({ nodes, hops }: Numa): readonly (readonly number[])[] {
  if (typeof hops !== 'string') return hops
  const count = nodes.length
  return nodes.map((_, from) =>
    nodes.map((_node, to) => {
      const round = (to - from + count) % count
      return hops === 'full' ? Math.min(round, 1) : Math.min(round, count - round)
    }),
  )
}

interface Link {
  readonly from: number
  readonly to: number
}

function wayBetween(hops: readonly (readonly number[])[], from: number, to: number): Link[] {
  const way: Link[] = []
  let at = from
  while (at !== to) {
    const left = hops[at]![to]!
    const next = hops[at]!.findIndex((hop, node) => hop === 1 && hops[node]![to] === left - 1)
    // No chain of single hops: these two have a link of their own.
    if (next < 0) return [{ from, to }]
    way.push({ from: at, to: next })
    at = next
  }
  return way
}
