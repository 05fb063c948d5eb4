import { program } from 'entrelacs'

/**
 * Philosophers who put the left fork back if the right one is taken, and try again: never a deadlock, but if they all keep
 * step, they lift and lower their forks for ever.
 */
export default program('philosophers, trying', { n: 3 }, ({ n }, p) => {
  const forks = Array.from({ length: n }, (_, i) => p.lock(`fork ${i + 1}`))
  for (let i = 0; i < n; i++) {
    const left = forks[i]!
    const right = forks[(i + 1) % n]!
    p.thread(`P${i + 1}`, function* () {
      for (;;) {
        yield* p.at('hungry')
        yield* left.acquire()
        if (yield* right.tryAcquire()) break
        yield* left.release()
        yield* p.sleep(1)
      }
      yield* right.release()
      yield* left.release()
    })
  }
})
