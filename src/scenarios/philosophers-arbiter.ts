import { program } from 'entrelacs'

/** An arbiter lets all philosophers but one to the table: of those who sit there, one can always eat. */
export default program('philosophers, with an arbiter', { n: 3, meals: 1 }, ({ n, meals }, p) => {
  const forks = Array.from({ length: n }, (_, i) => p.lock(`fork ${i + 1}`))
  const seats = p.semaphore('seats', n - 1)
  for (let i = 0; i < n; i++) {
    const left = forks[i]!
    const right = forks[(i + 1) % n]!
    p.thread(`P${i + 1}`, function* () {
      for (let meal = 0; meal < meals; meal++) {
        yield* seats.acquire()
        yield* left.acquire()
        yield* right.acquire()
        yield* right.release()
        yield* left.release()
        yield* seats.release()
      }
    })
  }
})
