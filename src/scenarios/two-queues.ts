import { program } from 'entrelacs'

/**
 * Two queues of customers before one counter, which serves them in turn, or before two. One counter is concurrency, two are parallelism, if
 * there is a core for each.
 */
export default program('two queues', { counters: 1, customers: 2, service: 1000 }, (given, p) => {
  const { counters, customers, service } = given
  const counter = Array.from({ length: counters }, (_, i) => p.lock(`counter ${i + 1}`))
  const served = p.atomic('served', 0)
  for (const queue of [0, 1])
    p.thread(`queue ${queue + 1}`, function* () {
      for (let customer = 0; customer < customers; customer++)
        yield* counter[queue % counters]!.hold(function* () {
          yield* p.compute(service)
          yield* served.add(1)
        })
    })
  p.finally('everybody is served', (final) => final(served) === 2 * customers)
})
