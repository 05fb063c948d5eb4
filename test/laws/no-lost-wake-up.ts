import { program, type Program, type Steps, type Vocabulary } from 'entrelacs'

/** Something that threads wait for, and what lets one of them go on. */
export interface Signal {
  await(): Steps<unknown>
  give(): Steps<unknown>
}

/** As many signals as threads that wait for one, given by one thread at any time: nobody waits for ever. */
export function noLostWakeUp(declare: (p: Vocabulary) => Signal, waiters: number, signals = waiters): Program {
  return program('no lost wake-up', {}, (_params, p) => {
    const signal = declare(p)
    const woken = p.atomic('woken', 0)
    for (let i = 0; i < waiters; i++)
      p.thread(`waits ${i}`, function* () {
        yield* signal.await()
        yield* woken.add(1)
      })
    p.thread('gives', function* () {
      for (let i = 0; i < signals; i++) yield* signal.give()
    })
    p.finally('all are woken', (final) => final(woken) === waiters)
  })
}
