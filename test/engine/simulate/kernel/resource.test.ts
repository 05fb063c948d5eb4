import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Environment } from '../../../../src/engine/simulate/kernel/environment.js'
import { Interrupt, type Steps } from '../../../../src/engine/simulate/kernel/process.js'
import { type Request, Resource } from '../../../../src/engine/simulate/kernel/resource.js'
import { Store } from '../../../../src/engine/simulate/kernel/store.js'
import { PriorityLine } from '../../../../src/engine/simulate/kernel/waiting-line.js'
import { SEED } from '../../support/seed.js'
import { codeOf } from './code-of.js'

describe('A resource', () => {
  test('serves a tandem of stations as computed by hand', () => {
    const env = new Environment()
    const [first, second] = [new Resource(env, 1), new Resource(env, 1)]
    const departures: [number, number][] = []
    function* customer(): Steps {
      const atFirst = first.request()
      yield atFirst
      yield 5
      first.release(atFirst)
      const left = env.now
      const atSecond = second.request()
      yield atSecond
      yield 7
      second.release(atSecond)
      departures.push([left, env.now])
    }
    function* source(): Steps {
      for (let i = 0; i < 4; i++) {
        env.start(customer())
        yield 4
      }
    }
    env.start(source())
    env.run()
    // Arrivals at 0, 4, 8, 12: the first station is never idle, nor is the second from 5 on.
    expect(departures).toEqual([
      [5, 12],
      [10, 19],
      [15, 26],
      [20, 33],
    ])
  })

  test('D/D/1: with a service longer than the gap, each waits one difference longer than the one before', () => {
    const env = new Environment()
    const server = new Resource(env)
    const waits: number[] = []
    function* customer(): Steps {
      const arrived = env.now
      const request = server.request()
      yield request
      waits.push(env.now - arrived)
      yield 13
      server.release(request)
    }
    function* source(): Steps {
      for (let i = 0; i < 100; i++) {
        env.start(customer())
        yield 10
      }
    }
    env.start(source())
    env.run()
    expect(waits).toEqual(Array.from({ length: 100 }, (_, index) => 3 * index))
    expect(env.now).toBe(1300)
  })

  test('serves first come, first served, or by priority with ties first come, first served', () => {
    const served = (resourceOf: (env: Environment) => Resource): string => {
      const env = new Environment()
      const resource = resourceOf(env)
      const order: string[] = []
      function* customer(name: string, priority: number): Steps {
        const request = resource.request(priority)
        yield request
        order.push(name)
        yield 10
        resource.release(request)
      }
      for (const [name, priority] of Object.entries({ a: 5, b: 2, c: 1, d: 2, e: -1.5, f: 1 })) {
        env.start(customer(name, priority))
      }
      env.run()
      return order.join('')
    }
    expect(served((env) => new Resource(env))).toBe('abcdef')
    expect(served((env) => new Resource(env, 1, new PriorityLine()))).toBe('aecfbd')
    expect(served((env) => new Resource(env, 2, new PriorityLine()))).toBe('abecfd')
  })

  test.each([
    ['a FIFO line', () => undefined],
    ['a line by priority', () => new PriorityLine<Request>()],
  ])('with %s is never over its capacity, and loses no unit whatever its users do', (_, line) => {
    const step = fc.record({ kind: fc.constantFrom('request', 'release'), which: fc.nat(30), priority: fc.nat(3) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 80 }), (capacity, steps) => {
        const env = new Environment()
        const resource = new Resource(env, capacity, line())
        const open: Request[] = []
        // The oracle: those who hold a unit, and those who wait, in the order in which they are to be served.
        const holders = new Set<Request>()
        let waiting: Request[] = []
        for (const { kind, which, priority } of steps) {
          if (kind === 'request') {
            const request = resource.request(line() === undefined ? 0 : priority)
            open.push(request)
            if (holders.size < capacity) holders.add(request)
            else waiting = [...waiting, request].toSorted((a, b) => a.priority - b.priority)
          } else if (open.length > 0) {
            const [request] = open.splice(which % open.length, 1)
            resource.release(request)
            if (holders.delete(request)) holders.add(waiting.shift() ?? request)
            else waiting = waiting.filter((other) => other !== request)
            holders.delete(request)
          }
          expect(open.filter((request) => request.hasFired)).toEqual(open.filter((request) => holders.has(request)))
          expect([resource.inUse, resource.waiting]).toEqual([holders.size, waiting.length])
        }
      }),
      { seed: SEED },
    )
  })

  test('goes on to the next when its user is interrupted, and when one who waits withdraws', () => {
    const env = new Environment()
    const resource = new Resource(env)
    const trace: string[] = []
    function* user(name: string): Steps {
      const request = resource.request()
      try {
        yield request
        trace.push(`${env.now} ${name} in`)
        yield 100
      } catch (error) {
        expect(error).toBeInstanceOf(Interrupt)
        trace.push(`${env.now} ${name} interrupted`)
      } finally {
        resource.release(request)
      }
    }
    const [first, second] = ['first', 'second', 'third'].map((name) => env.start(user(name)))
    function* other(): Steps {
      yield 10
      second.interrupt()
      yield 10
      first.interrupt()
    }
    env.start(other())
    env.run()
    expect(trace).toEqual(['0 first in', '10 second interrupted', '20 first interrupted', '20 third in'])
    expect([env.now, resource.inUse]).toEqual([120, 0])
  })

  test('refuses capacities, priorities and releases that cannot be', () => {
    const env = new Environment()
    for (const capacity of [0, -1, 1.5, NaN]) {
      expect(codeOf(() => new Resource(env, capacity))).toBe('kernel/capacity')
      expect(codeOf(() => new Store(env, capacity))).toBe('kernel/capacity')
    }
    const resource = new Resource(env)
    expect(codeOf(() => resource.request(NaN))).toBe('kernel/priority')
    const request = resource.request()
    resource.release(request)
    expect(codeOf(() => resource.release(request))).toBe('kernel/released')
  })
})

