import { program } from 'entrelacs'

/** The nested lock repaired: a re-entrant lock counts how often its owner has taken it. */
export default program('nested lock, re-entrant', { amount: 100 }, ({ amount }, p) => {
  const account = p.rlock('account')
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
