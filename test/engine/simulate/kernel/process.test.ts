import { describe, expect, test } from 'vitest'
import { Environment } from '../../../../src/engine/simulate/kernel/environment.js'
import type { Occurrence } from '../../../../src/engine/simulate/kernel/occurrence.js'
import { Priority } from '../../../../src/engine/simulate/kernel/priority.js'
import { Interrupt, type Process, type Steps } from '../../../../src/engine/simulate/kernel/process.js'
import { Resource } from '../../../../src/engine/simulate/kernel/resource.js'
import { MAX_TIME } from '../../../../src/engine/simulate/kernel/time.js'
import { codeOf } from './code-of.js'

/** An environment and what its processes say, as `time who what`. */
function recording() {
  const env = new Environment()
  const trace: string[] = []
  const say = (text: string) => {
    trace.push(`${env.now} ${text}`)
  }
  return { env, trace, say }
}

function* delay(time: number): Steps {
  yield time
}

function* failing(time: number, message: string): Steps {
  yield time
  throw new Error(message)
}

describe('Processes', () => {
  test('of all kinds together leave the trace that was written down by hand', () => {
    const { env, trace, say } = recording()
    const till = new Resource(env, 1)
    const bell = env.signal<string>()

    function* a(): Steps<string> {
      const request = till.request()
      yield request
      say('A has the till')
      yield 5
      till.release(request)
      say('A leaves')
      return 'a'
    }
    function* b(): Steps<string> {
      const request = till.request()
      yield request
      say('B has the till')
      try {
        yield 10
      } catch (error) {
        say(`B is interrupted: ${String((error as Interrupt).cause)}`)
      } finally {
        till.release(request)
      }
      bell.fire('ding')
      say('B has rung')
      return 'b'
    }
    function* c(others: readonly Process<string>[]): Steps<string> {
      yield 7
      others[1].interrupt('hurry')
      say('C has interrupted')
      say(`C hears ${String(yield bell)}`)
      const all = env.allOf(others)
      yield all
      say(`C sees ${all.value.join()} end`)
      return 'c'
    }
    function* d(): Steps<string> {
      const request = till.request()
      const timeout = env.timeout(6)
      const first = env.anyOf([request, timeout])
      yield first
      say(first.value === timeout ? 'D gives up' : 'D has the till')
      till.release(request)
      yield 1
      say('D leaves')
      return 'd'
    }
    const first = env.start(a())
    const second = env.start(b())
    const fourth = env.start(d())
    env.start(c([first, second, fourth]))

    expect(env.run()).toBe('empty')
    expect(trace).toEqual([
      '0 A has the till',
      '5 A leaves',
      '5 B has the till',
      '6 D gives up',
      // D's delay was scheduled at 6, after C's at 0.
      '7 C has interrupted',
      '7 D leaves',
      '7 B is interrupted: hurry',
      '7 B has rung',
      '7 C hears ding',
      '7 C sees a,b,d end',
    ])
    expect([till.inUse, till.waiting]).toEqual([0, 0])
  })

  test('begin at the present time, after what is due already', () => {
    const { env, trace, say } = recording()
    function* child(): Steps {
      say('child')
      yield 0
      say('child again')
    }
    function* parent(): Steps {
      env.start(child())
      say('parent')
      yield 0
      say('parent again')
    }
    env.start(parent())
    env.run()
    expect(trace).toEqual(['0 parent', '0 child', '0 parent again', '0 child again'])
  })

  test('come in the order of their priority classes', () => {
    const { env, trace, say } = recording()
    function* worker(name: string): Steps {
      yield 5
      say(name)
    }
    env.start(worker('observer'), Priority.Observer)
    env.start(worker('process'))
    env.start(worker('device'), Priority.Device)
    env.run()
    expect(trace).toEqual(['5 device', '5 process', '5 observer'])
  })

  test('can be waited for: a process fires with what it returns', () => {
    const { env, trace, say } = recording()
    function* child(): Steps<number> {
      yield 3
      return 42
    }
    function* parent(): Steps {
      const started = env.start(child())
      say(`gets ${String(yield started)}`)
      // It has happened: nobody waits.
      say(`gets ${String(yield started)} again`)
    }
    env.start(parent())
    env.run()
    expect(trace).toEqual(['3 gets 42', '3 gets 42 again'])
  })

  test('that wait for the same signal go on in the order in which they came', () => {
    const { env, trace, say } = recording()
    const signal = env.signal()
    function* waiting(name: string): Steps {
      yield signal
      say(name)
    }
    for (const name of ['first', 'second', 'third']) env.start(waiting(name))
    function* ringing(): Steps {
      yield 2
      signal.fire()
    }
    env.start(ringing())
    env.run()
    expect(trace).toEqual(['2 first', '2 second', '2 third'])
  })

  test('that are many keep their own time', () => {
    const env = new Environment()
    const ends: number[] = []
    function* worker(steps: number): Steps {
      for (let i = 0; i < steps; i++) yield steps
      ends.push(env.now)
    }
    for (let steps = 1; steps <= 300; steps++) env.start(worker(steps))
    env.run()
    expect(ends).toEqual(Array.from({ length: 300 }, (_, index) => (index + 1) ** 2))
  })

  test('are told at the yield what is wrong with what they yield', () => {
    const env = new Environment()
    const codes: string[] = []
    function* wrong(): Steps {
      yield 1
      for (const wait of [-1, 0.5, NaN, MAX_TIME, Infinity, 'soon' as unknown as number, null as unknown as number]) {
        try {
          yield wait
        } catch (error) {
          codes.push((error as { code: string }).code)
        }
      }
      yield 1
    }
    env.start(wrong())
    expect(env.run()).toBe('empty')
    expect(env.now).toBe(2)
    const [past, time, overflow, wait] = ['kernel/past', 'kernel/time', 'kernel/overflow', 'kernel/wait']
    expect(codes).toEqual([past, time, time, overflow, overflow, wait, wait])
  })
})

