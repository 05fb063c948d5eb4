import { program } from 'entrelacs'

/** Increments under a lock. */
export default program('lockinc', { threads: 10 }, ({ threads }, p) => {
  const lock = p.lock('lock')
  const x = p.atomic('x', 0)
  for (let i = 0; i < threads; i++)
    p.thread(`T${i}`, function* () {
      yield* lock.acquire()
      yield* x.write((yield* x.read()) + 1)
      yield* lock.release()
    })
})
