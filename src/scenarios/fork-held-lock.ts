import { program } from 'entrelacs'

/** A fork copies a lock that another thread holds: in the child, nobody is left to release it. */
export default program('fork with a held lock', {}, (_params, p) => {
  const log = p.lock('log')
  const worker = p.process('worker', () => log.hold(() => p.compute(1)), { start: 'fork' })
  p.thread('logger', () => log.hold(() => p.compute(1)))
  p.thread('parent', function* () {
    yield* worker.start()
    yield* worker.join()
  })
})
