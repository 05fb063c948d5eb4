import { program } from 'entrelacs'

/** A worker is terminated while it holds a lock: the lock is held for ever, and the next one waits as long. */
export default program('killed holder', {}, (_params, p) => {
  const file = p.lock('file', { shared: true })
  const written = p.sharedValue('written')
  const worker = p.process('worker', () => file.hold(() => written.write(1)))
  p.thread('parent', function* () {
    yield* worker.start()
    yield* p.sleep(1)
    yield* worker.terminate()
    yield* file.hold(() => written.write(2))
  })
  p.finally('the parent writes last', (final) => final(written) === 2)
})
