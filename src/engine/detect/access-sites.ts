import { FLAG_WRITES } from '../node-head.js'
import { NODE_CODE, NODE_WORD } from '../node-fields.js'
import { formatData } from '../operation.js'
import type { Place } from '../place.js'
import type { Session } from '../session.js'

/** A plain access as the program's text has it: by whom, to what, of which kind, and where. */
export interface AccessSite {
  readonly thread: number
  readonly word: number
  readonly writes: boolean
  /** `read`, `write`. */
  readonly operation: string
  /** Unknown if the session does not record places. */
  readonly place: Place | undefined
  /** What tells it from all others, the same in every session that records places. */
  readonly key: string
}

/** The sites of the plain accesses of a session's threads, by number. */
export class AccessSites {
  readonly all: AccessSite[] = []
  readonly #session: Session
  readonly #byKey = new Map<string, number>()
  // By node: 1 + its site.
  readonly #ofNode: number[] = []

  constructor(session: Session) {
    this.#session = session
  }

  /** The site of a node, which must be a plain access. */
  of(node: number): number {
    const known = this.#ofNode[node]
    if (known !== undefined) return known - 1
    const site = this.#describe(node)
    let index = this.#byKey.get(site.key)
    if (index === undefined) {
      index = this.all.length
      this.all.push(site)
      this.#byKey.set(site.key, index)
    }
    this.#ofNode[node] = index + 1
    return index
  }

  /** Whether two sites conflict. */
  conflict(a: number, b: number): boolean {
    const first = this.all[a]!
    const second = this.all[b]!
    return first.word === second.word && first.thread !== second.thread && (first.writes || second.writes)
  }

  /** What tells the race of two sites from all others, in whichever order they are met. */
  raceKey(a: number, b: number): string {
    return this.inOrder(a, b)
      .map(({ key }) => key)
      .join(' & ')
  }

  /** Both sites, in an order that is the same in every session. */
  inOrder(a: number, b: number): readonly [AccessSite, AccessSite] {
    const first = this.all[a]!
    const second = this.all[b]!
    const { canonical } = this.#session.threads
    return canonical.indexOf(first.thread) <= canonical.indexOf(second.thread) ? [first, second] : [second, first]
  }

  /** Compares races by object, then by threads: the same order in every session. */
  compareRaces(a: readonly [number, number], b: readonly [number, number]): number {
    const { canonical } = this.#session.threads
    const [first, second] = [this.inOrder(...a), this.inOrder(...b)]
    for (let i = 0; i < 2; i++) {
      const [x, y] = [first[i]!, second[i]!]
      const differences = [
        x.word - y.word,
        canonical.indexOf(x.thread) - canonical.indexOf(y.thread),
        (x.place?.line ?? 0) - (y.place?.line ?? 0),
        (x.place?.column ?? 0) - (y.place?.column ?? 0),
        x.key < y.key ? -1 : x.key > y.key ? 1 : 0,
      ]
      const difference = differences.find((value) => value !== 0)
      if (difference !== undefined) return difference
    }
    return 0
  }

  #describe(node: number): AccessSite {
    const { nodes, threads, image, layout } = this.#session
    const writes = (nodes.field(node, NODE_CODE) & FLAG_WRITES) !== 0
    const word = nodes.field(node, NODE_WORD)
    const thread = nodes.owners[node]!
    const kept = image.operations.get(node)
    const operation = kept?.name ?? (writes ? 'write' : 'read')
    const place = kept?.place
    const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}`
    const { seeds1, seeds2 } = layout
    const key = formatData([threads.all[thread]!.identity, `${seeds1[word]} ${seeds2[word]}`, operation, where])
    return { thread, word, writes, operation, place, key }
  }
}
