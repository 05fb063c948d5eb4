import {
  Awaitable,
  CancelledError,
  ExceptionGroup,
  type LoopTask,
  program,
  type Program,
  type Steps,
  TimeoutError,
  type TimeMode,
} from 'entrelacs'
import { Random } from '../../../src/engine/random.js'

/** A statement of an asyncio program that is data: a word and its arguments, which may be bodies. */
export type Statement = readonly [word: string, ...args: unknown[]]
export type Body = readonly Statement[]

/** What a program came to: what its tasks noted, in order, and its result, the kind of its error, or `deadlock`. */
export interface Run {
  readonly log: readonly unknown[]
  readonly result: unknown
  /** When it ended, in virtual time; null where it does not, or nobody knows. */
  readonly end: number | null
}

type Seconds = number | 'forever'

const seconds = (given: Seconds): number => (given === 'forever' ? Infinity : given)

/** Generates programs of a few tasks that do all that asyncio offers. */
export class ProgramMaker {
  readonly #random: Random
  readonly #isTimed: boolean
  readonly #isSmall: boolean
  #labels = 0

  /**
   * @param isTimed whether tasks also sleep and give up after some time.
   * @param isSmall whether there are few statements, since much is open. By default what is timed is small.
   */
  constructor(seed: string, isTimed: boolean, isSmall = isTimed) {
    this.#random = new Random(seed)
    this.#isTimed = isTimed
    this.#isSmall = isSmall
  }

  program(): Body {
    this.#labels = 0
    const size = this.#isSmall ? 1 : 2
    const spawns: Statement[] = Array.from({ length: 1 + this.#below(2 + size) }, () => ['spawn', this.#body(1)])
    return [...spawns, ...this.#statements(1 + this.#below(2 * size), 0)]
  }

  #below(bound: number): number {
    return this.#random.below(bound)
  }

  #body(depth: number): Body {
    return this.#statements(1 + this.#below(this.#isSmall ? 2 : 4), depth)
  }

  #statements(length: number, depth: number): Statement[] {
    return Array.from({ length }, () => this.#statement(depth))
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!
  }

  #statement(depth: number): Statement {
    const isCompound = depth < 3 && this.#below(10) < 3
    return isCompound ? this.#compound(depth + 1) : this.#leaf(depth)
  }

