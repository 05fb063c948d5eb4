import { program } from 'entrelacs'

/** Politeness with an end: whoever has offered the spoon once and gets it back eats. */
export default program('polite diners, insisting', {}, (_params, p) => {
  const spoon = p.atomic('spoon', 'Anne')
  const hungry = { Anne: p.atomic('Anne is hungry', true), Bruno: p.atomic('Bruno is hungry', true) }
  const diner = (me: 'Anne' | 'Bruno', other: 'Anne' | 'Bruno') =>
    p.thread(me, function* () {
      for (let offered = false; ;) {
        yield* p.at('hungry', offered)
        if ((yield* spoon.read()) !== me) continue
        if (offered || !(yield* hungry[other].read())) break
        yield* spoon.write(other)
        offered = true
      }
      yield* hungry[me].write(false)
      yield* spoon.write(other)
    })
  diner('Anne', 'Bruno')
  diner('Bruno', 'Anne')
  p.finally('both have eaten', (final) => !final(hungry.Anne) && !final(hungry.Bruno))
})
