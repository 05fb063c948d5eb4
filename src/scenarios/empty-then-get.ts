import { program } from 'entrelacs'

/** Subscribers that look whether the queue is empty before they get: the other may take the last item in between. */
export default program('empty, then get', { items: 2, subscribers: 2 }, ({ items, subscribers }, p) => {
  const queue = p.queue<number>('queue')
  p.thread('main', function* () {
    for (let item = 0; item < items; item++) yield* queue.put(item)
    for (let i = 1; i <= subscribers; i++)
      yield* p.spawn(`subscriber ${i}`, function* () {
        while (!(yield* queue.empty())) {
          yield* queue.get()
          yield* queue.taskDone()
        }
      })
    yield* queue.join()
  })
})
