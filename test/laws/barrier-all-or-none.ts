import { program, type Program, type Steps, type Vocabulary } from 'entrelacs'

/** A barrier, as far as the laws need one. */
export interface MeetingPoint {
  wait(options?: { readonly timeout?: number }): Steps<number>
}

/** Nobody is through a round of a barrier before all have come to it, everybody comes through, and with an index of its own. */
export function barrierReleasesAll(declare: (p: Vocabulary) => MeetingPoint, parties: number, rounds = 1): Program {
  return program('barrier releases all', {}, (_params, p) => {
    const barrier = declare(p)
    const come = Array.from({ length: rounds }, (_, round) => p.atomic(`come ${round}`, 0))
    const through = Array.from({ length: rounds }, (_, round) => p.atomic(`through ${round}`, 0))
    const threads = Array.from({ length: parties }, (_, i) =>
      p.thread(`T${i}`, function* () {
        const indices: number[] = []
        for (let round = 0; round < rounds; round++) {
          yield* come[round]!.add(1)
          indices.push(yield* barrier.wait())
          yield* through[round]!.add(1)
        }
        return indices
      }),
    )
    p.always('nobody is through before all have come', (now) =>
      through.every((count, round) => now(count) === 0 || now(come[round]!) === parties),
    )
    p.finally('all come through', (final) => through.every((count) => final(count) === parties))
    p.finally('each has an index of its own', (final) =>
      come.every((_, round) => new Set(threads.map((thread) => final.result(thread)![round])).size === parties),
    )
  })
}

/** With a timeout that may fire at any moment, either all come through or all are told that the barrier is broken. */
export function barrierReleasesAllOrNone(declare: (p: Vocabulary) => MeetingPoint, parties: number): Program {
  return program('barrier releases all or none', {}, (_params, p) => {
    const barrier = declare(p)
    const threads = Array.from({ length: parties }, (_, i) =>
      p.thread(`T${i}`, function* () {
        try {
          yield* barrier.wait({ timeout: 1 })
          return 'through'
        } catch {
          return 'broken'
        }
      }),
    )
    p.finally('all or none', (final) => new Set(threads.map((thread) => final.result(thread))).size === 1)
  })
}
