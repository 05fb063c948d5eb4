import { program, type Program, type Steps } from 'entrelacs'
import { declareGate } from './gate.js'

/**
 * Programs whose numbers of Mazurkiewicz traces are published, named as there: benchmarks of GenMC (`ainc` to
 * `eratosthenes`, litmus programs), Nidhugg and Concuerror. All variables are atomic, begin at 0 and are sequentially
 * consistent, so that a fence is no operation.
 */

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]
type Body = () => Steps<unknown>

/** A program of threads T0, T1, … */
function withThreads(name: string, declare: (p: Vocabulary) => readonly Body[]): Program {
  return program(name, {}, (_params, p) => declare(p).forEach((body, i) => p.thread(`T${i}`, body)))
}

function repeated(count: number, body: (index: number) => Body): Body[] {
  return Array.from({ length: count }, (_, index) => body(index))
}

function atomics<N extends string>(p: Vocabulary, ...names: readonly N[]): Record<N, ReturnType<typeof atomic>> {
  return Object.fromEntries(names.map((name) => [name, atomic(p, name)])) as Record<N, ReturnType<typeof atomic>>
}

function atomic(p: Vocabulary, name: string) {
  return p.atomic(name, 0)
}

/** Each thread increments every variable once, in order: `ainc`, `binc` and `cinc` have one, two and three. */
function increments(name: string, threads: number, variables: readonly string[]): Program {
  return withThreads(name, (p) => {
    const shared = variables.map((variable) => atomic(p, variable))
    return repeated(
      threads,
      () =>
        function* () {
          for (const one of shared) yield* one.add(1)
        },
    )
  })
}

export function ainc(threads: number): Program {
  return increments('ainc', threads, ['x'])
}

export function binc(threads: number): Program {
  return increments('binc', threads, ['x', 'y'])
}

export function cinc(threads: number): Program {
  return increments('cinc', threads, ['x', 'y', 'z'])
}

/** One of the threads succeeds; the failures of the others only read. */
export function cas(threads: number): Program {
  return withThreads('cas', (p) => {
    const x = atomic(p, 'x')
    return repeated(
      threads,
      (i) =>
        function* () {
          yield* x.compareExchange(0, 100 + i)
        },
    )
  })
}

/** Thread i succeeds if all before it have. */
export function casrot(threads: number): Program {
  return withThreads('casrot', (p) => {
    const x = atomic(p, 'x')
    return repeated(
      threads,
      (i) =>
        function* () {
          yield* x.compareExchange(i, i + 1)
        },
    )
  })
}

export function wainc(incrementing: number): Program {
  return withThreads('wainc', (p) => {
    const x = atomic(p, 'x')
    return [() => x.write(42), ...repeated(incrementing, () => () => x.add(1))]
  })
}

export function readers(reading: number): Program {
  return withThreads('readers', (p) => {
    const x = atomic(p, 'x')
    return [() => x.write(42), ...repeated(reading, () => () => x.read())]
  })
}

/** As in Concuerror: the readers look at another variable first. */
export function readersOfTwo(reading: number): Program {
  return withThreads('readers of two', (p) => {
    const { x, y } = atomics(p, 'x', 'y')
    const reader: Body = function* () {
      yield* y.read()
      yield* x.read()
    }
    return [() => x.write(42), ...repeated(reading, () => reader)]
  })
}

/** One thread looks for the last item that is 0, while the others set theirs to that of their neighbour plus 1. */
export function lastzero(writing: number): Program {
  return withThreads('lastzero', (p) => {
    const items = Array.from({ length: writing + 1 }, (_, i) => atomic(p, `a${i}`))
    const reader: Body = function* () {
      let i = writing
      while ((yield* items[i]!.read()) !== 0) i--
    }
    const writer = (j: number): Body =>
      function* () {
        const before = yield* items[j - 1]!.read()
        yield* items[j]!.write(before + 1)
      }
    return [reader, ...repeated(writing, (i) => writer(i + 1))]
  })
}

/** Threads enter four values each into a hash table; they collide from the twelfth thread on. */
export function indexer(threads: number): Program {
  const size = 128
  return withThreads('indexer', (p) => {
    const table = Array.from({ length: size }, (_, slot) => atomic(p, `slot ${slot}`))
    return repeated(
      threads,
      (thread) =>
        function* () {
          for (let round = 1; round <= 4; round++) {
            const value = 11 * round + thread
            let slot = (7 * value) % size
            while ((yield* table[slot]!.compareExchange(0, value)) !== 0) slot = (slot + 1) % size
          }
        },
    )
  })
}

