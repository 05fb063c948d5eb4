import { type Deque, IndexError, program, type Steps } from 'entrelacs'

/** Owner and thief take a task and are told if there is none: looking and taking is one step. */
export default program('work stealing, safe', { tasks: 3 }, ({ tasks }, p) => {
  const deque: Deque<number> = p.deque(
    'tasks',
    Array.from({ length: tasks }, (_, task) => task),
  )

  function* workWhile(take: () => Steps<number>) {
    const done: number[] = []
    try {
      for (;;) done.push(yield* take())
    } catch (error) {
      if (!(error instanceof IndexError)) throw error
      return done
    }
  }

  const owner = p.thread('owner', () => workWhile(() => deque.pop()))
  const thief = p.thread('thief', () => workWhile(() => deque.popLeft()))
  p.finally('every task is done once', (final) => {
    const done = [...(final.result(thief) ?? []), ...(final.result(owner) ?? []).toReversed()]
    return String(done) === String(Array.from({ length: tasks }, (_, task) => task))
  })
})
