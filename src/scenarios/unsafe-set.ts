import { program } from 'entrelacs'

/** A set made of a list: whether a value is in it is looked up in one step, and the list is replaced in another. */
export default program('unsafe set', {}, (_params, p) => {
  const members = p.cell<readonly string[]>('members', [])
  const told = p.atomic('told that fig is new', 0)

  function* add(value: string) {
    const seen = yield* members.read()
    if (seen.includes(value)) return false
    yield* members.write([...seen, value])
    return true
  }

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