describe('A failure', () => {
  test('of a process that nobody waits for is thrown by the run, and the others can go on', () => {
    const { env, trace, say } = recording()
    const failed = env.start(failing(5, 'broken'))
    function* other(): Steps {
      yield 5
      say('same instant')
      yield 5
      say('later')
    }
    env.start(other())

    expect(() => env.run()).toThrow('broken')
    expect(failed.hasFailed).toBe(true)
    expect(trace).toEqual(['5 same instant'])
    expect(env.run()).toBe('empty')
    expect(trace).toEqual(['5 same instant', '10 later'])
  })

  test('is thrown in the process that waits, and in no run', () => {
    const { env, trace, say } = recording()
    function* parent(): Steps {
      try {
        yield env.start(failing(5, 'broken'))
      } catch (error) {
        say((error as Error).message)
      }
    }
    env.start(parent())
    expect(env.run()).toBe('empty')
    expect(trace).toEqual(['5 broken'])
  })

  test('goes from process to process as long as nobody catches it', () => {
    const env = new Environment()
    function* parent(depth: number): Steps {
      yield env.start(depth === 0 ? failing(1, 'deep down') : parent(depth - 1))
    }
    env.start(parent(3))
    expect(() => env.run()).toThrow('deep down')
  })

  test('of a signal waits until the end of the instant for somebody to look', () => {
    const env = new Environment()
    const seen = env.signal()
    const unseen = env.signal()
    function* late(): Steps {
      yield 1
      seen.fail(new Error('seen'))
      yield 0
      try {
        yield seen
      } catch {
        yield 1
        unseen.fail(new Error('unseen'))
      }
    }
    env.start(late())
    expect(() => env.run()).toThrow('unseen')
    expect(env.now).toBe(2)
  })

  test('of which a process was told that is interrupted before it sees it is not lost', () => {
    const env = new Environment()
    const signal = env.signal()
    function* waiting(): Steps {
      try {
        yield signal
      } catch (error) {
        expect(error).toBeInstanceOf(Interrupt)
      }
    }
    const process = env.start(waiting())
    function* other(): Steps {
      yield 1
      process.interrupt()
      signal.fail(new Error('told but not seen'))
    }
    env.start(other())
    expect(() => env.run()).toThrow('told but not seen')
    expect(process.hasFired).toBe(true)
  })

  test('comes out of the value', () => {
    const env = new Environment()
    const signal = env.signal<number>()
    expect(codeOf(() => signal.value)).toBe('kernel/pending')
    signal.fail(new Error('broken'))
    expect(() => signal.value).toThrow('broken')
    expect(codeOf(() => signal.fire(1))).toBe('kernel/happened')
    expect(() => env.run()).toThrow('broken')
  })
})

