import { program } from 'entrelacs'

/** The processes send what is to be added, and only the parent adds. */
export default program('own memory, queue', {}, (_params, p) => {
  const counter = p.cell('counter', 0)
  const increments = p.processQueue<number>('increments')
  const workers = ['worker 1', 'worker 2'].map((name) => p.process(name, () => increments.put(1)))
  p.thread('parent', function* () {
    for (const worker of workers) yield* worker.start()
    for (const _worker of workers) {
      const increment = yield* increments.get()
      yield* counter.write((yield* counter.read()) + increment)
    }
  })
  p.finally('the parent sees both increments', (final) => final(counter) === 2)
})
