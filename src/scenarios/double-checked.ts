import { program } from 'entrelacs'

/** A value made once, behind a flag that is looked at twice, without the lock and with it. The flag is set before the value is made. */
export default program('double-checked', {}, (_params, p) => {
  const isMade = p.atomic('is made', false)
  const value = p.atomic<string | null>('value', null)
  const lock = p.lock('lock')
  const users = ['A', 'B'].map((name) =>
    p.thread(name, function* () {
      if (!(yield* isMade.read()))
        yield* lock.hold(function* () {
          if (yield* isMade.read()) return
          yield* isMade.write(true)
          yield* value.write('made')
        })
      return yield* value.read()
    }),
  )
  p.finally('nobody uses what is not made', (final) => users.every((user) => final.result(user) === 'made'))
})
