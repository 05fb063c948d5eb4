import { program, type Steps } from 'entrelacs'

/** A unit of work is a thousand integer operations; to try a divisor takes an interpreter about a third of that: 0.1 µs. */
const DIVISIONS_PER_UNIT = 3

/** The prime factors of a number by trial division, and how many divisions that took. */
function factorise(number: number): { readonly factors: number; readonly divisions: number } {
  let factors = 0
  let divisions = 0
  let rest = number
  for (let divisor = 2; divisor * divisor <= rest; divisor++) {
    divisions++
    for (; rest % divisor === 0; rest /= divisor) factors++
  }
  return { factors: rest > 1 ? factors + 1 : factors, divisions }
}

/**
 * The prime factors of numbers between 20,000 and 100,000,000, by one thread after the other, by threads, or by processes (`by`: `one`,
 * `threads`, `processes`). Under an interpreter's lock threads are no faster than one; processes cost their start.
 */
export default program('prime factors', { numbers: 4, workers: 2, by: 'threads' as string }, (given, p) => {
  const { numbers, workers, by } = given
  const found = p.atomic('factors', 0, { shared: true })
  const step = numbers > 1 ? (100_000_000 - 20_000) / (numbers - 1) : 0
  const all = Array.from({ length: numbers }, (_, i) => factorise(Math.round(20_000 + i * step)))
  const share = (worker: number, of: number) =>
    function* (): Steps<void> {
      const mine = all.filter((_, i) => i % of === worker)
      for (const { divisions } of mine) yield* p.compute(Math.max(1, Math.round(divisions / DIVISIONS_PER_UNIT)))
      yield* found.add(mine.reduce((sum, { factors }) => sum + factors, 0))
    }
  const names = Array.from({ length: by === 'one' ? 1 : workers }, (_, i) => `worker ${i + 1}`)
  const team = names.map((name, i) =>
    by === 'processes' ? p.process(name, share(i, names.length)) : p.newThread(name, share(i, names.length)),
  )
  p.thread('main', function* () {
    for (const worker of team) yield* worker.start()
    for (const worker of team) yield* worker.join()
  })
  p.finally('all factors are counted', (final) => final(found) === all.reduce((sum, { factors }) => sum + factors, 0))
})
