import { program } from 'entrelacs'

/** The end of the `with` terminates the pool, and the results are asked for only afterwards: those that have not come never will. */
export default program('pool left early', { workers: 1 }, ({ workers }, p) => {
  const pool = p.pool('pool', workers)
  const main = p.thread('main', function* () {
    const squares = yield* pool.use(() =>
      pool.mapAsync(
        function* (n: number) {
          return n * n
        },
        [1, 2],
      ),
    )
    return yield* squares.get()
  })
  p.finally('the squares are there', (final) => final.result(main)?.join() === '1,4')
})
