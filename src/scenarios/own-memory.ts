import { program } from 'entrelacs'

/** Two processes increment a global counter, each its own: the parent's stays at 0. */
export default program('own memory', {}, (_params, p) => {
  const counter = p.cell('counter', 0)
  const workers = ['worker 1', 'worker 2'].map((name) =>
    p.process(name, function* () {
      yield* counter.write((yield* counter.read()) + 1)
    }),
  )
  p.thread('parent', function* () {
    for (const worker of workers) yield* worker.start()
    for (const worker of workers) yield* worker.join()
  })
  p.finally('the parent sees both increments', (final) => final(counter) === 2)
})
