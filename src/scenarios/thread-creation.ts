import { program } from 'entrelacs'

/**
 * Some threads, or as many processes, are started and joined: what that takes is a matter of the computer. What is started is one of
 * `threads`, `fork`, `spawn` and `forkserver`.
 */
export default program('creation of threads and processes', { count: 3, of: 'threads' as string }, (given, p) => {
  const { count, of } = given
  const names = Array.from({ length: count }, (_, i) => `${of === 'threads' ? 'thread' : 'process'} ${i + 1}`)
  const all = names.map((name) =>
    of === 'threads'
      ? p.newThread(name, () => p.compute(1))
      : p.process(name, () => p.compute(1), { start: of as 'fork' | 'spawn' | 'forkserver' }),
  )
  p.thread('main', function* () {
    for (const each of all) yield* each.start()
    for (const each of all) yield* each.join()
  })
})
