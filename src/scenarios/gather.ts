import { program } from 'entrelacs'

/**
 * Three tasks of 2, 3 and 1 s, waited for together: while one sleeps the others go on, so that all three take no longer than the longest. The
 * shortest is done first, and the results stand in the order of the tasks all the same.
 */
export default program(
  'gather',
  {},
  (_params, p) => {
    const loop = p.eventLoop('loop')
    const now = p.clock()
    const done = p.atomic<readonly string[]>('done', [])
    const download = (name: string, seconds: number) =>
      function* () {
        yield* loop.sleep(seconds)
        yield* done.update((names) => [...names, name])
        return seconds
      }
    const main = p.thread('main', () =>
      loop.run(function* () {
        const a = yield* loop.task('A', download('A', 2))
        const b = yield* loop.task('B', download('B', 3))
        const c = yield* loop.task('C', download('C', 1))
        return yield* loop.gather(a, b, c)
      }),
    )
    p.finally('the shortest is done first', (final) => final(done).join() === 'C,A,B')
    p.finally('together they take 3 s', (final) => final(now) === 3)
    p.finally('the results stand in the order of the tasks', (final) => final.result(main)?.join() === '2,3,1')
  },
  { time: 'virtual' },
)
