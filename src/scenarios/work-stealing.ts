import { program } from 'entrelacs'

/** An owner works from one end of its tasks, a thief steals from the other; both look whether there is one left first. */
export default program('work stealing', { tasks: 3 }, ({ tasks }, p) => {
  const deque = p.deque(
    'tasks',
    Array.from({ length: tasks }, (_, task) => task),
  )
  const owner = p.thread('owner', function* () {
    const done: number[] = []
    while ((yield* deque.length()) > 0) done.push(yield* deque.pop())
    return done
  })
  const thief = p.thread('thief', function* () {
    const done: number[] = []
    while ((yield* deque.length()) > 0) done.push(yield* deque.popLeft())
    return done
  })
  p.finally('every task is done once', (final) => {
    const done = [...(final.result(thief) ?? []), ...(final.result(owner) ?? []).toReversed()]
    return String(done) === String(Array.from({ length: tasks }, (_, task) => task))
  })
})
