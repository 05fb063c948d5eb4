import { program } from 'entrelacs'

/** The worker is asked to stop, looks whether it has been asked, and is waited for: it holds nothing when it leaves. */
export default program('killed holder, asked to stop', {}, (_params, p) => {
  const file = p.lock('file', { shared: true })
  const written = p.sharedValue('written')
  const stop = p.atomic('stop', false, { shared: true })
  const worker = p.process('worker', function* () {
    if (!(yield* stop.read())) yield* file.hold(() => written.write(1))
  })
  p.thread('parent', function* () {
    yield* worker.start()
    yield* p.sleep(1)
    yield* stop.write(true)
    yield* worker.join()
    yield* file.hold(() => written.write(2))
  })
  p.finally('the parent writes last', (final) => final(written) === 2)
})
