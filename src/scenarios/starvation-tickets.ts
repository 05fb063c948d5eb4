import { program } from 'entrelacs'

/** Everybody draws a number and is served in the order of the numbers: nobody can be passed over. */
export default program('starvation, repaired by numbers', { customers: 2 }, ({ customers }, p) => {
  const following = (number: number) => (number + 1) % customers
  const numbers = p.atomic('next number', 0)
  const served = p.atomic('now served', 0)
  for (let i = 1; i <= customers; i++)
    p.thread(`customer ${i}`, function* () {
      for (;;) {
        yield* p.at('next errand')
        const mine = yield* numbers.update(following)
        do yield* p.at('waiting', mine)
        while ((yield* served.read()) !== mine)
        yield* p.progress()
        yield* served.update(following)
      }
    })
})
