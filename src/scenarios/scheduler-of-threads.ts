import { program } from 'entrelacs'

/**
 * Exercise: a scheduler runs a task in a thread of its own, again and again, until it is told to stop. After `stop` no task may
 * run any more. This one only sets the flag: a task that has looked at it before still runs.
 */
export default program('scheduler of threads', { tasks: 2, rounds: 1 }, ({ tasks, rounds }, p) => {
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
    yield* stopped.write(true)
  })
  p.finally('no task runs after the stop', (final) => final(lateRuns) === 0)
})
