import { program, type Program, type Steps, type Vocabulary } from 'entrelacs'

/** An event, as far as the law needs one. */
export interface Flag {
  wait(): Steps<unknown>
  set(): Steps<unknown>
}

/** However many wait, and whenever they come: setting an event once lets all of them go on, and none before. */
export function eventWakesAll(declare: (p: Vocabulary) => Flag, waiters: number): Program {
  return program('event wakes all', {}, (_params, p) => {
    const event = declare(p)
    const isSet = p.atomic('about to be set', false)
    const woken = p.atomic('woken', 0)
    for (let i = 0; i < waiters; i++)
      p.thread(`waits ${i}`, function* () {
        yield* event.wait()
        yield* woken.add(1)
      })
    p.thread('sets', function* () {
      yield* isSet.write(true)
      yield* event.set()
    })
    p.always('nobody goes on before', (now) => now(woken) === 0 || now(isSet))
    p.finally('all are woken', (final) => final(woken) === waiters)
  })
}
