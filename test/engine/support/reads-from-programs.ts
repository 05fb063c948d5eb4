import { program, type Program, type Steps, type ThreadHandle } from 'entrelacs'
import { LITMUS, casrot, lastzero, mutexDeadlock, mutexHard, mutexVsTrylock, readers } from './published-programs.js'

/**
 * Programs whose numbers of reads-from classes are published, named as there: Nidhugg's tests (`tests/smoke`) and the
 * benchmarks that it has from Tracer (`benchmarks/from_TRACER`), all sequentially consistent.
 */

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]
type Body = () => Steps<unknown>
type Variable = ReturnType<typeof variable>

/** A program and how many classes it has. */
export interface PublishedClasses {
  readonly title: string
  readonly build: () => Program
  /** Complete, deadlocked, and those in which an assumption is false. */
  readonly classes: number
}

function variable(p: Vocabulary, name: string, initial = 0) {
  return p.atomic(name, initial)
}

function repeated(count: number, body: (index: number) => Body): Body[] {
  return Array.from({ length: count }, (_, index) => body(index))
}

/** Threads T0, T1, … and, if it is given, one more, which is handed them. */
function withThreads(
  name: string,
  declare: (p: Vocabulary) => readonly Body[],
  main?: (p: Vocabulary, threads: readonly ThreadHandle[]) => Body,
): Program {
  return program(name, {}, (_params, p) => {
    const threads = declare(p).map((body, i) => p.thread(`T${i}`, body))
    if (main !== undefined) p.thread('main', main(p, threads))
  })
}

/** Threads that store to one variable so many times, others, and reads of it once all have ended. */
function onOneVariable(
  name: string,
  shape: { readonly writers: number; readonly stores: number; readonly readsAtEnd: number },
  others: (x: Variable) => readonly Body[],
): Program {
  let x: Variable
  const declare = (p: Vocabulary): Body[] => {
    x = variable(p, 'x')
    const writers = repeated(
      shape.writers,
      (i) =>
        function* () {
          for (let round = 0; round < shape.stores; round++) yield* x.write(i)
        },
    )
    return [...writers, ...others(x)]
  }
  if (shape.readsAtEnd === 0) return withThreads(name, declare)
  return withThreads(
    name,
    declare,
    (_p, threads) =>
      function* () {
        for (const thread of threads) yield* thread.join()
        for (let round = 0; round < shape.readsAtEnd; round++) yield* x.read()
      },
  )
}

function reading(x: Variable, times: number): Body {
  return function* () {
    for (let round = 0; round < times; round++) yield* x.read()
  }
}

function writersAndReader(count: number): Program {
  return onOneVariable('n_writers_a_reader', { writers: count, stores: 1, readsAtEnd: 0 }, (x) => [reading(x, 1)])
}

function writesAndRead(count: number): Program {
  return withThreads('n_writes_a_read_two_threads', (p) => {
    const x = variable(p, 'x')
    return repeated(
      2,
      (i) =>
        function* () {
          for (let round = 0; round < count; round++) yield* x.write(i)
          yield* x.read()
        },
    )
  })
}

function redundantCo(count: number): Program {
  return onOneVariable('redundant_co', { writers: 2, stores: count, readsAtEnd: 0 }, (x) => [reading(x, 2)])
}

function co1(count: number): Program {
  return onOneVariable('co1', { writers: count, stores: 1, readsAtEnd: 2 }, (x) => [reading(x, 2)])
}

function co4(count: number): Program {
  return onOneVariable('co4', { writers: count, stores: 1, readsAtEnd: 1 }, (x) => [
    function* () {
      yield* x.write(1)
      yield* x.read()
    },
  ])
}

function co10(count: number): Program {
  return onOneVariable('co10', { writers: count, stores: 1, readsAtEnd: 1 }, () => [])
}

function co2W(count: number): Program {
  return onOneVariable('CO-2+2W', { writers: count, stores: 2, readsAtEnd: 1 }, () => [])
}

function coMP(count: number): Program {
  return onOneVariable('CO-MP', { writers: count, stores: 2, readsAtEnd: 0 }, (x) => [reading(x, 2)])
}

function coR(count: number): Program {
  return onOneVariable('CO-R', { writers: count, stores: 2, readsAtEnd: 1 }, (x) => [
    function* () {
      yield* x.write(count)
      yield* x.read()
    },
  ])
}