  #compound(depth: number): Statement {
    const i = this.#below(2)
    const body = () => this.#body(depth)
    return this.#pick<() => Statement>([
      () => ['spawn', body()],
      () => ['lock', i, body()],
      () => ['semaphore', i, body()],
      () => [
        'condition',
        i,
        [
          ...body(),
          this.#pick<Statement>([
            ['notify', i, 1],
            ['notifyAll', i],
            ['conditionWait', i],
          ]),
        ],
      ],
      () => ['condition', i, [['conditionWait', i], ...body()]],
      () => ['tryFinally', body(), body()],
      () => ['catchCancel', body()],
      () => ['timeout', this.#seconds(), body()],
      () => ['group', Array.from({ length: this.#below(3) }, body), body()],
      () => ['waitForNew', this.#seconds(), body()],
      () => ['raise'],
    ])()
  }

  #seconds(): Seconds {
    return this.#pick<Seconds>(this.#isTimed ? [0, 1, 2, 'forever'] : [0, 'forever'])
  }

  #leaf(depth: number): Statement {
    const i = this.#below(2)
    const q = this.#below(4)
    const k = this.#below(4)
    const ks = Array.from({ length: this.#below(3) }, () => this.#below(4))
    if (this.#isTimed && this.#below(3) === 0) return ['sleep', this.#pick([0, 1, 2, 3])]
    return this.#pick<() => Statement>([
      () => ['log', this.#labels++],
      () => ['sleep', 0],
      () => ['sleep', 0],
      () => ['await', k],
      () => ['await', k],
      () => ['cancel', k],
      () => ['cancel', k],
      () => ['cancelling', k],
      () => ['gather', ks, false],
      () => ['gather', ks, true],
      () => [
        'wait',
        [k, ...ks],
        this.#pick(['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION']),
        this.#isTimed ? this.#seconds() : null,
      ],
      () => ['waitFor', k, this.#seconds()],
      () => ['shield', k],
      () => ['waitForShield', k, this.#seconds()],
      () => ['waitForGather', ks, this.#seconds()],
      () => ['done', k],
      () => ['cancelled', k],
      () => ['result', k],
      () => ['exception', k],
      () => ['onDone', k, this.#labels++],
      () => ['callSoon', this.#labels++, Array.from({ length: this.#below(3) }, () => this.#now())],
      () => ['callSoonCancelled', this.#labels++],
      () => ['lockRelease', i],
      () => ['lockAcquire', i],
      () => ['semaphoreRelease', i],
      () => ['semaphoreAcquire', i],
      () => ['locked', i],
      () => ['waitEvent', i],
      () => ['notify', i, this.#below(3)],
      () => ['put', q, this.#below(5)],
      () => ['put', q, this.#below(5)],
      () => ['get', q],
      () => ['get', q],
      () => ['joinQueue', q],
      () => ['awaitFuture', i],
      () => ['now', ...this.#now()],
      () => ['now', ...this.#now()],
      () => ['now', ...this.#now()],
      () => (depth > 0 ? ['raise'] : ['log', this.#labels++]),
    ])()
  }

  #now(): Statement {
    const i = this.#below(2)
    const q = this.#below(4)
    return this.#pick<() => Statement>([
      () => ['set', i],
      () => ['set', i],
      () => ['clear', i],
      () => ['putNowait', q, this.#below(5)],
      () => ['getNowait', q],
      () => ['taskDone', q],
      () => ['setFuture', i, this.#below(5)],
      () => ['failFuture', i],
      () => ['cancelFuture', i],
    ])()
  }
}

// Where words that take time have the seconds among their arguments.
const SECONDS: Readonly<Record<string, number>> = {
  sleep: 0,
  timeout: 0,
  waitForNew: 0,
  waitFor: 1,
  waitForShield: 1,
  waitForGather: 1,
  wait: 2,
}
const MICROSECOND = 1e-6
// Ways to let time pass: in a task, in a thread that it waits for, and in a task that keeps the whole loop waiting.
const SLEEPS = ['sleep', 'sleep', 'sleep', 'sleep', 'sleep', 'toThread', 'toThread', 'block'] as const

/** How a program's durations are to be changed for a comparison in virtual time. */
export interface Retiming {
  /** Of some tasks that sleep, a thread sleeps instead, and some block the loop. */
  readonly seed: string
  /** Whether every duration becomes one whose sums with others are different, so that nothing is ever due at the moment of something else. */
  readonly distinct: boolean
}

/** The same program with threads that sleep, with tasks that block the loop, and if asked with durations of which no two sums are equal. */
export function retimed(main: Body, { seed, distinct }: Retiming): Body {
  const random = new Random(seed)
  let bit = 0
  const durationOf = (given: unknown, isLook: boolean): unknown => {
    if (typeof given !== 'number' || (given === 0 && !isLook) || !distinct) return given
    return Math.round((given + MICROSECOND * 2 ** bit++) / MICROSECOND) * MICROSECOND
  }
  const changed = (part: unknown): unknown => {
    if (!Array.isArray(part)) return part
    const [word, ...args] = part as [unknown, ...unknown[]]
    if (typeof word !== 'string') return part.map(changed)
    const at = SECONDS[word]
    const timed = args.map((arg, i) => (i === at ? durationOf(arg, word === 'wait') : changed(arg)))
    return [word === 'sleep' && args[0] !== 0 ? SLEEPS[random.below(SLEEPS.length)] : word, ...timed]
  }
  return changed(main) as Body
}

/** What Python raises where we speak of misuse. */
export function pythonsMisuse(message: string): string {
  return /semaphore|taskDone/.test(message) ? 'ValueError' : 'RuntimeError'
}

function kindOf(error: unknown): string {
  const { name, message } = error as Error
  return name === 'MisuseError' ? pythonsMisuse(message) : name
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return kindOf(value)
  if (Array.isArray(value)) return value.map(plain)
  return value ?? null
}

function raised(message: string): Error {
  const error = new Error(message)
  error.name = 'ValueError'
  return error
}

/** The same program for us: tasks note what they do in an object called `log`, in virtual time also when. */
export function programOf(main: Body, time: TimeMode = 'free'): Program {
  return program(
    'asyncio',
    {},
    (_params, p) => {
      const clock = time === 'virtual' ? p.clock() : null
      const loop = p.eventLoop('loop')
      const log = p.atomic('log', [] as readonly unknown[], { holds: 'data' })
      const locks = [loop.lock('lock 0'), loop.lock('lock 1')]
      const semaphores = [loop.semaphore('semaphore 0', 1), loop.semaphore('semaphore 1', 2, { bounded: true })]
      const events = [loop.event('event 0'), loop.event('event 1')]
      const conditions = [loop.condition('condition 0'), loop.condition('condition 1', locks[1])]
      const queues = [
        loop.queue('queue 0'),
        loop.queue('queue 1', { maxsize: 1 }),
        loop.queue('queue 2', { maxsize: 2, order: 'lifo' }),
        loop.queue('queue 3', { order: 'priority' }),
      ]

      const note = function* (...entry: readonly unknown[]): Steps<void> {
        const noted = [...entry.map(plain), ...(clock === null ? [] : [yield* clock.read()])]
        yield* log.update((all) => [...all, noted])
      }

      p.thread('main', function* () {
        const result = yield* loop.run(function* () {
          const futures = [yield* loop.future(), yield* loop.future()]
          yield* bodyOf(main, 'm', [], futures)
          return 'end'
        })
        return result
      })

      type Futures = readonly { setResult(value: unknown): Steps<void>; setException(error: unknown): Steps<void> }[]
      type Known = LoopTask[]

      function* bodyOf(statements: Body, name: string, given: readonly LoopTask[], futures: Futures): Steps<string> {
        const known = [...given]
        const children: LoopTask[] = []
        try {
          yield* block(statements, { name, known, children, futures })
          return name
        } finally {
          yield* endAll(name, children)
        }
      }

      function* endAll(name: string, children: readonly LoopTask[]): Steps<void> {
        for (const child of children) yield* child.cancel()
        for (;;)
          try {
            yield* loop.gather(...children, { returnExceptions: true })
            return
          } catch (error) {
            if (!(error instanceof CancelledError)) throw error
            yield* note(name, 'cancelled at the end')
          }
      }

      interface Frame {
        readonly name: string
        readonly known: Known
        readonly children: LoopTask[]
        readonly futures: Futures
      }

      function* block(statements: Body, frame: Frame): Steps<void> {
        for (const statement of statements) yield* perform(statement, frame)
      }

      function* perform(statement: Statement, frame: Frame): Steps<void> {
        const [word, ...args] = statement
        const compound = compounds[word]
        if (compound !== undefined) {
          yield* compound(frame, ...(args as never[]))
          return
        }
        try {
          const result = yield* leaves[word]!(frame, ...(args as never[]))
          yield* note(frame.name, word, result)
        } catch (error) {
          if (!(error instanceof CancelledError)) yield* note(frame.name, word, kindOf(error))
          else {
            yield* note(frame.name, word, 'CancelledError')
            throw error
          }
        }
      }

      const compounds: Record<string, (frame: Frame, ...args: never[]) => Steps<void>> = {
        *spawn({ name, known, children, futures }, body: Body) {
          const child = `${name}.${children.length}`
          const before = [...known]
          const task = yield* loop.task(child, () => bodyOf(body, child, before, futures))
          known.push(task)
          children.push(task)
        },
        *raise({ name }) {
          yield* note(name, 'raise')
          throw raised('raised')
        },
        *lock(frame, i: number, body: Body) {
          yield* locks[i]!.hold(function* () {
            yield* note(frame.name, 'locked', i)
            yield* block(body, frame)
          })
        },
        *semaphore(frame, i: number, body: Body) {
          yield* semaphores[i]!.hold(function* () {
            yield* note(frame.name, 'entered', i)
            yield* block(body, frame)
          })
        },
        *condition(frame, i: number, body: Body) {
          yield* conditions[i]!.hold(function* () {
            yield* note(frame.name, 'held', i)
            yield* block(body, frame)
          })
        },
        *tryFinally(frame, body: Body, cleanup: Body) {
          try {
            yield* block(body, frame)
          } finally {
            yield* note(frame.name, 'finally')
            yield* block(cleanup, frame)
          }
        },
        *catchCancel(frame, body: Body) {
          try {
            yield* block(body, frame)
          } catch (error) {
            if (!(error instanceof CancelledError)) throw error
            yield* note(frame.name, 'caught')
          }
        },
        *timeout(frame, limit: Seconds, body: Body) {
          try {
            yield* loop.timeout(seconds(limit), () => block(body, frame))
          } catch (error) {
            if (!(error instanceof TimeoutError)) throw error
            yield* note(frame.name, 'timeout', error)
          }
        },
        *group(frame, bodies: readonly Body[], body: Body) {
          const { name, known, futures } = frame
          try {
            yield* loop.taskGroup(function* (group) {
              for (const [i, one] of bodies.entries()) {
                const before = [...known]
                known.push(yield* group.task(`${name}.g${i}`, () => bodyOf(one, `${name}.g${i}`, before, futures)))
              }
              yield* block(body, frame)
            })
            yield* note(name, 'group')
          } catch (error) {
            if (!(error instanceof ExceptionGroup)) throw error
            yield* note(name, 'group', error.errors.map(kindOf).sort())
          }
        },
      }

      const pick = (known: Known, k: number): LoopTask => known[k % known.length]!
      const picked = (known: Known, ks: readonly number[]) => (known.length === 0 ? [] : ks.map((k) => pick(known, k)))
      const ofTask = (ask: (task: LoopTask) => Steps<unknown>) =>
        function* ({ known }: Frame, k: number): Steps<unknown> {
          return known.length === 0 ? 'nobody' : yield* ask(pick(known, k))
        }

      const leaves: Record<string, (frame: Frame, ...args: never[]) => Steps<unknown>> = {
        *log(_frame, value: unknown) {
          yield* []
          return value
        },
        sleep: (_frame, duration: number) => loop.sleep(duration),
        block: (_frame, duration: number) => p.sleep(duration),
        toThread: (_frame, duration: number) => loop.toThread(() => p.sleep(duration)),
        await: ofTask((task) => task[Symbol.iterator]()),
        cancel: ofTask((task) => task.cancel()),
        cancelling: ofTask((task) => task.cancelling()),
        gather: ({ known }, ks: readonly number[], returnExceptions: boolean) =>
          loop.gather(...picked(known, ks), { returnExceptions }),
        *wait({ known }, ks: readonly number[], returnWhen: 'ALL_COMPLETED', limit: Seconds | null) {
          if (known.length === 0) return 'nobody'
          const chosen = picked(known, ks)
          const { done } = yield* loop.wait(chosen, {
            returnWhen,
            ...(limit === null ? {} : { timeout: seconds(limit) }),
          })
          return chosen.map((one) => done.includes(one))
        },
        *waitFor({ known }, k: number, limit: Seconds) {
          return known.length === 0 ? 'nobody' : yield* loop.waitFor(pick(known, k), seconds(limit))
        },
        *waitForNew({ name, known, futures }, limit: Seconds, body: Body) {
          const before = [...known]
          return yield* loop.waitFor(() => bodyOf(body, `${name}.w`, before, futures), seconds(limit))
        },
        shield: ofTask((task) => loop.shield(task)),
        *waitForShield({ known }, k: number, limit: Seconds) {
          return known.length === 0
            ? 'nobody'
            : yield* loop.waitFor(yield* loop.shieldFuture(pick(known, k)), seconds(limit))
        },
        *waitForGather({ known }, ks: readonly number[], limit: Seconds) {
          return yield* loop.waitFor(yield* loop.gatherFuture(...picked(known, ks)), seconds(limit))
        },
        done: ofTask((task) => task.done()),
        cancelled: ofTask((task) => task.cancelled()),
        result: ofTask((task) => task.result()),
        exception: ofTask((task) => task.exception()),
        *onDone({ known }, k: number, label: number) {
          if (known.length > 0) yield* pick(known, k).addDoneCallback(() => note('callback', label))
        },
        *callSoon({ futures }, label: number, actions: Body) {
          yield* loop.callSoon(function* () {
            yield* note('callback', label)
            for (const [word, ...args] of actions)
              try {
                yield* note('callback', word, yield* now(futures, word, args as never[]))
              } catch (error) {
                yield* note('callback', word, kindOf(error))
              }
          })
        },
        *callSoonCancelled(_frame, label: number) {
          const handle = yield* loop.callSoon(() => note('callback', label))
          yield* handle.cancel()
        },
        lockRelease: (_frame, i: number) => locks[i]!.release(),
        lockAcquire: (_frame, i: number) => locks[i]!.acquire(),
        semaphoreRelease: (_frame, i: number) => semaphores[i]!.release(),
        semaphoreAcquire: (_frame, i: number) => semaphores[i]!.acquire(),
        *locked(_frame, i: number) {
          return [yield* locks[i]!.locked(), yield* semaphores[i]!.locked()]
        },
        waitEvent: (_frame, i: number) => events[i]!.wait(),
        conditionWait: (_frame, i: number) => conditions[i]!.wait(),
        notify: (_frame, i: number, n: number) => conditions[i]!.notify(n),
        notifyAll: (_frame, i: number) => conditions[i]!.notifyAll(),
        put: (_frame, i: number, value: number) => queues[i]!.put(value),
        get: (_frame, i: number) => queues[i]!.get(),
        joinQueue: (_frame, i: number) => queues[i]!.join(),
        awaitFuture: ({ futures }, i: number) => (futures[i] as unknown as Awaitable<unknown>)[Symbol.iterator](),
        now: ({ futures }, word: string, ...args: never[]) => now(futures, word, args),
      }

      function* now(futures: Futures, word: string, [i, value]: readonly never[]): Steps<unknown> {
        switch (word) {
          case 'set':
            return yield* events[i!]!.set()
          case 'clear':
            return yield* events[i!]!.clear()
          case 'putNowait':
            return yield* queues[i!]!.putNowait(value)
          case 'getNowait':
            return yield* queues[i!]!.getNowait()
          case 'taskDone':
            return yield* queues[i!]!.taskDone()
          case 'setFuture':
            return yield* futures[i!]!.setResult(value)
          case 'failFuture':
            return yield* futures[i!]!.setException(raised('future'))
          default:
            return yield* (futures[i!] as unknown as Awaitable<unknown>).cancel()
        }
      }
    },
    { time },
  )
}
