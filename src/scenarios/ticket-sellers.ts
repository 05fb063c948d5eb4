import { program } from 'entrelacs'

/** Sellers who take turns at one stock of tickets, without a pause between two sales: who sells how many? */
export default program('ticket sellers', { sellers: 4, tickets: 10 }, ({ sellers, tickets }, p) => {
  const left = p.cell('tickets left', tickets)
  const counter = p.lock('counter')
  const all = Array.from({ length: sellers }, (_, i) =>
    p.thread(`seller ${i + 1}`, function* () {
      for (let sold = 0; ; sold++) {
        yield* p.at('next customer', sold)
        yield* counter.acquire()
        const seen = yield* left.read()
        if (seen > 0) yield* left.write(seen - 1)
        yield* counter.release()
        if (seen === 0) return sold
      }
    }),
  )
  p.finally('every ticket is sold once', (final) => {
    const sold = all.reduce((sum, seller) => sum + (final.result(seller) ?? 0), 0)
    return final(left) === 0 && sold === tickets
  })
  p.finally('no seller sells them all', (final) => all.every((seller) => final.result(seller) !== tickets))
})
