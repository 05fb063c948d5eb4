import type { Steps } from '../engine/operation.js'

/** Runs `body` between `acquire` and `release`, and releases however `body` ends: Python's `with`. */
export function* hold<R>(acquire: () => Steps<unknown>, release: () => Steps<unknown>, body: () => Steps<R>): Steps<R> {
  yield* acquire()
  try {
    return yield* body()
  } finally {
    yield* release()
  }
}
