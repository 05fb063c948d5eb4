import { program } from 'entrelacs'

/**
 * Two threads that only their program knows of, on one thread of the kernel (N:1): the reader waits in a system call for
 * what the writer would write, and the kernel does not know that anybody else could go on.
 */
export default program('user-level threads', {}, (_params, p) => {
  const scheduler = p.eventLoop('user-level scheduler')
  const pipe = p.semaphore('pipe', 0)
  p.thread('kernel thread', () =>
    scheduler.run(function* () {
      const reader = yield* scheduler.task('reader', () => pipe.acquire())
      const writer = yield* scheduler.task('writer', () => pipe.release())
      yield* scheduler.gather(reader, writer)
    }),
  )
})
