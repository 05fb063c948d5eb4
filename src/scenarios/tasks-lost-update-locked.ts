import { program } from 'entrelacs'

/** The two tasks hold a lock of the loop from the read to the write, also while they wait. */
export default program('lost update between tasks, repaired with a lock', {}, (_params, p) => {
  const loop = p.eventLoop('loop')
  const lock = loop.lock('lock')
  const visitors = p.cell('visitors', 0)
  const visit = () =>
    lock.hold(function* () {
      const seen = yield* visitors.read()
      yield* loop.sleep(1)
      yield* visitors.write(seen + 1)
    })
  p.thread('main', () =>
    loop.run(function* () {
      const a = yield* loop.task('A', visit)
      const b = yield* loop.task('B', visit)
      yield* loop.gather(a, b)
    }),
  )
  p.finally('both visits count', (final) => final(visitors) === 2)
})
