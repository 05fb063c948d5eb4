import { FileExistsError, program } from 'entrelacs'

/** Making the file only if it does not exist is one step: one thread makes it, the other is told. */
export default program('file, created exclusively', {}, (_params, p) => {
  const disk = p.files('disk')
  const writers = ['A', 'B'].map((name) =>
    p.thread(name, function* () {
      try {
        yield* disk.create('report.txt', { exclusive: true })
      } catch (error) {
        if (!(error instanceof FileExistsError)) throw error
        return 'left alone'
      }
      yield* disk.append('report.txt', `by ${name}`)
      return 'written'
    }),
  )
  p.finally('who takes the report for theirs has written it', (final) =>
    writers.every((writer) => final.result(writer) !== 'written' || final(disk)['report.txt'] === `by ${writer.name}`),
  )
})
