import { program, type Program } from 'entrelacs'

/** Threads that touch nothing, of so many steps each. */
export function aside(...steps: readonly number[]): Program {
  return program('aside', {}, (_params, p) => {
    steps.forEach((count, i) => {
      p.thread(`T${i}`, function* () {
        for (let step = 0; step < count; step++) yield* p.yieldNow()
      })
    })
  })
}

/** SCTBench's reorder: each setter writes two cells, the checker must see neither of the writes or both. */
export function reorder(setters: number): Program {
  return program('reorder', { setters }, (params, p) => {
    const a = p.atomic('a', 0)
    const b = p.atomic('b', 0)
    for (let i = 0; i < params.setters; i++)
      p.thread(`setter ${i}`, function* () {
        yield* a.write(1)
        yield* b.write(-1)
      })
    const checker = p.thread('checker', function* () {
      return [yield* a.read(), yield* b.read()] as const
    })
    p.finally('neither write or both', (final) => {
      const [first, second] = final.result(checker)!
      return (first === 0 && second === 0) || (first === 1 && second === -1)
    })
  })
}

/** SCTBench's deadlock01: two locks, taken in opposite orders. */
export const deadlock01 = program('deadlock01', {}, (_params, p) => {
  const counter = p.cell('counter', 1)
  const [a, b] = [p.lock('a'), p.lock('b')]
  const body = (first: typeof a, second: typeof a, delta: number) =>
    function* () {
      yield* first.acquire()
      yield* second.acquire()
      yield* counter.write((yield* counter.read()) + delta)
      yield* second.release()
      yield* first.release()
    }
  p.thread('A', body(a, b, 1))
  p.thread('B', body(b, a, -1))
})

/** Depth 1: wrong if A is done, after many steps, before B has begun. */
export function lateCheck(steps: number): Program {
  return program('late check', { steps }, (params, p) => {
    const x = p.atomic('x', 0)
    p.thread('A', function* () {
      for (let i = 1; i < params.steps; i++) yield* p.yieldNow()
      yield* x.write(1)
    })
    const reader = p.thread('B', () => x.read())
    p.finally('B sees the old value', (final) => final.result(reader) === 0)
  })
}

/** Depth 2: a lost update with steps before and behind it. */
export function paddedLostUpdate(padding: number): Program {
  return program('padded lost update', { padding }, (params, p) => {
    const x = p.atomic('x', 0)
    for (const name of ['A', 'B'])
      p.thread(name, function* () {
        for (let i = 0; i < params.padding; i++) yield* p.yieldNow()
        yield* x.write((yield* x.read()) + 1)
        for (let i = 0; i < params.padding; i++) yield* p.yieldNow()
      })
    p.finally('both count', (final) => final(x) === 2)
  })
}

/** Depth 3: wrong in one interleaving alone, A B A B. */
export const alternation = program('alternation', {}, (_params, p) => {
  const x = p.atomic('x', 0)
  p.thread('A', function* () {
    yield* x.write(1)
    yield* x.write(2)
  })
  const reader = p.thread('B', function* () {
    return [yield* x.read(), yield* x.read()] as const
  })
  p.finally('B does not see both', (final) => final.result(reader)!.join() !== '1,2')
})

/** A thread that spins until the other has set a flag, in so many steps. */
export function spinning(steps: number): Program {
  return program('spinning', { steps }, (params, p) => {
    const flag = p.atomic('flag', 0)
    p.thread('waiter', function* () {
      do yield* p.at('loop')
      while ((yield* flag.read()) === 0)
    })
    p.thread('setter', function* () {
      for (let i = 1; i < params.steps; i++) yield* p.yieldNow()
      yield* flag.write(1)
    })
  })
}
