import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { Environment } from '../../../../src/engine/simulate/kernel/environment.js'
import { Priority } from '../../../../src/engine/simulate/kernel/priority.js'
import type { Process, Steps } from '../../../../src/engine/simulate/kernel/process.js'
import { Resource } from '../../../../src/engine/simulate/kernel/resource.js'
import { Store } from '../../../../src/engine/simulate/kernel/store.js'
import { PriorityLine } from '../../../../src/engine/simulate/kernel/waiting-line.js'

const CLASSES = Object.values(Priority)

/** Processes that do everything at random, with times so short that many things happen at once. */
class Bustle {
  readonly env = new Environment()
  readonly trace: string[] = []
  readonly #random: Random
  readonly #resource = new Resource(this.env, 2, new PriorityLine())
  readonly #store = new Store<number>(this.env, 3)
  readonly #processes: Process[] = []

  constructor(seed: string) {
    this.#random = new Random(seed)
    for (let i = 0; i < 60; i++) this.#processes.push(this.env.start(this.#worker(i), CLASSES[i % CLASSES.length]))
  }

  *#worker(name: number): Steps {
    for (let i = 0; i < 40; i++) {
      try {
        yield* this.#act(name)
      } catch {
        this.#say(name, 'interrupted')
      }
    }
  }

  *#act(name: number): Steps {
    const draw = this.#random.below(6)
    if (draw === 0) {
      yield this.#random.below(5)
      this.#say(name, 'slept')
    } else if (draw === 1) {
      const request = this.#resource.request(this.#random.below(3))
      try {
        yield this.env.anyOf([request, this.env.timeout(3)])
        this.#say(name, request.hasFired ? 'has it' : 'gives up')
        yield 1
      } finally {
        this.#resource.release(request)
      }
    } else if (draw === 2) {
      yield this.#store.put(name)
      this.#say(name, 'put')
    } else if (draw === 3) {
      this.#say(name, `got ${String(yield this.#store.get())}`)
    } else if (draw === 4) {
      const other = this.#processes[this.#random.below(this.#processes.length)]
      if (other.isPending && other !== this.env.activeProcess) other.interrupt()
      yield 1
    } else {
      yield this.env.allOf([this.env.timeout(1), this.env.timeout(this.#random.below(4))])
      this.#say(name, 'both')
    }
  }

  #say(name: number, what: string): void {
    this.trace.push(`${this.env.now} ${name} ${what}`)
  }
}

function traceOf(seed: string): string[] {
  const bustle = new Bustle(seed)
  bustle.env.run()
  return bustle.trace
}

describe('A run', () => {
  test('of the same seed leaves the same trace, of another seed another one', () => {
    const first = traceOf('one')
    expect(first.length).toBeGreaterThan(1000)
    expect(traceOf('one')).toEqual(first)
    expect(traceOf('two')).not.toEqual(first)
  })

  test('is the same when it is cut into pieces and another kernel runs in between', () => {
    const [bustle, other] = [new Bustle('one'), new Bustle('two')]
    let end = bustle.env.run(Infinity, 7)
    while (end === 'events') {
      other.env.run(Infinity, 3)
      end = bustle.env.run(Infinity, 7)
    }
    other.env.run()

    expect(bustle.trace).toEqual(traceOf('one'))
    expect(other.trace).toEqual(traceOf('two'))
  })
})
