import { program, type Program, type SharedObject, type Steps } from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A queue, as far as the laws need one. */
export interface Tasks extends SharedObject {
  readonly contentType?: { readonly items: readonly number[]; readonly unfinished: number }
  put(item: number): Steps<unknown>
  get(): Steps<number>
  taskDone(): Steps<unknown>
  join(): Steps<unknown>
}

/** Workers do tasks and say so: who joins goes on only when all are done. */
export function joinWaitsForAll(declare: (p: Vocabulary) => Tasks, workers: number): Program {
  return program('join waits for all', {}, (_params, p) => {
    const queue = declare(p)
    const done = p.atomic('done', 0)
    const main = p.thread('main', function* () {
      for (let task = 0; task < workers; task++) yield* queue.put(task)
      yield* queue.join()
      return yield* done.read()
    })
    for (let i = 0; i < workers; i++)
      p.thread(`worker ${i}`, function* () {
        yield* queue.get()
        yield* done.add(1)
        yield* queue.taskDone()
      })
    p.finally('all tasks are done when join returns', (final) => final.result(main) === workers)
  })
}

/** More producers than there is room for: never does the queue hold more than it may, and everybody gets through. */
export function neverAboveMaxsize(declare: (p: Vocabulary) => Tasks, maxsize: number, producers: number): Program {
  return program('never above maxsize', {}, (_params, p) => {
    const queue = declare(p)
    for (let i = 0; i < producers; i++) p.thread(`producer ${i}`, () => queue.put(i))
    p.thread('consumer', function* () {
      for (let i = 0; i < producers; i++) yield* queue.get()
    })
    p.always('no more items than maxsize', (now) => now(queue).items.length <= maxsize)
    p.finally('nothing is left', (final) => final(queue).items.length === 0)
  })
}
