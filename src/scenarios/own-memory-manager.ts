import { program } from 'entrelacs'

/** A manager keeps the counter; with `locked` off, an increment that is read and then written gets lost all the same. */
export default program('own memory, manager', { locked: true }, ({ locked }, p) => {
  const counts = p.manager().dict('counts', { counter: 0 })
  const lock = p.lock('lock', { shared: true })
  const increment = function* () {
    yield* counts.set('counter', (yield* counts.at('counter')) + 1)
  }
  const workers = ['worker 1', 'worker 2'].map((name) =>
    p.process(name, () => (locked ? lock.hold(increment) : increment())),
  )
  p.thread('parent', function* () {
    for (const worker of workers) yield* worker.start()
    for (const worker of workers) yield* worker.join()
  })
  p.finally('the parent sees both increments', (final) => new Map(final(counts)).get('counter') === 2)
})
