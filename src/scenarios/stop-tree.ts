import { program } from 'entrelacs'

/** A tree of threads stopped by events: whoever is told to stop tells its child, and waits for it. */
export default program('tree of threads, stopped', { branches: 2 }, ({ branches }, p) => {
  const stopped = p.atomic('stopped', 0)
  const stops = Array.from({ length: branches }, (_, i) => ({
    branch: p.event(`stop branch ${i + 1}`),
    leaf: p.event(`stop leaf ${i + 1}`),
  }))
  p.thread('main', function* () {
    const started = []
    for (const [i, stop] of stops.entries())
      started.push(
        yield* p.spawn(`branch ${i + 1}`, function* () {
          const leaf = yield* p.spawn(`leaf ${i + 1}`, function* () {
            yield* stop.leaf.wait()
            yield* stopped.add(1)
          })
          yield* stop.branch.wait()
          yield* stop.leaf.set()
          yield* leaf.join()
          yield* stopped.add(1)
        }),
      )
    for (const stop of stops) yield* stop.branch.set()
    for (const branch of started) yield* branch.join()
  })
  p.finally('all have stopped', (final) => final(stopped) === 2 * branches)
})
