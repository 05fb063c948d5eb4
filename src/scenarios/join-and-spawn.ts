import { program } from 'entrelacs'

/** A thread starts helpers and waits for them before it adds up; with `join=false` it adds up too early. */
export default program('join and spawn', { helpers: 2, join: true }, ({ helpers, join }, p) => {
  const parts = p.array('parts', helpers)
  const main = p.thread('main', function* () {
    const started = []
    for (let i = 0; i < helpers; i++)
      started.push(
        yield* p.spawn(`helper ${i + 1}`, function* () {
          yield* parts.write(i, 10 * (i + 1))
        }),
      )
    if (join) for (const helper of started) yield* helper.join()
    let sum = 0
    for (let i = 0; i < helpers; i++) sum += yield* parts.read(i)
    return sum
  })
  p.finally('every part is in the sum', (final) => final.result(main) === 5 * helpers * (helpers + 1))
})
