import { program } from 'entrelacs'

/** The pool is closed and waited for before the `with` ends: by then all results are there. */
export default program('pool closed and joined', { workers: 1 }, ({ workers }, p) => {
  const pool = p.pool('pool', workers)
  const main = p.thread('main', function* () {
    const squares = yield* pool.use(function* () {
      const result = yield* pool.mapAsync(
        function* (n: number) {
          return n * n
        },
        [1, 2],
      )
      yield* pool.close()
      yield* pool.join()
      return result
    })
    return yield* squares.get()
  })
  p.finally('the squares are there', (final) => final.result(main)?.join() === '1,4')
})