function coS(count: number): Program {
  return onOneVariable('CO-S', { writers: count, stores: 2, readsAtEnd: 1 }, (x) => [
    function* () {
      yield* x.read()
      yield* x.write(count)
    },
  ])
}

function coRR2(count: number): Program {
  return onOneVariable('CoRR2', { writers: count, stores: 1, readsAtEnd: 0 }, (x) => [reading(x, 2), reading(x, 2)])
}

function alpha1(count: number): Program {
  return onOneVariable('alpha1', { writers: count, stores: 1, readsAtEnd: 0 }, (x) => [reading(x, 2)])
}

function fibBench(rounds: number): Program {
  return program('fib_bench_true', {}, (_params, p) => {
    const [i, j] = [variable(p, 'i', 1), variable(p, 'j', 1)]
    for (const target of [i, j])
      p.thread(target.name, function* () {
        for (let round = 0; round < rounds; round++) yield* target.write((yield* i.read()) + (yield* j.read()))
      })
    p.thread('main', function* () {
      yield* i.read()
      yield* j.read()
    })
  })
}

/** Two numbers in one variable, as a hundred times the one plus the other. */
function fibOneVariable(name: string, reads: readonly [first: number, second: number]): Program {
  return program(name, {}, (_params, p) => {
    const ij = variable(p, 'ij', 101)
    const bodies = [(i: number, j: number) => 100 * (i + j) + j, (i: number, j: number) => 100 * i + i + j]
    bodies.forEach((sum, t) =>
      p.thread(`T${t}`, function* () {
        let seen = 101
        for (let round = 0; round < reads[t]!; round++) seen = yield* ij.read()
        yield* ij.write(sum(Math.floor(seen / 100), seen % 100))
      }),
    )
    p.thread('main', reading(ij, 2))
  })
}

function fibTrueTooFew(): Program {
  return withThreads('fib_true_too_few', (p) => {
    const [i, j] = [variable(p, 'i', 1), variable(p, 'j', 1)]
    return [
      function* () {
        yield* i.write(2)
        yield* j.read()
      },
      function* () {
        yield* j.write(2)
        yield* j.write(1 + (yield* i.read()))
      },
    ]
  })
}

function optLock(rounds: number): Program {
  return withThreads('opt_lock', (p) => {
    const [lastId, x] = [variable(p, 'last id'), variable(p, 'x')]
    return repeated(
      2,
      (id) =>
        function* () {
          for (let round = 0; round < rounds; round++) {
            yield* lastId.write(id)
            yield* x.write(id)
            if ((yield* lastId.read()) === id) return yield* x.read()
          }
          return undefined
        },
    )
  })
}

function rmwTest(adding: number, loading: number, storing: number): Program {
  return withThreads('rmw_test', (p) => {
    const a = variable(p, 'a')
    return [
      ...repeated(adding, (i) => () => a.add(i + 1)),
      ...repeated(loading, () => () => a.read()),
      ...repeated(storing, (i) => () => a.write(i + 1 + adding)),
    ]
  })
}

function sigmaFalse(count: number): Program {
  return program('sigma_false', {}, (_params, p) => {
    const items = Array.from({ length: count }, (_, i) => variable(p, `item ${i}`))
    const index = variable(p, 'index', -1)
    p.thread('main', function* () {
      const threads: ThreadHandle[] = []
      for (let t = 0; t < count; t++) {
        yield* index.write((yield* index.read()) + 1)
        threads.push(
          yield* p.spawn(`T${t}`, function* () {
            yield* items[yield* index.read()]!.write(1)
          }),
        )
      }
      for (const thread of threads) yield* thread.join()
      for (const item of items) yield* item.read()
    })
  })
}

/** All of them lock and unlock; `stuck` assumes what is false in between. */
function mutexOrder(name: string, count: number, stuck = -1): Program {
  return withThreads(name, (p) => {
    const [x, lock] = [p.cell('x', 0), p.lock('m')]
    return repeated(
      count,
      (i) =>
        function* () {
          yield* lock.acquire()
          yield* x.write((yield* x.read()) + 1)
          if (i === stuck) yield* p.assume(false)
          yield* lock.release()
        },
    )
  })
}

