import { program } from 'entrelacs'

/** However a worker leaves a task, it says that it is done with it. */
export default program('taskDone in any case', { workers: 2 }, ({ workers }, p) => {
  const queue = p.queue<string>('queue')
  for (let i = 1; i <= workers; i++)
    p.thread(
      `worker ${i}`,
      function* () {
        for (;;) {
          yield* p.at('next task')
          const task = yield* queue.get()
          try {
            if (task === 'broken') continue
          } finally {
            yield* queue.taskDone()
          }
        }
      },
      { daemon: true },
    )
  p.thread('main', function* () {
    for (const task of ['wash', 'broken', 'dry']) yield* queue.put(task)
    yield* queue.join()
  })
})
