import { program } from 'entrelacs'

/** Three tasks of 2, 3 and 1 s, waited for together: whoever is done first, the results stand in the order of the tasks. */
export default program('gather', {}, (_params, p) => {
  const loop = p.eventLoop('loop')
  const download = (seconds: number) =>
    function* () {
      yield* loop.sleep(seconds)
      return seconds
    }
  const main = p.thread('main', () =>
    loop.run(function* () {
      const a = yield* loop.task('A', download(2))
      const b = yield* loop.task('B', download(3))
      const c = yield* loop.task('C', download(1))
      return yield* loop.gather(a, b, c)
    }),
  )
  p.finally('the results stand in the order of the tasks', (final) => final.result(main)?.join() === '2,3,1')
})
