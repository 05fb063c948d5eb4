import type { Steps, WorldView } from '../engine/operation.js'
import { StatefulObject, type Transition } from './transition.js'

/** Who runs the body (an identity), if anybody. */
type OnceState =
  { readonly phase: 'new' } | { readonly phase: 'running'; readonly by: string } | { readonly phase: 'done' }

/**
 * Something that happens once, whoever comes first: `pthread_once`, C++'s `std::call_once`.
 *
 * If the body throws, it has not happened, as with these two (and unlike Go's `sync.Once`): its caller gets the error, and the next
 * caller runs its body. To call it from within its own body waits for ever.
 *
 * Declared by `p.once(name)`. A call is one step to enter and, for whoever runs the body, one more when that has ended.
 */
export class Once extends StatefulObject<OnceState> {
  readonly kind = 'once'
  /** In properties it shows how far it is: `new`, `running` or `done`. */
  declare readonly contentType?: OnceState['phase'];

  /** Runs `body` if none has been run to its end; returns when one has. */
  *call(body: () => Steps<unknown>): Steps<void> {
    if (!(yield* this.perform(CALL))) return
    let isDone = false
    try {
      yield* body()
      isDone = true
    } finally {
      yield* this.perform(isDone ? DONE : FAILED)
    }
  }

  override show(world: WorldView): OnceState['phase'] {
    return this.stateIn(world).phase
  }
}

const CALL: Transition<OnceState, boolean> = {
  name: 'call',
  ways: ({ phase }) => (phase === 'running' ? 0 : 1),
  step: (once, _way, self) =>
    once.phase === 'done' ? { state: once, result: false } : { state: { phase: 'running', by: self }, result: true },
  holder: (once) => (once.phase === 'running' ? once.by : null),
  label: (runs) => (runs === undefined ? 'call' : runs === true ? 'call: runs it' : 'call: done already'),
}

const DONE: Transition<OnceState, void> = {
  name: 'done',
  step: () => ({ state: { phase: 'done' }, result: undefined }),
}

const FAILED: Transition<OnceState, void> = {
  name: 'failed',
  step: () => ({ state: NOT_YET, result: undefined }),
}

/** The state of what has not happened yet. */
export const NOT_YET: OnceState = { phase: 'new' }
