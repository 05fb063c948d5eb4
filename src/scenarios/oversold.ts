import { program } from 'entrelacs'

/** One visitor gives back a seat twice, and the semaphore says nothing: more are let in than there are seats. */
export default program('oversold', { seats: 1, visitors: 2 }, ({ seats, visitors }, p) => {
  const free = p.semaphore('free seats', seats)
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
