import { program, type Program } from 'entrelacs'

/** Threads that work on words of their own before and after one step on a word that all share. */
export function privateWork(threads: number, before: number, after: number): Program {
  return program('private work', {}, (_params, p) => {
    const shared = p.atomic('shared', 0)
    for (let i = 0; i < threads; i++) {
      const own = p.atomic(`own ${i}`, 0)
      p.thread(`T${i}`, function* () {
        for (let k = 0; k < before; k++) yield* own.add(1)
        yield* shared.add(1)
        for (let k = 0; k < after; k++) yield* own.add(1)
      })
    }
  })
}

/** Threads in pairs, each of which shares a word that the others know nothing of. */
export function pairs(count: number): Program {
  return program('pairs', {}, (_params, p) => {
    for (let i = 0; i < count; i++) {
      const x = p.atomic(`x ${i}`, 0)
      for (const name of ['A', 'B'])
        p.thread(`${name}${i}`, function* () {
          const seen = yield* x.read()
          yield* x.write(seen + 1)
        })
    }
  })
}

/** Threads that touch some cells only while they hold a lock, and a lock of their own in between. */
export function guardedWork(threads: number, cells: number): Program {
  return program('guarded work', {}, (_params, p) => {
    const lock = p.lock('lock')
    const shared = Array.from({ length: cells }, (_, i) => p.cell(`cell ${i}`, 0))
    for (let i = 0; i < threads; i++) {
      const own = p.lock(`own ${i}`)
      p.thread(`T${i}`, function* () {
        yield* own.acquire()
        yield* lock.acquire()
        for (const cell of shared) {
          const seen = yield* cell.read()
          yield* cell.write(seen + 1)
        }
        yield* lock.release()
        yield* own.release()
      })
    }
  })
}
