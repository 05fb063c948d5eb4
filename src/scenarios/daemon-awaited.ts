import { program } from 'entrelacs'

/** The program waits for its daemon before it ends. */
export default program('daemon, awaited', { records: 2 }, ({ records }, p) => {
  const saved = p.atomic('saved', 0)
  const saver = p.newThread(
    'saver',
    function* () {
      for (let i = 0; i < records; i++) yield* saved.add(1)
    },
    { daemon: true },
  )
  p.thread('main', function* () {
    yield* saver.start()
    yield* p.compute(1)
    yield* saver.join()
  })
  p.finally('every record is saved', (final) => final(saved) === records)
})
