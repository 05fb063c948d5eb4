import { describe, expect, test } from 'vitest'
import { LoopMachine } from '../../src/primitives/event-loop/loop-machine.js'
import { type Handle, type LoopState, NEW_LOOP } from '../../src/primitives/event-loop/loop-state.js'
import { beginGather } from '../../src/primitives/event-loop/loop-procedures.js'
import { untilNextTimer } from '../../src/primitives/event-loop/loop-timers.js'
import { afterTime, passTurn, performAct, waysToAct } from '../../src/primitives/event-loop/loop-turns.js'

/** A loop that runs, with these tasks ready. */
function running(...tasks: readonly string[]): LoopMachine {
  const loop = new LoopMachine({ ...NEW_LOOP, phase: 'main', runner: 'main' }, 'free')
  for (const task of tasks) loop.createTask(task, task)
  return loop
}

/** Sets a timer; returns the future that it releases. */
function timer(loop: LoopMachine, seconds: number): string {
  const future = loop.createFuture()
  loop.callLater(future, seconds, release(future))
  return future
}

/** A loop with a clock on which so many seconds have passed. */
function after(loop: LoopMachine, seconds: number): LoopMachine {
  return new LoopMachine(afterTime(loop.state, seconds * 1e9), 'virtual')
}

/** The futures that the loop finds released, in each way. */
function found(loop: LoopMachine): unknown[] {
  return Array.from({ length: waysToAct(loop.state, loop.time) }, (_, way) => {
    const copy = new LoopMachine(loop.state, loop.time)
    for (performAct(copy, way); copy.state.act === 'callback';) performAct(copy, 0)
    return Object.keys(loop.state.futures).filter((future) => copy.isDone(future))
  })
}

const calls = ({ ready }: LoopState) => ready.map(({ call }) => call)
const release = (future: string): Handle => ({ call: 'release', future })

