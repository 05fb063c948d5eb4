import { program, type Program, type Steps } from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** What can be sent to and received from. */
export interface Wire {
  readonly sender: { send(message: number): Steps<unknown> }
  readonly receiver: { recv(): Steps<number> }
}

const MESSAGES = [1, 2, 3]

/** A process sends three messages, another one receives as many: all arrive, in the order in which they were sent. */
export function inOrderAndWhole(declare: (p: Vocabulary) => Wire): Program {
  return program('in order and whole', {}, (_params, p) => {
    const { sender, receiver } = declare(p)
    const got = p.cell('got', [] as readonly number[], { shared: true })
    const sending = p.process('sends', function* () {
      for (const message of MESSAGES) yield* sender.send(message)
    })
    const receiving = p.process('receives', function* () {
      const received: number[] = []
      for (const _ of MESSAGES) received.push(yield* receiver.recv())
      yield* got.write(received)
    })
    p.thread('main', function* () {
      yield* sending.start()
      yield* receiving.start()
    })
    p.finally('messages arrive in order and whole', (final) => String(final(got)) === String(MESSAGES))
  })
}
