/** Runs a generator that pauses now and then to its end. */
export function finish<R>(work: Generator<unknown, R>): R {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}
