import { program } from 'entrelacs'

/** Philosophers who take the fork with the smaller number first: no circle of waiting can close. */
export default program('philosophers, ordered', { n: 5, meals: 1 }, ({ n, meals }, p) => {
  const forks = Array.from({ length: n }, (_, i) => p.lock(`fork ${i + 1}`))
  for (let i = 0; i < n; i++) {
    const first = forks[Math.min(i, (i + 1) % n)]!
    const second = forks[Math.max(i, (i + 1) % n)]!
    p.thread(`P${i + 1}`, function* () {
      for (let meal = 0; meal < meals; meal++) {
        yield* first.acquire()
        yield* second.acquire()
        yield* second.release()
        yield* first.release()
      }
    })
  }
})
