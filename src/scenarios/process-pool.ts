import { program } from 'entrelacs'

/** Jobs of a pool of processes count in a global variable, each in the memory of its worker: the parent's stays at 0. */
export default program('process pool', { workers: 2 }, ({ workers }, p) => {
  const found = p.cell('found', 0)
  const pool = p.processPool('pool', workers)
  p.thread('main', () =>
    pool.use(() =>
      pool.map(
        function* (n) {
          if (n % 2 === 0) yield* found.write((yield* found.read()) + 1)
        },
        [2, 4],
      ),
    ),
  )
  p.finally('two even numbers were found', (final) => final(found) === 2)
})
