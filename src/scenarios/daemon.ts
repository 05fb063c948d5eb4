import { program } from 'entrelacs'

/** A daemon dies with its program: what it has not saved by then is lost. */
export default program('daemon', { records: 2 }, ({ records }, p) => {
  const saved = p.atomic('saved', 0)
  p.thread('main', () => p.compute(1))
  p.thread(
    'saver',
    function* () {
      for (let i = 0; i < records; i++) yield* saved.add(1)
    },
    { daemon: true },
  )
  p.finally('every record is saved', (final) => final(saved) === records)
})