export function peterson(): Program {
  return withThreads('peterson', (p) => {
    const flags = [atomic(p, 'flag 1'), atomic(p, 'flag 2')]
    const { turn, x } = atomics(p, 'turn', 'x')
    return repeated(
      2,
      (me) =>
        function* () {
          yield* flags[me]!.write(1)
          yield* turn.write(1 - me)
          // The turn is looked at only if the other one wants to enter.
          const isFree = (yield* flags[1 - me]!.read()) !== 1 || (yield* turn.read()) !== 1 - me
          yield* p.assume(isFree)
          yield* x.write(me)
          yield* x.read()
          yield* flags[me]!.write(0)
        },
    )
  })
}

export function dekkerWithFences(): Program {
  return withThreads('dekker_f', (p) => {
    const { x, y, critical } = atomics(p, 'x', 'y', 'critical')
    return [
      function* () {
        yield* y.write(1)
        if ((yield* x.read()) !== 0) return
        yield* critical.write(1)
        yield* critical.read()
      },
      function* () {
        yield* x.write(1)
        if ((yield* y.read()) !== 0) return
        yield* critical.write(0)
        yield* critical.read()
      },
    ]
  })
}

export function publish(): Program {
  return withThreads('publish', (p) => {
    const { x, flag } = atomics(p, 'x', 'flag')
    return [
      function* () {
        yield* x.write(42)
        yield* flag.write(1)
      },
      function* () {
        for (let polls = 0; polls < 41; polls++)
          if ((yield* flag.read()) === 1) {
            yield* x.read()
            return
          }
      },
    ]
  })
}

/** Two threads sieve the same numbers. */
export function eratosthenes(numbers = 5): Program {
  return withThreads('eratosthenes', (p) => {
    const sieve = Array.from({ length: numbers }, (_, i) => atomic(p, `n${i}`))
    return repeated(
      2,
      () =>
        function* () {
          for (let i = 0; i < numbers; i++) {
            if ((yield* sieve[i]!.read()) !== 0) continue
            yield* sieve[i]!.write(1)
            for (let j = 2 * i + 2; j < numbers; j += i + 2) yield* sieve[j]!.write(2)
          }
        },
    )
  })
}

/** One access of a litmus program: a variable to read, or a variable and the value to write. */
type Access = readonly [variable: string, value?: number]

function litmus(name: string, ...threads: readonly (readonly Access[])[]): Program {
  return withThreads(name, (p) => {
    const variables = [...new Set(threads.flat().map(([variable]) => variable))]
    const shared = new Map(variables.map((variable) => [variable, atomic(p, variable)]))
    return threads.map(
      (accesses) =>
        function* () {
          for (const [variable, value] of accesses) {
            const one = shared.get(variable)!
            if (value === undefined) yield* one.read()
            else yield* one.write(value)
          }
        },
    )
  })
}

const [readX, readY]: readonly Access[] = [['x'], ['y']]

export const LITMUS = {
  SB: litmus('SB', [['x', 1], readY!], [['y', 1], readX!]),
  MP: litmus(
    'MP',
    [
      ['x', 1],
      ['y', 1],
    ],
    [readY!, readX!],
  ),
  LB: litmus('LB', [readY!, ['x', 1]], [readX!, ['y', 1]]),
  '2+2W': litmus(
    '2+2W',
    [
      ['x', 1],
      ['y', 2],
    ],
    [
      ['y', 1],
      ['x', 2],
    ],
  ),
  S: litmus(
    'S',
    [
      ['x', 2],
      ['y', 1],
    ],
    [readY!, ['x', 1]],
  ),
  IRIW: litmus('IRIW', [['x', 1]], [readX!, readY!], [readY!, readX!], [['y', 1]]),
  CoRR0: litmus('CoRR0', [['x', 1]], [readX!], [readX!]),
  CoRR: litmus(
    'CoRR',
    [
      ['x', 1],
      ['x', 2],
    ],
    [readX!, readX!],
  ),
} satisfies Record<string, Program>

/** Every thread writes the same variable several times, and nothing else. */
export function writers(threads: number, writes: number): Program {
  return litmus(
    'writers',
    ...Array.from({ length: threads }, () => Array.from({ length: writes }, (_, i): Access => ['x', i + 1])),
  )
}

export function writersAndReader(writing: number): Program {
  return litmus('n_writers_a_reader', ...Array.from({ length: writing }, (_, i): Access[] => [['x', i + 1]]), [readX!])
}

export function disjointReadsAndWrites(): Program {
  return litmus('disjoint', [['x', 1]], [['y', 1]], [['z']], [['z']])
}

