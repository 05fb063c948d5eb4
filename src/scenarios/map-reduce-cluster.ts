import { program } from 'entrelacs'

/**
 * Map and reduce on a cluster: every node adds up its part of the numbers, and sends the sum to the first one, which adds up the sums. All run
 * the same code on different data (SPMD). On a simulated cluster, `work` says how long a number takes.
 */
export default program('map-reduce on a cluster', { nodes: 2, numbers: 4, work: 1 }, ({ nodes, numbers, work }, p) => {
  const sums = p.mailbox<number>('sums')
  const parts = Array.from({ length: nodes }, (_, node) =>
    p.mailbox<readonly number[]>(`numbers for node ${node}`, { node }),
  )
  const workers = parts.map((part, node) =>
    p.process(
      `worker ${node}`,
      function* () {
        const mine = yield* part.receive()
        yield* p.compute(work * mine.length)
        yield* sums.send(mine.reduce((sum, number) => sum + number, 0))
      },
      { node },
    ),
  )
  const all = Array.from({ length: numbers }, (_, i) => i + 1)
  const main = p.thread('main', function* () {
    for (const worker of workers) yield* worker.start()
    for (const [node, part] of parts.entries()) yield* part.send(all.filter((_, i) => i % nodes === node))
    let total = 0
    for (let node = 0; node < nodes; node++) total += yield* sums.receive()
    for (const worker of workers) yield* worker.join()
    return total
  })
  p.finally('the sum is right', (final) => final.result(main) === (numbers * (numbers + 1)) / 2)
})
