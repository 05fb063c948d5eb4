import { program } from 'entrelacs'

/** The long computation goes to a thread: its task only waits for the result, and the loop serves the others. */
export default program('blocked loop, repaired with toThread', { beats: 2 }, ({ beats }, p) => {
  const loop = p.eventLoop('loop')
  const computer = p.atomic('who computes', 'nobody')
  p.thread('main', () =>
    loop.run(function* () {
      const report = yield* loop.task('report', () =>
        loop.toThread('computer', function* () {
          yield* computer.write('computer')
          yield* p.compute(1_000_000)
          yield* computer.write('nobody')
        }),
      )
      const heartbeat = yield* loop.task('heartbeat', function* () {
        for (let beat = 0; beat < beats; beat++) yield* loop.sleep(0)
      })
      yield* loop.gather(report, heartbeat)
    }),
  )
  p.always('whoever computes does not keep the loop', (now) => now(loop)?.turn !== now(computer))
})
