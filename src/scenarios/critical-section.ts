import { program } from 'entrelacs'

/** Two threads pass a critical section; with `lock=false` nothing keeps them apart. */
export default program('critical section', { threads: 2, lock: true }, ({ threads, lock }, p) => {
  const door = p.lock('door')
  const inside = p.atomic('inside', 0)
  for (let t = 0; t < threads; t++)
    p.thread(String.fromCharCode(65 + t), function* () {
      if (lock) yield* door.acquire()
      yield* inside.add(1)
      yield* inside.add(-1)
      if (lock) yield* door.release()
    })
  p.always('at most one thread is inside', (now) => now(inside) <= 1)
})
