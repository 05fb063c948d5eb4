import { Empty, program } from 'entrelacs'

/** Subscribers that ask for an item and are told if there is none: looking and taking is one step. */
export default program('get, no wait', { items: 2, subscribers: 2 }, ({ items, subscribers }, p) => {
  const queue = p.queue<number>('queue')
  p.thread('main', function* () {
    for (let item = 0; item < items; item++) yield* queue.put(item)
    for (let i = 1; i <= subscribers; i++)
      yield* p.spawn(`subscriber ${i}`, function* () {
        try {
          for (;;) {
            yield* queue.getNowait()
            yield* queue.taskDone()
          }
        } catch (error) {
          if (!(error instanceof Empty)) throw error
        }
      })
    yield* queue.join()
  })
})