function pthreadDemo(rounds: number): Program {
  return withThreads('pthread-demo-xchg', (p) => {
    const [counter, mutex] = [p.cell('counter', 0), variable(p, 'mutex')]
    return repeated(
      2,
      () =>
        function* () {
          for (let round = 0; round < rounds; round++) {
            yield* p.assume((yield* mutex.exchange(1)) === 0)
            yield* counter.write((yield* counter.read()) + 1)
            yield* mutex.write(0)
          }
        },
    )
  })
}

function family(
  build: (parameter: number) => Program,
  parameters: readonly number[],
  classes: (parameter: number) => number,
): PublishedClasses[] {
  return parameters.map((parameter) => {
    const title = `${build(parameter).name} ${parameter}`
    return { title, build: () => build(parameter), classes: classes(parameter) }
  })
}

/** What is published. */
export const PUBLISHED_CLASSES: readonly PublishedClasses[] = [
  ...family(writersAndReader, [1, 2, 3, 4, 5, 6], (n) => n + 1),
  ...family(writesAndRead, [1, 2, 3, 4], (n) => 2 * n + 1),
  ...family(redundantCo, [1, 2, 3, 4, 10], (n) => 3 * n * n + 3 * n + 1),
  ...family(co1, [1, 2, 3, 4, 5], (n) => n ** 3 + 2 * n),
  ...family(co4, [1, 2, 3, 4, 5], (n) => n * n + n + 1),
  ...family(co10, [1, 2, 3, 4, 7], (n) => n),
  ...family(co2W, [1, 2, 3, 4], (n) => n),
  ...family(coMP, [1, 2, 3, 4], (n) => 4 * n * n + n + 1),
  ...family(coR, [1, 2, 3, 4], (n) => 2 * n * n + n + 1),
  ...family(coS, [1, 2, 3, 4], (n) => 2 * n * n + 2 * n + 1),
  ...family(coRR2, [1, 2, 3, 4], (n) => n ** 4 + 2 * n ** 3 + 2 * n * n + 3 * n + 1),
  ...family(alpha1, [1, 2, 3, 4, 5], (n) => n * n + n + 1),
  ...family(readers, [1, 2, 3, 4], (n) => 2 ** n),
  ...family(lastzero, [1, 2, 3, 4], (n) => [2, 5, 12, 28][n - 1]!),
  ...family(fibBench, [1, 2], (n) => [11, 140][n - 1]!),
  { title: 'fib_one_variable 1', build: () => fibOneVariable('fib_one_variable', [2, 2]), classes: 31 },
  { title: 'fib_true_sw_too_few', build: () => fibOneVariable('fib_true_sw_too_few', [1, 2]), classes: 25 },
  { title: 'fib_true_sw_too_many', build: () => fibOneVariable('fib_true_sw_too_many', [1, 0]), classes: 13 },
  { title: 'fib_true_too_few', build: fibTrueTooFew, classes: 5 },
  ...family(optLock, [2, 3], (n) => [19, 31][n - 2]!),
  ...family(sigmaFalse, [3, 4], (n) => [12, 64][n - 3]!),
  { title: 'rmw_test1', build: () => rmwTest(1, 0, 0), classes: 1 },
  { title: 'rmw_test2', build: () => rmwTest(2, 2, 2), classes: 300 },
  ...family(casrot, [3], () => 5),
  ...family(
    (n) => mutexOrder('mutex_order', n),
    [2, 3],
    (n) => [2, 6][n - 2]!,
  ),
  ...family(mutexDeadlock, [2, 3], (n) => n),
  { title: 'mutex_deadlock_one', build: () => mutexOrder('mutex_deadlock_one', 3, 2), classes: 5 },
  { title: 'mutex_deadlock_one_first', build: () => mutexOrder('mutex_deadlock_one_first', 3, 0), classes: 5 },
  ...family(mutexHard, [3], () => 4),
  ...family(mutexVsTrylock, [1], () => 3),
  { title: 'pthread-demo-xchg 3', build: () => pthreadDemo(3), classes: 58 },
  // Of the litmus programs with Mazurkiewicz counts: those in which no two writes meet on a variable keep theirs.
  ...(['SB', 'MP', 'LB', 'IRIW', 'CoRR0', 'CoRR'] as const).map((name) => ({
    title: name,
    build: () => LITMUS[name],
    classes: { SB: 3, MP: 3, LB: 3, IRIW: 15, CoRR0: 4, CoRR: 6 }[name],
  })),
]
