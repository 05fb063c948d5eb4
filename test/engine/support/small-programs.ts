import { program, type Program, type ThreadBody } from 'entrelacs'

/** Every thread increments a counter by a read and a write: increments get lost. */
export function lostUpdate(threads: number, declare: 'cell' | 'atomic' = 'atomic'): Program {
  return program('lost update', { threads }, (params, p) => {
    const counter = p[declare]('counter', 0)
    for (let i = 0; i < params.threads; i++)
      p.thread(`T${i}`, function* () {
        const seen = yield* counter.read()
        yield* counter.write(seen + 1)
      })
    p.finally('no increment is lost', (final) => final(counter) === params.threads)
  })
}

/** One meal each; left fork first, or in the order of the forks, which cannot deadlock. */
export function philosophers(count: number, order: 'left first' | 'ordered'): Program {
  return program(`${order} philosophers`, { count }, (params, p) => {
    const forks = Array.from({ length: params.count }, (_, i) => p.lock(`fork ${i}`))
    for (let i = 0; i < params.count; i++) {
      const right = (i + 1) % params.count
      const [first, second] = order === 'ordered' && right < i ? [right, i] : [i, right]
      p.thread(`P${i}`, function* () {
        yield* forks[first]!.acquire()
        yield* forks[second]!.acquire()
        yield* forks[second]!.release()
        yield* forks[first]!.release()
      })
    }
  })
}

/** One thread counts up until it sees the limit, the other down until it sees minus the limit. */
export function upAndDown(limit: number): Program {
  return program('up and down', { limit }, (params, p) => {
    const x = p.atomic('x', 0)
    p.thread('up', function* () {
      for (;;) {
        yield* p.at('loop')
        if ((yield* x.read()) >= params.limit) return
        yield* x.add(1)
      }
    })
    p.thread('down', function* () {
      for (;;) {
        yield* p.at('loop')
        if ((yield* x.read()) <= -params.limit) return
        yield* x.add(-1)
      }
    })
  })
}

/** A program of one thread, for what concerns a single one. */
export function alone(body: (p: Parameters<Parameters<typeof program>[2]>[1]) => ThreadBody) {
  return program('alone', {}, (_params, p) => {
    p.thread('A', body(p))
  })
}
