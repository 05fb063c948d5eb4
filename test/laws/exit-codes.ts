import { program, type Program, type Steps } from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A process that ends in one of the ways there are, and the exit code that its parent has to see. */
export interface WayToEnd {
  readonly exitCode: number
  readonly body: (p: Vocabulary) => Steps<unknown>
}

export const WAYS_TO_END: Readonly<Record<string, WayToEnd>> = {
  returns: { exitCode: 0, body: () => nothing() },
  exits: { exitCode: 3, body: (p) => p.exit(3) },
  'exits from within': {
    exitCode: 7,
    body: function* (p) {
      try {
        yield* p.yieldNow()
        yield* p.exit(7)
      } finally {
        yield* p.yieldNow()
      }
    },
  },
  fails: {
    exitCode: 1,
    body: function* (p) {
      yield* p.yieldNow()
      throw new Error('on purpose')
    },
  },
  aborts: { exitCode: -6, body: (p) => p.abort() },
}

/** What a parent sees of its child that ends in one of these ways: nothing before it has ended, the exit code afterwards. */
export function exitCodeOf(
  way: WayToEnd,
  asked: (child: ReturnType<Vocabulary['process']>) => Steps<unknown>,
): Program {
  return program('exit code', {}, (_params, p) => {
    const seen = p.cell('seen', null as unknown)
    const child = p.process('child', () => way.body(p))
    p.thread('parent', function* () {
      yield* child.start()
      yield* seen.write(yield* asked(child))
    })
    p.finally('the parent sees the exit code', (final) => final(seen) === way.exitCode)
  })
}

function* nothing(): Steps<void> {}
