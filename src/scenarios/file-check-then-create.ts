import { program } from 'entrelacs'

/** Two threads make a file unless it exists: between looking and making, the other makes it too, and one text is lost. */
export default program('file, checked and then created', {}, (_params, p) => {
  const disk = p.files('disk')
  const writers = ['A', 'B'].map((name) =>
    p.thread(name, function* () {
      if (yield* disk.exists('report.txt')) return 'left alone'
      yield* disk.create('report.txt')
      yield* disk.append('report.txt', `by ${name}`)
      return 'written'
    }),
  )
  p.finally('who takes the report for theirs has written it', (final) =>
    writers.every((writer) => final.result(writer) !== 'written' || final(disk)['report.txt'] === `by ${writer.name}`),
  )
})
