import { program } from 'entrelacs'

/** A child thread fails; whoever waits for it is told nothing and goes on with a result that does not exist. */
export default program('child error', {}, (_params, p) => {
  const result = p.atomic('result', 'none')
  p.thread('parent', function* () {
    const child = yield* p.spawn('child', function* () {
      yield* p.sleep(2)
      throw new Error('thrown in the child thread')
    })
    yield* child.join()
    yield* result.write('taken for complete')
  })
})
