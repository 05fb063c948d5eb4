import {
  perform,
  type Operation,
  type program,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** An integer that threads can wait to be 0: an object of one's own, with an operation that blocks. */
export class Gate implements SharedObject {
  readonly kind = 'gate'
  readonly name: string
  readonly word: number

  constructor(name: string, word: number) {
    this.name = name
    this.word = word
  }

  awaitZero(): Steps<void> {
    return perform(new AwaitZero(this))
  }

  write(value: number): Steps<void> {
    return perform(new WriteGate(this, value))
  }

  show(world: WorldView): number {
    return world.read(this.word)
  }
}

class AwaitZero implements Operation<void> {
  readonly name = 'await zero'
  readonly args = []
  readonly place = undefined
  readonly cost = 'atomic'
  readonly object: Gate

  constructor(object: Gate) {
    this.object = object
  }

  ways(world: WorldView): number {
    return world.read(this.object.word) === 0 ? 1 : 0
  }

  apply(): void {}

  footprint() {
    return { reads: [this.object.word], writes: [] }
  }

  label(): string {
    return this.name
  }

  holder(): null {
    return null
  }
}

class WriteGate implements Operation<void> {
  readonly name = 'write'
  readonly args: readonly [number]
  readonly place = undefined
  readonly cost = 'atomic'
  readonly object: Gate

  constructor(object: Gate, value: number) {
    this.object = object
    this.args = [value]
  }

  ways(): number {
    return 1
  }

  apply(world: WorldAccess): void {
    world.write(this.object.word, this.args[0])
  }

  footprint() {
    return { reads: [], writes: [this.object.word] }
  }

  label(): string {
    return `write ${this.args[0]}`
  }

  holder(): null {
    return null
  }
}

/** Declares one that is 0 at first. */
export function declareGate(p: Vocabulary, name: string): Gate {
  return p.declare('gate', name, (words) => new Gate(name, words.int('value', 0)))
}
