import {
  explore,
  MisuseError,
  type Operation,
  perform,
  program,
  replay,
  type SharedObject,
  type WorldAccess,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'

/** An object whose one operation goes wrong in the last of its three ways, and stores which of the others it went. */
class Lever implements SharedObject {
  readonly kind = 'lever'
  readonly name = 'lever'
  readonly word: number

  constructor(word: number) {
    this.word = word
  }

  pull() {
    return perform(new Pull(this))
  }

  show(): undefined {}
}

class Pull implements Operation<void> {
  readonly name = 'pull'
  readonly args = []
  readonly place = undefined
  readonly cost = 'atomic'
  readonly object: Lever

  constructor(object: Lever) {
    this.object = object
  }

  ways(): number {
    return 3
  }

  apply(world: WorldAccess, way: number): void {
    if (way === 2) throw new MisuseError('the lever is stuck')
    world.write(this.object.word, way)
  }

  footprint() {
    return { reads: [], writes: [this.object.word] }
  }

  label(): string {
    return this.name
  }

  holder(): null {
    return null
  }
}

const lever = program('lever', {}, (_params, p) => {
  const subject = p.declare('lever', 'lever', (words) => new Lever(words.int('way', 0)))
  p.thread('A', function* () {
    yield* p.yieldNow()
    try {
      yield* subject.pull()
    } catch {
      // It is reported all the same.
    }
  })
})

describe('A misuse in one of several ways', () => {
  test.each(['graph', 'dpor', 'random'] as const)('is shown by that way (%s)', async (strategy) => {
    const { violations } = await explore(lever, { strategy, samples: 50 })
    expect(violations).toMatchObject([{ kind: 'misuse', message: 'the lever is stuck', schedule: 'A A' }])
    expect(replay(lever, violations[0].token).steps.at(-1)).toMatchObject({ misuse: 'the lever is stuck' })
  })

  test('is shown by that way where the search was stopped', async () => {
    const { violations } = await explore(lever, { maxStates: 3 })
    expect(violations).toMatchObject([{ kind: 'misuse', schedule: 'A A' }])
  })
})
