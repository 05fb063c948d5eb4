import { program } from 'entrelacs'

/** A job waits for another job of its own pool: with one worker, nobody is left to run that. */
export default program('pool that waits for itself', { workers: 1 }, ({ workers }, p) => {
  const pool = p.threadPool('pool', { maxWorkers: workers })
  const main = p.thread('main', () =>
    pool.use(function* () {
      const total = yield* pool.submit(function* () {
        const part = yield* pool.submit(function* () {
          return 20
        })
        return 1 + (yield* part.result())
      })
      return yield* total.result()
    }),
  )
  p.finally('the total is right', (final) => final.result(main) === 21)
})
