import { program } from 'entrelacs'

/** A tree of threads that stop when their event is set; a branch that stops forgets to tell its own child. */
export default program('tree of threads, an orphan', { branches: 2 }, ({ branches }, p) => {
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
          yield* p.spawn(`leaf ${i + 1}`, function* () {
            yield* stop.leaf.wait()
            yield* stopped.add(1)
          })
          yield* stop.branch.wait()
          yield* stopped.add(1)
        }),
      )
    for (const stop of stops) yield* stop.branch.set()
    for (const branch of started) yield* branch.join()
  })
  p.finally('all have stopped', (final) => final(stopped) === 2 * branches)
})
