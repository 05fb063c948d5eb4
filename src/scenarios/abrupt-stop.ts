import { program } from 'entrelacs'

/** A thread that is killed stops wherever it is: if it holds a lock, nobody ever gets it again. */
export default program('abrupt stop', { rounds: 2 }, ({ rounds }, p) => {
  const file = p.lock('file')
  const killed = p.atomic('killed', false)
  const written = p.atomic('written', 0)
  p.thread('worker', function* () {
    for (let round = 0; round < rounds; round++) {
      yield* file.acquire()
      // Killed here, it cannot put anything in order.
      if (yield* killed.read()) return
      yield* written.add(1)
      yield* file.release()
    }
  })
  p.thread('main', function* () {
    yield* killed.write(true)
    yield* file.acquire()
    yield* file.release()
  })
})
