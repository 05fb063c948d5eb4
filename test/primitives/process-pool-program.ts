import { program } from 'entrelacs'

/** Jobs whose closures depend on what their submitter has read, in processes, and whose order of completion somebody minds. */
export default program('pool of closures in processes', { jobs: 2, workers: 2 }, ({ jobs, workers }, p) => {
  const pool = p.processPool('pool', workers)
  const x = p.atomic('x', 1)
  const last = p.atomic('last', 0, { shared: true })
  p.thread('changes', () => x.write(2))
  p.thread('main', () =>
    pool.use(function* () {
      const futures = []
      for (let i = 1; i <= jobs; i++) {
        const seen = yield* x.read()
        futures.push(
          yield* pool.submit(function* () {
            yield* last.write(10 * seen + i)
            return seen
          }),
        )
      }
      let total = 0
      for (const future of futures) total += yield* future.result()
      return total
    }),
  )
  p.finally('the last job comes last', (final) => final(last) % 10 === jobs)
})