function* increment(x: ReturnType<typeof plain>): Steps<void> {
  const seen = yield* x.read()
  yield* x.write(seen + 1)
}

function plain(p: Vocabulary, name: string) {
  return p.cell(name, 0)
}

/** Threads that take a lock and increment, some by `tryAcquire`, some for ever. */
function mutexes(name: string, entries: readonly ('acquire' | 'tryAcquire')[], releases: boolean): Program {
  return withThreads(name, (p) => {
    const x = plain(p, 'x')
    const lock = p.lock('m')
    return entries.map(
      (entry) =>
        function* () {
          if (entry === 'acquire') yield* lock.acquire()
          else if (!(yield* lock.tryAcquire())) return
          yield* increment(x)
          if (releases) yield* lock.release()
        },
    )
  })
}

export function lockinc(threads: number): Program {
  return mutexes('lockinc', new Array<'acquire'>(threads).fill('acquire'), true)
}

/** Nobody releases the lock. */
export function mutexDeadlock(threads: number): Program {
  return mutexes('mutex_deadlock', new Array<'acquire'>(threads).fill('acquire'), false)
}

export function mutexTrylockUnlock(threads: number): Program {
  return mutexes('mutex_trylock_unlock', new Array<'tryAcquire'>(threads).fill('tryAcquire'), true)
}

export function mutexTrylockDeadlock(threads: number): Program {
  return mutexes('mutex_trylock_deadlock', new Array<'tryAcquire'>(threads).fill('tryAcquire'), false)
}

export function mutexVsTrylock(trying: number): Program {
  return mutexes('mutex_vs_trylock', [...new Array<'tryAcquire'>(trying).fill('tryAcquire'), 'acquire'], true)
}

/** The thread that comes at its turn alone releases the lock. */
export function mutexHard(threads: number): Program {
  return withThreads('mutex_hard', (p) => {
    const x = atomic(p, 'x')
    const lock = p.lock('m')
    return repeated(
      threads,
      (i) =>
        function* () {
          yield* lock.acquire()
          if ((yield* x.add(1)) === i) yield* lock.release()
        },
    )
  })
}

export function simplifiedDekker(): Program {
  return withThreads('simplified_dekker_opt', (p) => {
    const gates = [declareGate(p, 'x'), declareGate(p, 'y')]
    return repeated(
      2,
      (me) =>
        function* () {
          yield* gates[me]!.write(1)
          yield* gates[1 - me]!.awaitZero()
          yield* gates[me]!.write(0)
        },
    )
  })
}

export function brokenMutualExclusion(): Program {
  return withThreads('broken_mutual_exclusion_opt', (p) => {
    const x = declareGate(p, 'x')
    return repeated(
      2,
      () =>
        function* () {
          yield* x.awaitZero()
          yield* x.write(1)
        },
    )
  })
}

/** The example of the paper on optimal DPOR. */
export function poplExample(): Program {
  return withThreads('POPL_optimal_example', (p) => {
    const { x, y, z } = atomics(p, 'x', 'y', 'z')
    return [
      () => x.write(1),
      () => y.write(1),
      function* () {
        if ((yield* y.read()) === 0) yield* z.write(1)
      },
      function* () {
        if ((yield* z.read()) === 1 && (yield* y.read()) === 0) yield* x.write(2)
      },
    ]
  })
}

export function combinationLock(): Program {
  return withThreads('combination_lock_1', (p) => {
    const { x, y, z, v, w, a, b, c, d } = atomics(p, 'x', 'y', 'z', 'v', 'w', 'a', 'b', 'c', 'd')
    return [
      () => z.write(1),
      function* () {
        yield* x.write(1)
        yield* a.write(1)
        if ((yield* y.read()) !== 1) return
        yield* w.write(1)
        yield* b.write(0)
      },
      function* () {
        if ((yield* x.read()) !== 1) return
        yield* y.write(1)
        yield* c.write(0)
        if ((yield* v.read()) === 1) yield* z.read()
      },
      function* () {
        if ((yield* w.read()) !== 1) return
        yield* v.write(1)
        yield* d.write(0)
      },
    ]
  })
}

/** Setters and one checker, of SCTBench. */
export function reorder(setters: number): Program {
  return withThreads('reorder', (p) => {
    const { a, b } = atomics(p, 'a', 'b')
    const setter: Body = function* () {
      yield* a.write(1)
      yield* b.write(-1)
    }
    const checker: Body = function* () {
      const first = yield* a.read()
      const second = yield* b.read()
      return (first === 0 && second === 0) || (first === 1 && second === -1)
    }
    return [...repeated(setters, () => setter), checker]
  })
}
