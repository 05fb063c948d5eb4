import { program } from 'entrelacs'

/** The solution: the scheduler asks its threads to stop and waits until they have. */
export default program('scheduler with a clean stop', { tasks: 2, rounds: 1 }, ({ tasks, rounds }, p) => {
  const stopping = p.atomic('stopping', false)
  const stopped = p.atomic('stopped', false)
  const lateRuns = p.atomic('late runs', 0)
  const threads = Array.from({ length: tasks }, (_, i) =>
    p.newThread(`task ${i + 1}`, function* () {
      for (let round = 0; round < rounds && !(yield* stopping.read()); round++)
        if (yield* stopped.read()) yield* lateRuns.add(1)
    }),
  )
  p.thread('scheduler', function* () {
    for (const thread of threads) yield* thread.start()
    yield* stopping.write(true)
    for (const thread of threads) yield* thread.join()
    yield* stopped.write(true)
  })
  p.finally('no task runs after the stop', (final) => final(lateRuns) === 0)
})
