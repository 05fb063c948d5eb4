import { program } from 'entrelacs'

/** The top has a version, which every exchange counts up: what has come back is not what was seen. */
export default program('stack with versions', {}, (_params, p) => {
  const top = p.atomic<readonly [node: number, version: number]>('top', [1, 0])
  const below = [p.atomic('below 1', 2), p.atomic('below 2', 0)] as const

  function* pop() {
    for (;;) {
      const [node, version] = yield* top.read()
      if (node === 0) return 0
      const next = yield* below[node - 1]!.read()
      const [, before] = yield* top.compareExchange([node, version], [next, version + 1])
      if (before === version) return node
    }
  }

  function* push(node: number) {
    for (;;) {
      const [seen, version] = yield* top.read()
      yield* below[node - 1]!.write(seen)
      const [, before] = yield* top.compareExchange([seen, version], [node, version + 1])
      if (before === version) return
    }
  }

  const slow = p.thread('slow', function* () {
    return [yield* pop(), yield* pop()]
  })
  const quick = p.thread('quick', function* () {
    const first = yield* pop()
    const second = yield* pop()
    if (first !== 0) yield* push(first)
    return second
  })
  p.finally('no node belongs to two', (final) => {
    const kept = final.result(quick)!
    return kept === 0 || !final.result(slow)!.includes(kept)
  })
})
