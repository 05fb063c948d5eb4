import { program } from 'entrelacs'

/** Started by `spawn`, the child has a lock of its own, which is free. */
export default program('fork with a held lock, spawned instead', {}, (_params, p) => {
  const log = p.lock('log')
  const worker = p.process('worker', () => log.hold(() => p.compute(1)), { start: 'spawn' })
  p.thread('logger', () => log.hold(() => p.compute(1)))
  p.thread('parent', function* () {
    yield* worker.start()
    yield* worker.join()
  })
})
