import { program } from 'entrelacs'

/** The set repaired: a lock makes looking up and adding one piece. */
export default program('locked set', {}, (_params, p) => {
  const members = p.cell<readonly string[]>('members', [])
  const lock = p.lock('lock')
  const told = p.atomic('told that fig is new', 0)

  const add = (value: string) =>
    lock.hold(function* () {
      const seen = yield* members.read()
      if (seen.includes(value)) return false
      yield* members.write([...seen, value])
      return true
    })

  p.thread('A', function* () {
    yield* add('apple')
    if (yield* add('fig')) yield* told.add(1)
  })
  p.thread('B', function* () {
    if (yield* add('fig')) yield* told.add(1)
  })
  p.finally('the set holds what was added', (final) => ['apple', 'fig'].every((each) => final(members).includes(each)))
  p.finally('one thread is told that fig is new', (final) => final(told) === 1)
})