describe('A store', () => {
  test('hands items on in order, and lets both sides wait', () => {
    const env = new Environment()
    const store = new Store<string>(env, 2)
    const trace: string[] = []
    function* producer(): Steps {
      for (const item of ['a', 'b', 'c', 'd']) {
        yield store.put(item)
        trace.push(`${env.now} put ${item}`)
      }
    }
    function* consumer(): Steps {
      yield 10
      for (let i = 0; i < 5; i++) {
        const get = store.get()
        yield get
        trace.push(`${env.now} got ${get.value}`)
        yield 10
      }
    }
    env.start(producer())
    env.start(consumer())
    function* late(): Steps {
      yield 60
      yield store.put('e')
    }
    env.start(late())
    env.run()
    expect(trace).toEqual([
      '0 put a',
      '0 put b',
      '10 got a',
      '10 put c',
      '20 got b',
      '20 put d',
      '30 got c',
      '40 got d',
      '60 got e',
    ])
    expect(store.size).toBe(0)
  })

  test('keeps every item in order, whoever comes and goes', () => {
    const step = fc.record({ kind: fc.constantFrom('put', 'get', 'withdraw'), which: fc.nat(30) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 80 }), (capacity, steps) => {
        const env = new Environment()
        const store = new Store<number>(env, capacity)
        const puts: ReturnType<typeof store.put>[] = []
        const gets: ReturnType<typeof store.get>[] = []
        const withdrawn = new Set<unknown>()
        for (const [index, { kind, which }] of steps.entries()) {
          if (kind === 'put') puts.push(store.put(index))
          else if (kind === 'get') gets.push(store.get())
          else {
            const all = [...puts, ...gets]
            if (all.length === 0) continue
            const one = all[which % all.length]
            const could = one.isPending && !withdrawn.has(one)
            expect(store.withdraw(one)).toBe(could)
            if (could) withdrawn.add(one)
          }
          const taken = puts.filter((put) => !withdrawn.has(put))
          const served = gets.filter((get) => !withdrawn.has(get))
          // The first gets have the first items, and as many puts are done as there are gets and room.
          const given = Math.min(taken.length, served.length)
          expect(served.map((get) => (get.hasFired ? get.value : null))).toEqual(
            served.map((_, place) => (place < given ? taken[place].item : null)),
          )
          expect(taken.filter((put) => put.hasFired).length).toBe(Math.min(taken.length, given + capacity))
          expect(store.size).toBe(Math.min(taken.length, given + capacity) - given)
        }
      }),
      { seed: SEED },
    )
  })
})
