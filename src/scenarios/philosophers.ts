import { program } from 'entrelacs'

/** Philosophers who take the left fork first: all can be left holding one and waiting for the other. */
export default program('philosophers', { n: 5, meals: 1 }, ({ n, meals }, p) => {
  const forks = Array.from({ length: n }, (_, i) => p.lock(`fork ${i + 1}`))
  for (let i = 0; i < n; i++) {
    const left = forks[i]!
    const right = forks[(i + 1) % n]!
    p.thread(`P${i + 1}`, function* () {
      for (let meal = 0; meal < meals; meal++) {
        yield* left.acquire()
        yield* right.acquire()
        yield* right.release()
        yield* left.release()
      }
    })
  }
})
