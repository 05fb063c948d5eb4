import { program } from 'entrelacs'

/** A transfer holds the lock and calls a deposit that takes it as well: nothing goes on from there. */
export default program('nested lock', { amount: 100 }, ({ amount }, p) => {
  const account = p.lock('account')
  const balance = p.cell('balance', 0)
  function* deposit() {
    yield* account.acquire()
    yield* balance.write((yield* balance.read()) + amount)
    yield* account.release()
  }
  p.thread('transfer', function* () {
    yield* account.acquire()
    yield* deposit()
    yield* account.release()
  })
  p.finally('the amount has arrived', (final) => final(balance) === amount)
})
