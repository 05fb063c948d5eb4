import { program } from 'entrelacs'

/**
 * A stack of nodes 1 and 2 without a lock: its top is exchanged if it still is what was seen. It may be the same again although
 * all below it has changed: A, B, A.
 */
export default program('stack, ABA', {}, (_params, p) => {
  const top = p.atomic('top', 1)
  const below = [p.atomic('below 1', 2), p.atomic('below 2', 0)] as const

  function* pop() {
    for (;;) {
      const node = yield* top.read()
      if (node === 0) return 0
      const next = yield* below[node - 1]!.read()
      if ((yield* top.compareExchange(node, next)) === node) return node
    }
  }

  function* push(node: number) {
    for (;;) {
      const seen = yield* top.read()
      yield* below[node - 1]!.write(seen)
      if ((yield* top.compareExchange(seen, node)) === seen) return
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
