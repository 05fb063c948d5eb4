import { program } from 'entrelacs'

/** A pool of threads as a context: single jobs, many at once in order, and a shutdown that waits for all of them. */
export default program('thread pool', { workers: 2, numbers: 2 }, ({ workers, numbers }, p) => {
  const pool = p.threadPool('pool', { maxWorkers: workers })
  const running = p.atomic('running', 0)
  const main = p.thread('main', () =>
    pool.use(function* () {
      const greeting = yield* pool.submit(function* () {
        return 'hello'
      })
      const squares = yield* pool.map(
        function* (n) {
          yield* running.add(1)
          yield* running.add(-1)
          return n * n
        },
        Array.from({ length: numbers }, (_, i) => i + 1),
      )
      return { greeting: yield* greeting.result(), squares }
    }),
  )
  p.always('no more jobs run than there are workers', (now) => now(running) <= workers)
  p.finally('results come in order', (final) => {
    const { greeting, squares } = final.result(main)!
    return greeting === 'hello' && squares.every((square, i) => square === (i + 1) ** 2)
  })
})
