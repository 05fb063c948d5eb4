import { program } from 'entrelacs'

/** A worker leaves a task that it cannot do without saying that it is done with it: join never returns. */
export default program('forgotten taskDone', { workers: 2 }, ({ workers }, p) => {
  const queue = p.queue<string>('queue')
  for (let i = 1; i <= workers; i++)
    p.thread(
      `worker ${i}`,
      function* () {
        for (;;) {
          yield* p.at('next task')
          const task = yield* queue.get()
          if (task === 'broken') continue
          yield* queue.taskDone()
        }
      },
      { daemon: true },
    )
  p.thread('main', function* () {
    for (const task of ['wash', 'broken', 'dry']) yield* queue.put(task)
    yield* queue.join()
  })
})