describe('The state of an event loop', () => {
  test('is never changed, and stays the very same where nothing happens', () => {
    const loop = running('A')
    const before = loop.state
    const copy = structuredClone(before)
    loop.cancelTimer('w7')
    expect(loop.settle('nobody', { kind: 'result', value: 1 })).toBe(false)
    expect(loop.state).toBe(before)
    passTurn(loop)
    expect(loop.state).not.toBe(before)
    expect(before).toEqual(copy)
  })

  test('gives the turn in the order in which tasks became ready', () => {
    const loop = running('A', 'B')
    const turns: (string | null)[] = []
    for (let i = 0; i < 4; i++) {
      passTurn(loop)
      turns.push(loop.state.turn)
      loop.yieldTurn(loop.state.turn!)
    }
    expect(turns).toEqual(['A', 'B', 'A', 'B'])
  })

  test('has a gather done one hop after its last child, and its waiter called one hop later', () => {
    const loop = running('A', 'B')
    passTurn(loop)
    const outer = beginGather(loop, ['B'], false)
    loop.awaitFuture('A', outer)
    passTurn(loop)
    loop.endTask('B', { kind: 'result', value: 5 })
    expect(calls(loop.state)).toEqual(['gathered'])
    passTurn(loop)
    expect(loop.state).toMatchObject({ turn: null, act: 'callback' })
    performAct(loop, 0)
    expect(loop.state).toMatchObject({ turn: 'A', act: null, delivery: null })
    expect(loop.retrieve(outer)).toEqual({ kind: 'result', value: [{ result: 5 }] })
  })

  test('tells a task of its cancellation through the future that it waits for', () => {
    const loop = running('A')
    passTurn(loop)
    const future = loop.createFuture()
    loop.awaitFuture('A', future)
    expect(loop.cancel('A', 'enough')).toBe(true)
    expect(loop.isCancelled(future)).toBe(true)
    passTurn(loop)
    expect(loop.state).toMatchObject({ turn: 'A', delivery: { name: 'CancelledError', message: 'enough' } })
  })

  test('looks for timers between two iterations only', () => {
    const loop = running('A', 'B')
    timer(loop, 1)
    passTurn(loop)
    expect(loop.state).toMatchObject({ act: 'select', turn: null })
    performAct(loop, 0)
    expect(loop.state).toMatchObject({ turn: 'A', act: null })
    loop.yieldTurn('A')
    passTurn(loop)
    expect(loop.state.turn).toBe('B')
    passTurn(loop)
    expect(loop.state.act).toBe('select')
  })

  test('may find timers due in any order that their deadlines can have, and sleeps if nothing is ready', () => {
    const loop = running()
    for (const seconds of [2, 3, 1, 2]) timer(loop, seconds)
    passTurn(loop)
    // a before b and d, c before d: 2 ways to have one of them due, 3 for two, 5 for three, 5 for all.
    expect(waysToAct(loop.state, 'free')).toBe(15)
    loop.callSoon({ call: 'stop' })
    expect(waysToAct(loop.state, 'free')).toBe(16)
  })

  test('finds a timer that was set earlier for no longer due first', () => {
    const loop = running()
    const futures = [1, 1, 2].map((seconds) => timer(loop, seconds))
    passTurn(loop)
    expect(waysToAct(loop.state, 'free')).toBe(3)
    performAct(loop, 2)
    expect(loop.state.ready.map((handle) => (handle as { readonly future?: string }).future)).toEqual(futures)
  })

  test('without a clock finds a timer of 0 s at the next look', () => {
    const loop = running('A')
    timer(loop, 1)
    const now = timer(loop, 0)
    passTurn(loop)
    expect(waysToAct(loop.state, 'free')).toBe(3)
    for (let way = 0; way < 3; way++) {
      const copy = new LoopMachine(loop.state, 'free')
      performAct(copy, way)
      expect(copy.state.timers.map(({ id }) => id)).not.toContain(now)
    }
  })

  test('with a clock waits for the earliest timer, and finds all that are due at its moment', () => {
    const loop = new LoopMachine({ ...NEW_LOOP, phase: 'main', runner: 'main' }, 'virtual')
    const [late, first, alike] = [2, 1, 1].map((seconds) => timer(loop, seconds))
    passTurn(loop)
    expect(loop.state.act).toBeNull()
    expect(untilNextTimer(loop.state)).toBe(1e9)
    const then = after(loop, 1)
    expect(then.state.act).toBe('select')
    expect(found(then)).toEqual([[first, alike]])
    expect(untilNextTimer(then.state)).toBe(1e9)
    expect(found(after(then, 1))).toEqual([[late, first, alike]])
  })

  test('with a clock keeps the order of deadlines while nobody looks', () => {
    const loop = new LoopMachine({ ...NEW_LOOP, phase: 'main', runner: 'main', turn: 'A' }, 'virtual')
    const [third, second, first] = [3, 2, 1].map((seconds) => timer(loop, seconds))
    let later = loop
    for (let passed = 0; passed < 3; passed++) later = after(later, 1)
    expect(untilNextTimer(later.state)).toBeNull()
    // What is set now is due now, after all that were due before.
    const last = timer(later, 0)
    later.change({ turn: null, act: 'select' })
    const orders = Array.from({ length: waysToAct(later.state, 'virtual') }, (_, way) => {
      const copy = new LoopMachine(later.state, 'virtual')
      performAct(copy, way)
      return copy.state.ready.map((handle) => (handle as { readonly future?: string }).future)
    })
    // The one of 3 s is due at the very moment.
    expect(orders).toEqual([
      [first, second, third, last],
      [first, second, last, third],
    ])
  })

  test('gives a name that nothing refers to any more to the next future', () => {
    const loop = running('A')
    const future = timer(loop, 1)
    loop.fire(loop.state.timers[0]!)
    loop.forget(future)
    expect(loop.createFuture()).not.toBe(future)
    passTurn(loop)
    performAct(new LoopMachine(loop.state, 'free'), 0)
    loop.change({ ready: [] })
    expect(loop.createFuture()).toBe(future)
  })

  test('refuses to cancel tasks that wait for each other in a circle', () => {
    const loop = running('A', 'B')
    loop.awaitFuture('A', 'B')
    loop.awaitFuture('B', 'A')
    expect(() => loop.cancel('A', null)).toThrow('in a circle')
  })
})
