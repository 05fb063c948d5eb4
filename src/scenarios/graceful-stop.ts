import { program } from 'entrelacs'

/** The worker is asked to stop, and does so where it holds nothing. */
export default program('graceful stop', { rounds: 2 }, ({ rounds }, p) => {
  const file = p.lock('file')
  const stop = p.atomic('stop', false)
  const written = p.atomic('written', 0)
  const worker = p.thread('worker', function* () {
    for (let round = 0; round < rounds; round++) {
      if (yield* stop.read()) return
      yield* file.hold(() => written.add(1))
    }
  })
  p.thread('main', function* () {
    yield* stop.write(true)
    yield* worker.join()
    yield* file.acquire()
    yield* file.release()
  })
})
