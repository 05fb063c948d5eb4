import { program } from 'entrelacs'

/** The counter lives in memory that the processes share, and its lock makes one step of reading and writing. */
export default program('own memory, shared value', {}, (_params, p) => {
  const counter = p.sharedValue('counter')
  const workers = ['worker 1', 'worker 2'].map((name) =>
    p.process(name, function* () {
      yield* counter.getLock().hold(function* () {
        yield* counter.write((yield* counter.read()) + 1)
      })
    }),
  )
  p.thread('parent', function* () {
    for (const worker of workers) yield* worker.start()
    for (const worker of workers) yield* worker.join()
  })
  p.finally('the parent sees both increments', (final) => final(counter) === 2)
})
