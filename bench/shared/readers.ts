import { program } from 'entrelacs'

/** One word that one thread writes and all others read. */
export default program('readers', { readers: 22 }, ({ readers }, p) => {
  const x = p.atomic('x', 0)
  p.thread('writer', function* () {
    yield* x.write(1)
  })
  for (let i = 0; i < readers; i++)
    p.thread(`R${i}`, function* () {
      yield* x.read()
    })
})
