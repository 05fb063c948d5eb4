import { program } from 'entrelacs'

/** Some threads increment one counter, each reading and then writing it. */
export default program('lost update', { times: 1, threads: 2 }, ({ times, threads }, p) => {
  const counter = p.cell('counter', 0)
  for (let t = 0; t < threads; t++)
    p.thread(String.fromCharCode(65 + t), function* () {
      for (let i = 0; i < times; i++) {
        const seen = yield* counter.read()
        yield* counter.write(seen + 1)
      }
    })
  p.finally('all increments are kept', (final) => final(counter) === threads * times)
})
