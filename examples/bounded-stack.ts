/**
 * A shared object of one's own: a stack with room for so many values. `push` waits while it is full, `pop` while it is empty.
 *
 * Everything that Entrelacs needs to know of it is in the transitions: how many ways there are to go on in a state (0 waits),
 * and what a step makes of the state. Run it: `npx entrelacs explore examples/bounded-stack.ts`
 */
import { program, StatefulObject, type Steps, type Transition, type Vocabulary } from 'entrelacs'

export class BoundedStack<T> extends StatefulObject<readonly T[]> {
  readonly kind = 'stack'
  readonly #room: number
  /** In properties a stack shows its values, the last to come at the end. */
  declare readonly contentType?: readonly T[]

  constructor(name: string, word: number, room: number) {
    super(name, word)
    this.#room = room
  }

  /** Lays a value on top, waiting for room. One step. */
  push(value: T): Steps<void> {
    const transition: Transition<readonly T[], void> = {
      name: 'push',
      args: [value],
      ways: (values) => (values.length < this.#room ? 1 : 0),
      step: (values) => ({ state: [...values, value], result: undefined }),
    }
    return this.perform(transition)
  }

  /** Takes the value on top, waiting for one. One step. */
  pop(): Steps<T> {
    const transition: Transition<readonly T[], T> = {
      name: 'pop',
      ways: (values) => (values.length > 0 ? 1 : 0),
      step: (values) => ({ state: values.slice(0, -1), result: values.at(-1)! }),
    }
    return this.perform(transition)
  }
}

/** Declares a stack in a program's setup. */
export function boundedStack<T>(p: Vocabulary, name: string, room: number): BoundedStack<T> {
  return p.declare('stack', name, (words) => new BoundedStack<T>(name, words.data('values', []), room))
}

export default program('bounded stack', { values: 3, room: 2 }, ({ values, room }, p) => {
  const stack = boundedStack<number>(p, 'stack', room)
  p.thread('producer', function* () {
    for (let value = 1; value <= values; value++) yield* stack.push(value)
  })
  const consumer = p.thread('consumer', function* () {
    const taken: number[] = []
    while (taken.length < values) taken.push(yield* stack.pop())
    return taken
  })
  p.always('there is room for all', (now) => now(stack).length <= room)
  p.finally('every value arrives once', (final) => {
    const taken = final.result(consumer) ?? []
    return [...taken].sort((a, b) => a - b).join() === Array.from({ length: values }, (_, i) => i + 1).join()
  })
})
