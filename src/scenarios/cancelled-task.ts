import { program } from 'entrelacs'

/** A task is cancelled because it takes too long, between acquire and release: the lock stays taken, and whoever comes next waits for ever. */
export default program('cancelled task', {}, (_params, p) => {
  const loop = p.eventLoop('loop')
  const lock = loop.lock('lock')
  p.thread('main', () =>
    loop.run(function* () {
      const slow = yield* loop.task('slow', function* () {
        yield* lock.acquire()
        yield* loop.sleep(10)
        yield* lock.release()
      })
      const next = yield* loop.task('next', function* () {
        yield* lock.acquire()
        yield* lock.release()
      })
      yield* loop.wait([slow], { timeout: 1 })
      yield* slow.cancel()
      yield* next
    }),
  )
})
