import { program } from 'entrelacs'

/** Reads and writes that do not hold together; every thread has a word of its own besides. */
export default program('counter', { threads: 3, times: 3 }, ({ threads, times }, p) => {
  const x = p.atomic('x', 0)
  for (let i = 0; i < threads; i++) {
    const own = p.atomic(`own ${i}`, 0)
    p.thread(`T${i}`, function* () {
      for (let n = 0; n < times; n++) {
        yield* x.write((yield* x.read()) + 1)
        yield* own.add(1)
      }
    })
  }
})
