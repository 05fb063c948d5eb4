import { program } from 'entrelacs'

/** Every thread writes its own number, then swaps it for another if nobody has written since. */
export default program('casw', { threads: 6 }, ({ threads }, p) => {
  const x = p.atomic('x', 0)
  for (let i = 0; i < threads; i++)
    p.thread(`T${i}`, function* () {
      yield* x.write(i + 1)
      yield* x.compareExchange(i + 1, 100 + i)
    })
})
