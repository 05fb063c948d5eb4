import { program } from 'entrelacs'

/**
 * Threads count in a global of Python: `x += 1`, or with a function called on the way, `x = add1(x)`. Both can lose counts. Up to version 3.9 the
 * interpreter lets another thread go on anywhere; since 3.10 only after calls and where loops turn, so that `x += 1` is never cut in two
 * (`--gil 3.9`, `--gil 3.10`), and lost counts hide.
 */
export default program('counting in Python', { threads: 2, times: 1, call: false }, ({ threads, times, call }, p) => {
  const x = p.cell('x', 0)
  for (let i = 1; i <= threads; i++)
    p.thread(`thread ${i}`, function* () {
      for (let n = 0; n < times; n++) {
        const seen = yield* x.read()
        if (call) yield* p.call('add1')
        yield* x.write(seen + 1)
      }
    })
  p.finally('no count is lost', (final) => final(x) === threads * times)
})
