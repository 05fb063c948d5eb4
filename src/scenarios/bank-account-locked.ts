import { program } from 'entrelacs'

/** The bank account repaired: a lock makes each transfer one piece. */
export default program('bank account, locked', { opening: 2000, deposit: 5000, withdrawal: 1000 }, (amounts, p) => {
  const balance = p.cell('balance', amounts.opening)
  const lock = p.lock('lock')
  p.thread('deposit', function* () {
    yield* lock.acquire()
    const seen = yield* balance.read()
    yield* balance.write(seen + amounts.deposit)
    yield* lock.release()
  })
  p.thread('withdrawal', function* () {
    yield* lock.acquire()
    const seen = yield* balance.read()
    yield* balance.write(seen - amounts.withdrawal)
    yield* lock.release()
  })
  p.finally(
    'both transfers count',
    (final) => final(balance) === amounts.opening + amounts.deposit - amounts.withdrawal,
  )
})
