import { program } from 'entrelacs'

/** The task releases its lock in `finally`, which also runs when it is cancelled. */
export default program('cancelled task, repaired with finally', {}, (_params, p) => {
  const loop = p.eventLoop('loop')
  const lock = loop.lock('lock')
  p.thread('main', () =>
    loop.run(function* () {
      const slow = yield* loop.task('slow', function* () {
        yield* lock.acquire()
        try {
          yield* loop.sleep(10)
        } finally {
          yield* lock.release()
        }
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
