import { expect } from 'vitest'
import type { Session } from '../../src/engine/session.js'

/** What the clock changes, as it is in a state: nanoseconds, null without a deadline. */
export interface Times {
  readonly left: readonly (number | null)[]
  readonly now: number
}

/** A step from one state to the next. */
export interface TimedStep {
  readonly before: Times
  readonly after: Times
  /** Whether it is the clock's. */
  readonly isTick: boolean
  /** Threads that could step before. */
  readonly able: readonly number[]
}

/** Every law of virtual time. `isBroken` collects what does not hold, so that mutants can be told from the real clock. */
export const LAWS: Readonly<Record<string, (session: Session, step: TimedStep) => boolean>> = {
  'time stands still while a thread can step': (_session, { isTick, able, before, after }) =>
    isTick ? able.length === 0 : after.now === before.now,

  'time passes to the earliest deadline': (_session, { isTick, before, after }) => {
    if (!isTick) return true
    const pending = before.left.filter((left) => left !== null && left > 0) as number[]
    return after.now - before.now === Math.min(...pending)
  },

  'time passes for all alike, and never backwards': (_session, { isTick, before, after }) =>
    !isTick ||
    (after.now > before.now &&
      before.left.every((left, i) =>
        left === null ? after.left[i] === null : after.left[i] === Math.max(0, left - (after.now - before.now)),
      )),

  'a deadline that has passed blocks nobody': (session, { after }) =>
    after.left.every((left, thread) => left !== 0 || session.ways(thread) > 0),

  'after the clock’s step somebody can go on': (session, { isTick }) =>
    !isTick || session.threads.all.some(({ index, agent }) => !agent && session.ways(index) > 0),
}

/** Takes every step of every interleaving and returns the laws that one of them breaks. */
export function brokenLaws(session: Session): string[] {
  const broken = new Set<string>()
  const seen = new Set<string>()
  const visit = (): void => {
    const key = `${session.world.hash1} ${session.world.hash2}`
    if (seen.has(key)) return
    expect(seen.add(key).size).toBeLessThan(20_000)
    const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    for (const thread of session.hasEnded ? [] : able) {
      const { agent } = session.threads.all[thread]!
      for (let way = 0; way < session.ways(thread); way++) {
        const { mark } = session.world
        const before = timesOf(session)
        session.step(thread, way)
        const step = { before, after: timesOf(session), isTick: agent, able: able.filter((one) => one !== thread) }
        for (const [law, holds] of Object.entries(LAWS)) if (!holds(session, step)) broken.add(law)
        // A broken clock may go on for ever.
        if (broken.size === 0) visit()
        session.world.undo(mark)
      }
    }
  }
  session.rewind()
  visit()
  return [...broken]
}

function timesOf({ world, threads, objects }: Session): Times {
  const clock = objects.find(({ kind }) => kind === 'clock')!
  return {
    left: threads.all.map(({ deadline }) => (deadline < 0 ? null : (world.value(deadline) as number | null))),
    now: Math.round((clock.show(world) as number) * 1e9),
  }
}
