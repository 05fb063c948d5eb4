import { program, type Program, type Steps, type Vocabulary } from 'entrelacs'

/** A section that only one thread may be in. */
export interface Section {
  enter(): Steps<unknown>
  leave(): Steps<unknown>
}

/** The section that a lock guards. */
export function sectionOf(lock: { acquire(): Steps<unknown>; release(): Steps<unknown> }): Section {
  return { enter: () => lock.acquire(), leave: () => lock.release() }
}

/** Threads that pass through a section: at most one is ever inside, and all come through. */
export function mutualExclusion(declare: (p: Vocabulary) => Section, threads: number): Program {
  return program('mutual exclusion', {}, (_params, p) => {
    const section = declare(p)
    const inside = p.atomic('inside', 0)
    for (let i = 0; i < threads; i++) p.thread(`T${i}`, () => pass(section, inside))
    p.always('at most one is inside', (now) => now(inside) <= 1)
  })
}

/** Readers and writers: a writer is inside alone, and all come through. */
export function readersAndWriters(
  declare: (p: Vocabulary) => { readonly read: Section; readonly write: Section },
  readers: number,
  writers: number,
): Program {
  return program('readers and writers', {}, (_params, p) => {
    const { read, write } = declare(p)
    const reading = p.atomic('reading', 0)
    const writing = p.atomic('writing', 0)
    const together = p.atomic('most readers together', 0)
    for (let i = 0; i < readers; i++)
      p.thread(`R${i}`, function* () {
        yield* read.enter()
        const others = yield* reading.add(1)
        yield* together.update((most) => Math.max(most, others + 1))
        yield* reading.add(-1)
        yield* read.leave()
      })
    for (let i = 0; i < writers; i++) p.thread(`W${i}`, () => pass(write, writing))
    p.always('at most one writes', (now) => now(writing) <= 1)
    p.always('nobody reads while somebody writes', (now) => now(writing) === 0 || now(reading) === 0)
  })
}

function* pass(section: Section, inside: { add(delta: number): Steps<number> }): Steps<void> {
  yield* section.enter()
  yield* inside.add(1)
  yield* inside.add(-1)
  yield* section.leave()
}
