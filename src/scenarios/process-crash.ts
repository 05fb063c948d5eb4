import { program } from 'entrelacs'

/** A worker crashes in the middle of its work. The parent sees it by the exit code and does the work itself. */
export default program('process crash', {}, (_params, p) => {
  const result = p.sharedValue('result')
  const worker = p.process('worker', function* () {
    yield* p.compute(1)
    yield* p.abort()
    yield* result.write(42)
  })
  p.thread('parent', function* () {
    yield* worker.start()
    yield* worker.join()
    if ((yield* worker.exitCode()) !== 0) yield* result.write(42)
  })
  p.finally('the work is done', (final) => final(result) === 42)
})
