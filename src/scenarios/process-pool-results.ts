import { program } from 'entrelacs'

/** Jobs return what they have found, which is sent to the parent: it adds that up. */
export default program('process pool, results', { workers: 2 }, ({ workers }, p) => {
  const found = p.cell('found', 0)
  const pool = p.processPool('pool', workers)
  p.thread('main', () =>
    pool.use(function* () {
      const counts = yield* pool.map(
        function* (n) {
          return n % 2 === 0 ? 1 : 0
        },
        [2, 4],
      )
      yield* found.write(counts[0]! + counts[1]!)
    }),
  )
  p.finally('two even numbers were found', (final) => final(found) === 2)
})
