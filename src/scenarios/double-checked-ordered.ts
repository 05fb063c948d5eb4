import { program } from 'entrelacs'

/** The value is made before the flag is set: who sees the flag sees the value. */
export default program('double-checked, in order', {}, (_params, p) => {
  const isMade = p.atomic('is made', false)
  const value = p.atomic<string | null>('value', null)
  const lock = p.lock('lock')
  const users = ['A', 'B'].map((name) =>
    p.thread(name, function* () {
      if (!(yield* isMade.read()))
        yield* lock.hold(function* () {
          if (yield* isMade.read()) return
          yield* value.write('made')
          yield* isMade.write(true)
        })
      return yield* value.read()
    }),
  )
  p.finally('nobody uses what is not made', (final) => users.every((user) => final.result(user) === 'made'))
})
