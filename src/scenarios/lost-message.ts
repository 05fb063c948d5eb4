import { Empty, program } from 'entrelacs'

/**
 * A customer pays over a network that may lose messages, and asks again if no answer comes. What was lost may have been the answer: the bank
 * then books twice.
 */
export default program('lost message', { tries: 2, amount: 10 }, ({ tries, amount }, p) => {
  const toBank = p.mailbox<number>('to the bank', { loses: true, node: 1 })
  const toCustomer = p.mailbox<string>('to the customer', { loses: true })
  const booked = p.sharedValue('booked', 0)
  const bank = p.process(
    'bank',
    function* () {
      for (;;) {
        const wanted = yield* toBank.receive()
        yield* booked.write((yield* booked.read()) + wanted)
        yield* toCustomer.send('booked')
      }
    },
    { daemon: true, node: 1 },
  )
  p.thread('customer', function* () {
    yield* bank.start()
    for (let attempt = 0; attempt < tries; attempt++) {
      yield* toBank.send(amount)
      try {
        return yield* toCustomer.receive({ timeout: 0.2 })
      } catch (error) {
        if (!(error instanceof Empty)) throw error
      }
    }
    return 'no answer'
  })
  p.finally('at most one payment is booked', (final) => final(booked) <= amount)
})
