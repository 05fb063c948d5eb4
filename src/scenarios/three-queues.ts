import { Empty, program, type Queue } from 'entrelacs'

/** The same numbers through three queues: first in first out, last in first out, least first. */
export default program('three queues', {}, (_params, p) => {
  const queues = [p.queue<number>('fifo'), p.lifoQueue<number>('lifo'), p.priorityQueue<number>('priority')]
  const numbers = [3, 1, 2]

  function* takeAll(queue: Queue<number>) {
    const taken: number[] = []
    try {
      for (;;) taken.push(yield* queue.getNowait())
    } catch (error) {
      if (!(error instanceof Empty)) throw error
      return taken
    }
  }

  const subscriber = p.thread('subscriber', function* () {
    const publishers = []
    for (const queue of queues)
      publishers.push(
        yield* p.spawn(`publisher of ${queue.name}`, function* () {
          for (const number of numbers) yield* queue.put(number)
        }),
      )
    for (const publisher of publishers) yield* publisher.join()
    const orders: number[][] = []
    for (const queue of queues) orders.push(yield* takeAll(queue))
    return orders
  })
  p.finally('each queue has its own order', (final) => {
    const [fifo, lifo, priority] = (final.result(subscriber) ?? []).map(String)
    return fifo === '3,1,2' && lifo === '2,1,3' && priority === '1,2,3'
  })
})