describe('Interrupts', () => {
  test('end a delay, of which nothing is left', () => {
    const { env, trace, say } = recording()
    function* sleeper(): Steps {
      try {
        yield 1000
      } catch (error) {
        say(`${(error as Error).name} ${String((error as Interrupt).cause)}`)
      }
    }
    const process = env.start(sleeper())
    function* other(): Steps {
      yield 10
      process.interrupt('wake up')
    }
    env.start(other())
    expect(env.run()).toBe('empty')
    expect(trace).toEqual(['10 Interrupt wake up'])
    expect(env.now).toBe(10)
  })

  test('end the wait for a signal, which may still happen', () => {
    const { env, trace, say } = recording()
    const signal = env.signal()
    function* waiting(name: string): Steps {
      try {
        yield signal
        say(`${name} hears it`)
      } catch {
        say(`${name} is interrupted`)
        yield 100
        say(`${name} goes on`)
      }
    }
    const processes = ['first', 'second', 'third'].map((name) => env.start(waiting(name)))
    function* other(): Steps {
      yield 1
      processes[0].interrupt()
      processes[1].interrupt()
      yield 1
      signal.fire()
    }
    env.start(other())
    env.run()
    expect(trace).toEqual([
      '1 first is interrupted',
      '1 second is interrupted',
      '2 third hears it',
      '101 first goes on',
      '101 second goes on',
    ])
  })

  test('come one after the other, and none comes to a process that has ended', () => {
    const { env, trace, say } = recording()
    function* twice(): Steps {
      for (let i = 0; i < 2; i++) {
        try {
          yield 1000
        } catch (error) {
          say(String((error as Interrupt).cause))
        }
      }
    }
    const process = env.start(twice())
    function* other(): Steps {
      yield 1
      for (let i = 1; i <= 3; i++) process.interrupt(i)
    }
    env.start(other())
    expect(env.run()).toBe('empty')
    expect(trace).toEqual(['1 1', '1 2'])
    expect(env.now).toBe(1)
  })

  test('that are not caught fail the process', () => {
    const env = new Environment()
    const process = env.start(delay(10))
    env.run(5)
    process.interrupt('no reason')
    expect(() => env.run()).toThrow(Interrupt)
  })

  test('are refused for a process that has ended, and for oneself', () => {
    const env = new Environment()
    const process = env.start(delay(1))
    env.run()
    expect(codeOf(() => process.interrupt())).toBe('kernel/interrupt')
    const codes: string[] = []
    function* self(): Steps {
      yield 1
      codes.push(codeOf(() => env.activeProcess!.interrupt()))
    }
    env.start(self())
    env.run()
    expect(codes).toEqual(['kernel/interrupt'])
    expect(env.activeProcess).toBeNull()
  })
})

describe('Conditions', () => {
  const waitFor = (env: Environment, condition: Occurrence): { at: number; error?: unknown } => {
    const seen: { at: number; error?: unknown } = { at: -1 }
    function* waiting(): Steps {
      try {
        yield condition
      } catch (error) {
        seen.error = error
      }
      seen.at = env.now
    }
    env.start(waiting())
    env.run()
    return seen
  }

  test('all of: with the values in the order of the list, when the last has fired', () => {
    const env = new Environment()
    const all = env.allOf([env.timeout(5, 'five'), env.timeout(3, 3), env.timeout(4)])
    expect(waitFor(env, all).at).toBe(5)
    expect(all.value).toEqual(['five', 3, undefined])
    expect(waitFor(env, env.allOf([])).at).toBe(5)
  })

  test('all of: fails with the first to fail, and a later failure is one that nobody was told of', () => {
    const env = new Environment()
    const all = env.allOf([env.start(failing(5, 'second')), env.start(failing(3, 'first')), env.timeout(9)])
    function* waiting(): Steps {
      try {
        yield all
      } catch (error) {
        expect((error as Error).message).toBe('first')
        expect(env.now).toBe(3)
      }
    }
    env.start(waiting())
    expect(() => env.run()).toThrow('second')
  })

  test('any of: with the first to fire, and what has happened already comes at once', () => {
    const env = new Environment()
    const slow = env.timeout(5)
    const fast = env.timeout(3)
    const any = env.anyOf([slow, fast])
    expect(waitFor(env, any).at).toBe(3)
    expect(any.value).toBe(fast)
    // Both have happened by now.
    expect(env.anyOf([slow, fast]).value).toBe(slow)
  })

  test('any of: fails if the first to happen fails', () => {
    const env = new Environment()
    const seen = waitFor(env, env.anyOf([env.start(failing(2, 'broken')), env.timeout(3)]))
    expect(seen).toEqual({ at: 2, error: new Error('broken') })
  })

  test('any of nothing would never happen, and is refused', () => {
    expect(codeOf(() => new Environment().anyOf([]))).toBe('kernel/wait')
  })

  test('of conditions', () => {
    const env = new Environment()
    const condition = env.allOf([env.anyOf([env.timeout(9), env.timeout(2)]), env.timeout(4)])
    expect(waitFor(env, condition).at).toBe(4)
  })

  test('a cancelled timeout does not keep the run going', () => {
    const env = new Environment()
    const timeout = env.timeout(1000)
    expect(timeout.cancel()).toBe(true)
    expect(timeout.cancel()).toBe(false)
    expect(env.run()).toBe('empty')
    expect([env.now, timeout.isPending]).toEqual([0, true])
  })
})
