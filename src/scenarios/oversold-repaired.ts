import { program } from 'entrelacs'

/** Every seat is held for the length of a visit, and so given back exactly once. */
export default program('oversold, repaired', { seats: 1, visitors: 2 }, ({ seats, visitors }, p) => {
  const free = p.boundedSemaphore('free seats', seats)
  const inside = p.atomic('inside', 0)
  const visit = () =>
    free.hold(function* () {
      yield* inside.add(1)
      yield* inside.add(-1)
    })
  p.thread('careful visitor', visit)
  for (let i = 1; i <= visitors; i++) p.thread(`visitor ${i}`, visit)
  p.always('no more inside than seats', (now) => now(inside) <= seats)
  p.finally('all seats are free again', (final) => final(free) === seats)
})
