import { program } from 'entrelacs'

/** A task computes for a long time and never waits: the loop has one turn, and nobody else gets it meanwhile. */
export default program('blocked loop', { beats: 2 }, ({ beats }, p) => {
  const loop = p.eventLoop('loop')
  const computer = p.atomic('who computes', 'nobody')
  p.thread('main', () =>
    loop.run(function* () {
      const report = yield* loop.task('report', function* () {
        yield* computer.write('report')
        yield* p.compute(1_000_000)
        yield* computer.write('nobody')
      })
      const heartbeat = yield* loop.task('heartbeat', function* () {
        for (let beat = 0; beat < beats; beat++) yield* loop.sleep(0)
      })
      yield* loop.gather(report, heartbeat)
    }),
  )
  p.always('whoever computes does not keep the loop', (now) => now(loop)?.turn !== now(computer))
})
