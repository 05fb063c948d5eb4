import { program } from 'entrelacs'

/**
 * The five states of a thread: new before it is started, runnable, running, waiting (for the lock, and main for its end), dead.
 * `entrelacs replay life-of-a-thread TOKEN --states` shows them after every step.
 */
export default program('life of a thread', {}, (_params, p) => {
  const key = p.lock('key')
  const worker = p.newThread('worker', function* () {
    yield* key.acquire()
    yield* p.compute(1)
    yield* key.release()
    return 'done'
  })
  const main = p.thread('main', function* () {
    yield* key.acquire()
    yield* worker.start()
    yield* p.compute(1)
    yield* key.release()
    return yield* worker.join()
  })
  p.finally('main has waited for the worker', (final) => final.result(main) === 'done')
})
