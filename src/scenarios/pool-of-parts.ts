import { program } from 'entrelacs'

/** Jobs wait for no jobs: whoever submits them puts their results together. */
export default program('pool of parts', { workers: 1 }, ({ workers }, p) => {
  const pool = p.threadPool('pool', { maxWorkers: workers })
  const main = p.thread('main', () =>
    pool.use(function* () {
      const part = yield* pool.submit(function* () {
        return 20
      })
      const given = yield* part.result()
      const total = yield* pool.submit(function* () {
        return 1 + given
      })
      return yield* total.result()
    }),
  )
  p.finally('the total is right', (final) => final.result(main) === 21)
})
