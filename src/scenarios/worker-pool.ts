import { program } from 'entrelacs'

/** Workers share the tasks of a queue; one sentinel for each tells them to go home. With fewer, somebody waits for ever. */
export default program('worker pool', { workers: 2, tasks: 3, sentinels: 2 }, ({ workers, tasks, sentinels }, p) => {
  const queue = p.queue<number | 'go home'>('queue')
  const pool = Array.from({ length: workers }, (_, i) =>
    p.thread(`worker ${i + 1}`, function* () {
      const squares: number[] = []
      for (;;) {
        const task = yield* queue.get()
        if (task === 'go home') return squares
        squares.push(task * task)
      }
    }),
  )
  p.thread('main', function* () {
    for (let task = 1; task <= tasks; task++) yield* queue.put(task)
    for (let i = 0; i < sentinels; i++) yield* queue.put('go home')
  })
  p.finally('every task is done once', (final) => {
    const done = pool.flatMap((worker) => final.result(worker) ?? []).sort((a, b) => a - b)
    return done.length === tasks && done.every((square, i) => square === (i + 1) ** 2)
  })
})
