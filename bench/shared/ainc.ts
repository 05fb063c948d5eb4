import { program } from 'entrelacs'

/** Additions to one word. */
export default program('ainc', { threads: 11 }, ({ threads }, p) => {
  const x = p.atomic('x', 0)
  for (let i = 0; i < threads; i++)
    p.thread(`T${i}`, function* () {
      yield* x.add(1)
    })
})
