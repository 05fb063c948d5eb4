import type * as Entrelacs from 'entrelacs'

/** Taken as a parameter: the test runs the sources, the benchmark what they are compiled to. */
type Library = Pick<typeof Entrelacs, 'program'>

/** Writer j reads a[j - 1] and writes a[j]; the reader looks for the last zero. */
export const lastzero = ({ program }: Library, n: number) =>
  program('lastzero', { n }, (params, p) => {
    const a = Array.from({ length: params.n + 1 }, (_, index) => p.atomic(`a${index}`, 0))
    p.thread('reader', function* () {
      let i = params.n
      while ((yield* a[i].read()) !== 0) i--
    })
    for (let j = 1; j <= params.n; j++) {
      p.thread(`writer${j}`, function* () {
        const v = yield* a[j - 1].read()
        yield* a[j].write(v + 1)
      })
    }
  })

/** One meal each, the fork with the smaller number first: no deadlock. */
export const philosophers = ({ program }: Library, n: number) =>
  program('ordered philosophers', { n }, (params, p) => {
    const forks = Array.from({ length: params.n }, (_, index) => p.lock(`fork${index}`))
    for (let i = 0; i < params.n; i++) {
      const next = (i + 1) % params.n
      const first = forks[Math.min(i, next)]
      const second = forks[Math.max(i, next)]
      p.thread(`philosopher${i}`, function* () {
        yield* first.acquire()
        yield* second.acquire()
        yield* second.release()
        yield* first.release()
      })
    }
  })

/** A read and a write that do not hold together: updates are lost. */
export const counter = ({ program }: Library, threads: number, increments: number) =>
  program('counter', { threads, increments }, (params, p) => {
    const value = p.atomic('counter', 0)
    for (let t = 0; t < params.threads; t++) {
      p.thread(`adder${t}`, function* () {
        for (let k = 0; k < params.increments; k++) {
          const v = yield* value.read()
          yield* value.write(v + 1)
        }
      })
    }
  })
