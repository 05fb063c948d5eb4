import { Empty, program } from 'entrelacs'

/** Requests have a number, and the bank books a number once: asked again, it only answers again. */
export default program('lost message, numbered', { tries: 2, amount: 10 }, ({ tries, amount }, p) => {
  const toBank = p.mailbox<{ readonly number: number; readonly amount: number }>('to the bank', {
    loses: true,
    node: 1,
  })
  const toCustomer = p.mailbox<string>('to the customer', { loses: true })
  const booked = p.sharedValue('booked', 0)
  const bank = p.process(
    'bank',
    function* () {
      let last = 0
      for (;;) {
        const request = yield* toBank.receive()
        if (request.number > last) {
          yield* booked.write((yield* booked.read()) + request.amount)
          last = request.number
        }
        yield* toCustomer.send('booked')
      }
    },
    { daemon: true, node: 1 },
  )
  p.thread('customer', function* () {
    yield* bank.start()
    for (let attempt = 0; attempt < tries; attempt++) {
      yield* toBank.send({ number: 1, amount })
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
