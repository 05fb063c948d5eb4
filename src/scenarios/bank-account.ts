import { program } from 'entrelacs'

/** Two transfers on one account, each read, changed and written back: one of them can be lost. */
export default program('bank account', { opening: 2000, deposit: 5000, withdrawal: 1000 }, (amounts, p) => {
  const balance = p.cell('balance', amounts.opening)
  p.thread('deposit', function* () {
    const seen = yield* balance.read()
    yield* balance.write(seen + amounts.deposit)
  })
  p.thread('withdrawal', function* () {
    const seen = yield* balance.read()
    yield* balance.write(seen - amounts.withdrawal)
  })
  p.finally(
    'both transfers count',
    (final) => final(balance) === amounts.opening + amounts.deposit - amounts.withdrawal,
  )
})
