import type { Stretch } from './recorder.js'
import type { ScriptedThread } from './scripted.js'

/** What FIFO (with an infinite quantum) or round-robin in one queue is told; times are whole numbers of ticks. */
export interface OracleSetting {
  readonly threads: readonly ScriptedThread[]
  readonly cores: number
  readonly quantum: number
  readonly switchCost: number
  readonly wakeLatency: number
  readonly migrationCost: number
}

interface Core {
  readonly index: number
  state: 'idle' | 'claimed' | 'switching' | 'running'
  thread: number
  /** The thread it had before. */
  previous: number
  /** Ticks until its switch, burst, slice end. */
  switchLeft: number
  burstLeft: number
  sliceLeft: number
  /** Of those who act at the same tick, the one who began first is the first. */
  began: number
}

interface Thread {
  readonly script: ScriptedThread['script']
  position: number
  /** What is left of a burst that was interrupted. */
  interrupted: number | null
  home: Core | null
}

/**
 * First come, first served and round-robin, tick by tick. At each tick all that happens then happens in the order wake-ups, decisions of cores that
 * are claimed, ends of slices, ends of switches and bursts; then a tick goes by for everybody. Returns who ran where at each tick.
 */
export function oracle(setting: OracleSetting): Stretch[] {
  const { quantum, switchCost, wakeLatency, migrationCost } = setting
  const queue: number[] = []
  const claims: Core[] = []
  const ticks: Stretch[] = []
  let now = 0
  let order = 0
  const threads = setting.threads.map(({ script }): Thread => ({ script, position: 0, interrupted: null, home: null }))
  const cores = Array.from({ length: setting.cores }, (_, index): Core => {
    const nothing = { thread: -1, previous: -1, switchLeft: 0, burstLeft: 0, sliceLeft: 0, began: 0 }
    return { index, state: 'idle', ...nothing }
  })
  const arrivals = setting.threads.map(({ at = 0 }, thread) => ({ thread, at, isWakeUp: false }))

  function arrive(thread: number): void {
    queue.push(thread)
    claimFor(thread)
  }

  /** An idle core, first the one that the thread knows, is to look at the queue. */
  function claimFor(thread: number): void {
    const { home } = threads[thread]
    const core = home?.state === 'idle' ? home : cores.find(({ state }) => state === 'idle')
    if (core === undefined) return
    core.state = 'claimed'
    claims.push(core)
  }

  function takeNext(core: Core): void {
    const next = queue.shift()
    core.state = 'idle'
    if (next === undefined) return
    const { home } = threads[next]
    const cost = (core.previous === next ? 0 : switchCost) + (home === null || home === core ? 0 : migrationCost)
    Object.assign(core, { state: 'switching', thread: next, previous: next, switchLeft: cost, began: order++ })
    if (cost === 0) switched(core)
  }

  function switched(core: Core): void {
    const thread = threads[core.thread]
    const { interrupted } = thread
    thread.home = core
    thread.interrupted = null
    Object.assign(core, { state: 'running', sliceLeft: quantum })
    if (interrupted === null) goOn(core, false)
    else Object.assign(core, { burstLeft: interrupted, began: order++ })
  }

  /** The thread of a core does the next thing of its script. */
  function goOn(core: Core, isToLose: boolean): void {
    const thread = threads[core.thread]
    const step = thread.script[thread.position++]
    if (step === 'yield') giveUp(core)
    else if (step === undefined) takeNext(core)
    else if ('wait' in step) {
      arrivals.push({ thread: core.thread, at: now + step.wait, isWakeUp: true })
      takeNext(core)
    } else if (isToLose) interrupt(core, step.run)
    else Object.assign(core, { burstLeft: step.run, began: order++ })
  }

  function interrupt(core: Core, left: number): void {
    threads[core.thread].interrupted = left
    giveUp(core)
  }

  function giveUp(core: Core): void {
    const { thread } = core
    queue.push(thread)
    takeNext(core)
    if (core.thread !== thread) claimFor(thread)
  }

  function wakeUps(): void {
    for (let i = 0; i < arrivals.length; i++) {
      const { thread, at, isWakeUp } = arrivals[i]
      if (at !== now) continue
      if (isWakeUp && wakeLatency > 0) arrivals.push({ thread, at: now + wakeLatency, isWakeUp: false })
      else arrive(thread)
    }
  }

  function slices(): void {
    const over = cores.filter(({ state, sliceLeft }) => state === 'running' && sliceLeft === 0)
    if (queue.length === 0) for (const core of over) core.sliceLeft = quantum
    else for (const core of over) if (core.burstLeft > 0) interrupt(core, core.burstLeft)
  }

  function decisions(): void {
    for (let core = claims.shift(); core !== undefined; core = claims.shift()) takeNext(core)
  }

  function endOfOne(): boolean {
    const [core] = cores
      .filter(({ state, switchLeft, burstLeft }) =>
        state === 'switching' ? switchLeft === 0 : state === 'running' && burstLeft === 0,
      )
      .toSorted((a, b) => a.began - b.began)
    if (core === undefined) return false
    if (core.state === 'switching') switched(core)
    else goOn(core, core.sliceLeft === 0)
    return true
  }

  function tick(core: Core): void {
    if (core.state === 'switching') core.switchLeft--
    if (core.state !== 'running') return
    core.burstLeft--
    core.sliceLeft--
    ticks.push({ core: core.index, thread: core.thread, from: now, to: now + 1 })
  }

  while (arrivals.some(({ at }) => at >= now) || cores.some(({ state }) => state !== 'idle')) {
    wakeUps()
    decisions()
    slices()
    do decisions()
    while (endOfOne())
    for (const core of cores) tick(core)
    now++
  }
  return ticks
}
