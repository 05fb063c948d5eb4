import { program } from 'entrelacs'

/** Two tasks read, wait and write. One loop with one turn is no protection: at the await, the other one gets it. */
export default program('lost update between tasks', {}, (_params, p) => {
  const loop = p.eventLoop('loop')
  const visitors = p.cell('visitors', 0)
  const visit = function* () {
    const seen = yield* visitors.read()
    yield* loop.sleep(1)
    yield* visitors.write(seen + 1)
  }
  p.thread('main', () =>
    loop.run(function* () {
      const a = yield* loop.task('A', visit)
      const b = yield* loop.task('B', visit)
      yield* loop.gather(a, b)
    }),
  )
  p.finally('both visits count', (final) => final(visitors) === 2)
})
