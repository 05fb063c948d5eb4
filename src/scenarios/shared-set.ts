import { program, type Vocabulary } from 'entrelacs'

/** What a set of numbers does when one thread alone uses it. */
export const setModel = {
  initial: [] as readonly number[],
  methods: {
    add: (items: readonly number[], item: number) =>
      items.includes(item)
        ? { state: items, result: false }
        : { state: [...items, item].sort((a, b) => a - b), result: true },
    remove: (items: readonly number[], item: number) => ({
      state: items.filter((other) => other !== item),
      result: items.includes(item),
    }),
    contains: (items: readonly number[], item: number) => ({ state: items, result: items.includes(item) }),
  },
}

/** A set made for one thread: it looks, and then it writes. */
export function unsafeSet(p: Vocabulary) {
  const items = p.cell<readonly number[]>('items', [])
  return {
    *add(item: number) {
      const seen = yield* items.read()
      if (seen.includes(item)) return false
      yield* items.write([...seen, item].sort((a, b) => a - b))
      return true
    },
    *remove(item: number) {
      const seen = yield* items.read()
      if (!seen.includes(item)) return false
      yield* items.write(seen.filter((other) => other !== item))
      return true
    },
    *contains(item: number) {
      return (yield* items.read()).includes(item)
    },
  }
}

/** Threads share a set that was made for one: they do not see what a set would show them. */
export default program('shared set', {}, (_params, p) => {
  const set = p.linearizable('set', unsafeSet(p), setModel)
  p.thread('A', function* () {
    yield* set.add(1)
    yield* set.contains(1)
  })
  p.thread('B', function* () {
    yield* set.add(2)
  })
})
