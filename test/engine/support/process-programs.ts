import { program, type Program, type ProgramOptions, type Steps } from 'entrelacs'
import fc from 'fast-check'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** What threads of random programs do; numbers choose objects and processes. */
export type Action =
  | { readonly does: 'readOwn' | 'writeOwn' | 'readShared' | 'writeShared'; readonly of: number }
  | { readonly does: 'ownLock' | 'sharedLock'; readonly inside: readonly Action[] }
  | { readonly does: 'send' | 'recv' | 'poll' | 'put' | 'get' | 'empty'; readonly of: number }
  | { readonly does: 'start' | 'join' | 'isAlive' | 'terminate' | 'exitCode'; readonly of: number }
  | { readonly does: 'spawn'; readonly inside: readonly Action[]; readonly daemon: boolean }
  | { readonly does: 'exit' | 'abort' | 'fail' }
  | { readonly does: 'create'; readonly inside: readonly Action[] }
  | { readonly does: 'count' | 'keep' }
  | { readonly does: 'sleep' | 'lockInTime' | 'joinInTime'; readonly of: number }

/** A random program: what its main threads and its processes do. */
export interface ProcessScript {
  readonly mains: readonly (readonly Action[])[]
  readonly processes: readonly {
    readonly actions: readonly Action[]
    readonly daemon: boolean
    readonly start: 'spawn' | 'fork'
  }[]
}

const of = fc.nat(1)
/** With daemons, dpor executes some traces more than once; without, it can be counted on to execute each once. */
const seldom = fc.nat(9).map((n) => n === 0)
const memory = fc.record({ does: fc.constantFrom('readOwn', 'writeOwn', 'readShared', 'writeShared'), of })
const message = fc.record({ does: fc.constantFrom('send', 'recv', 'poll', 'put', 'get', 'empty'), of })
const control = fc.record({ does: fc.constantFrom('start', 'join', 'isAlive', 'terminate', 'exitCode'), of })
const ending = fc.record({ does: fc.constantFrom('exit', 'abort', 'fail') })
const inside = fc.array(memory, { maxLength: 2 })
const locked = fc.record({ does: fc.constantFrom('ownLock', 'sharedLock'), inside })
const spawning = fc.record({ does: fc.constant('spawn'), inside, daemon: seldom })
const creating = fc.record({ does: fc.constant('create'), inside })
const asking = fc.record({ does: fc.constantFrom('count', 'keep') })
const timed = fc.record({ does: fc.constantFrom('sleep', 'lockInTime', 'joinInTime'), of })
const action = fc.oneof(
  { weight: 6, arbitrary: memory },
  { weight: 3, arbitrary: locked },
  { weight: 3, arbitrary: message },
  { weight: 5, arbitrary: control },
  { weight: 1, arbitrary: spawning },
  { weight: 1, arbitrary: ending },
  { weight: 1, arbitrary: creating },
  { weight: 1, arbitrary: asking },
  { weight: 1, arbitrary: timed },
)

/** Random programs of two processes, which the first main thread starts. */
export const anyProcessScript = fc.record({
  mains: fc.tuple(fc.array(action, { maxLength: 3 }), fc.array(action, { maxLength: 2 })),
  processes: fc.array(
    fc.record({
      actions: fc.array(action, { maxLength: 3 }),
      daemon: seldom,
      start: fc.constantFrom('spawn', 'fork'),
    }),
    { minLength: 1, maxLength: 2 },
  ),
}) as fc.Arbitrary<ProcessScript>

/** Whether a script has threads or processes that are daemons. */
export function hasDaemons(script: ProcessScript): boolean {
  return JSON.stringify(script).includes('"daemon":true')
}

/** The program of a script; every thread returns what it has seen. */
export function programOfProcesses(script: ProcessScript, options?: ProgramOptions): Program {
  return program(
    'processes',
    {},
    (_params, p) => {
      const own = [p.cell('own 0', 0), p.atomic('own 1', 0)]
      const shared = [p.cell('shared 0', 0, { shared: true }), p.sharedValue('shared 1')]
      const ownLock = p.lock('own lock')
      const sharedLock = p.lock('shared lock', { shared: true })
      const ends = p.pipe<number>('pipe')
      const queue = p.processQueue<number>('queue')
      const local = p.threadLocal('local')
      const processes = script.processes.map(({ actions, daemon, start }, i) =>
        p.process(`P${i}`, () => perform(10 + i, actions), { daemon, start }),
      )

      function* perform(value: number, actions: readonly Action[]): Steps<unknown> {
        const seen: unknown[] = []
        for (const each of actions)
          try {
            seen.push(yield* act(value, each))
          } catch (error) {
            if (!(error instanceof Error) || !/^(EOF|OS|BrokenPipe|ConnectionReset|Misuse)/.test(error.name))
              throw error
            seen.push(error.name)
          }
        return seen
      }

      function* act(value: number, each: Action): Steps<unknown> {
        switch (each.does) {
          case 'readOwn':
            return yield* own[each.of]!.read()
          case 'writeOwn':
            return yield* own[each.of]!.write(value)
          case 'readShared':
            return yield* shared[each.of]!.read()
          case 'writeShared':
            return yield* shared[each.of]!.write(value)
          case 'ownLock':
            return yield* ownLock.hold(() => perform(value + 100, each.inside))
          case 'sharedLock':
            return yield* sharedLock.hold(() => perform(value + 200, each.inside))
          case 'send':
            return yield* ends[each.of]!.send(value)
          case 'recv':
            return yield* ends[each.of]!.recv()
          case 'poll':
            return yield* ends[each.of]!.poll()
          case 'put':
            return yield* queue.put(value)
          case 'get':
            return yield* queue.get()
          case 'empty':
            return yield* queue.empty()
          case 'spawn': {
            const child = yield* p.spawn(`inner of ${value}`, () => perform(value + 300, each.inside), {
              daemon: each.daemon,
            })
            return each.daemon ? null : yield* child.join()
          }
          case 'create': {
            const child = p.newThread(`made by ${value}`, () => perform(value + 400, each.inside))
            yield* child.start()
            return yield* child.join()
          }
          case 'count':
            return yield* p.activeCount()
          case 'keep': {
            yield* local.set('kept', value)
            return yield* local.get('kept')
          }
          case 'sleep':
            return yield* p.sleep(each.of + 1)
          case 'lockInTime': {
            const isMine = yield* sharedLock.acquire({ timeout: each.of + 1 })
            if (isMine) yield* sharedLock.release()
            return isMine
          }
          case 'joinInTime':
            return yield* processes[each.of % processes.length]!.join({ timeout: 2 })
          case 'exit':
            return yield* p.exit(3)
          case 'abort':
            return yield* p.abort()
          case 'fail':
            throw new Error(`thrown by ${value}`)
          default:
            return yield* controlling(each.does, processes[each.of % processes.length]!)
        }
      }

      p.thread('main', function* () {
        for (const process of processes) yield* process.start()
        return yield* perform(1, script.mains[0]!)
      })
      p.thread('other', () => perform(2, script.mains[1]!))
    },
    options,
  )
}

function* controlling(
  does: 'start' | 'join' | 'isAlive' | 'terminate' | 'exitCode',
  process: ReturnType<Vocabulary['process']>,
): Steps<unknown> {
  return yield* process[does]()
}
