import { program, type Vocabulary } from 'entrelacs'
import { setModel, unsafeSet } from './shared-set.js'

/** The set made safe by extending it: whatever it does, it does under a lock. */
function lockedSet(p: Vocabulary) {
  const set = unsafeSet(p)
  const lock = p.lock('lock')
  return {
    add: (item: number) => lock.hold(() => set.add(item)),
    remove: (item: number) => lock.hold(() => set.remove(item)),
    contains: (item: number) => lock.hold(() => set.contains(item)),
  }
}

/** The shared set repaired: its calls take effect one after the other. */
export default program('shared set, locked', {}, (_params, p) => {
  const set = p.linearizable('set', lockedSet(p), setModel)
  p.thread('A', function* () {
    yield* set.add(1)
    yield* set.contains(1)
  })
  p.thread('B', function* () {
    yield* set.add(2)
  })
})
