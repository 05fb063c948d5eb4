import { program } from 'entrelacs'

/** The child catches its error and hands it to the parent, who asks after the join. */
export default program('child error, carried to the parent', {}, (_params, p) => {
  const letter = p.cell('letter', null as string | null)
  const result = p.atomic('result', 'none')
  p.thread('parent', function* () {
    const child = yield* p.spawn('child', function* () {
      try {
        yield* p.sleep(2)
        throw new Error('thrown in the child thread')
      } catch (error) {
        yield* letter.write(String(error))
      }
    })
    yield* child.join()
    const news = yield* letter.read()
    yield* result.write(news === null ? 'complete' : 'failed')
  })
  p.finally('the parent knows of the failure', (final) => final(result) === 'failed')
})
