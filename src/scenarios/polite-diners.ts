import { program } from 'entrelacs'

/** Two diners share a spoon, and whoever has it hands it over as long as the other is hungry: both move, and nobody eats. */
export default program('polite diners', {}, (_params, p) => {
  const spoon = p.atomic('spoon', 'Anne')
  const hungry = { Anne: p.atomic('Anne is hungry', true), Bruno: p.atomic('Bruno is hungry', true) }
  const diner = (me: 'Anne' | 'Bruno', other: 'Anne' | 'Bruno') =>
    p.thread(me, function* () {
      for (;;) {
        yield* p.at('hungry')
        if ((yield* spoon.read()) !== me) continue
        if (!(yield* hungry[other].read())) break
        yield* spoon.write(other)
      }
      yield* hungry[me].write(false)
      yield* spoon.write(other)
    })
  diner('Anne', 'Bruno')
  diner('Bruno', 'Anne')
  p.finally('both have eaten', (final) => !final(hungry.Anne) && !final(hungry.Bruno))
})
