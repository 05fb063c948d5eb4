import { program } from 'entrelacs'

/** A bounded semaphore tells of the seat that is given back twice, at least where no other visitor has made room for it. */
export default program('oversold, bounded', { seats: 1, visitors: 2 }, ({ seats, visitors }, p) => {
  const free = p.boundedSemaphore('free seats', seats)
  const inside = p.atomic('inside', 0)
  function* visit() {
    yield* free.acquire()
    yield* inside.add(1)
    yield* inside.add(-1)
    yield* free.release()
  }
  p.thread('careless visitor', function* () {
    yield* visit()
    yield* free.release()
  })
  for (let i = 1; i <= visitors; i++) p.thread(`visitor ${i}`, visit)
  p.always('no more inside than seats', (now) => now(inside) <= seats)
})
