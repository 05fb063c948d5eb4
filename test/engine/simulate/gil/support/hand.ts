import { program } from 'entrelacs'
import type { Operation } from '../../../../../src/engine/operation.js'
import { Random } from '../../../../../src/engine/random.js'
import { Session } from '../../../../../src/engine/session.js'
import { GilAccounts } from '../../../../../src/engine/simulate/gil/gil-accounts.js'
import type { LockSetting } from '../../../../../src/engine/simulate/gil/interpreter-lock.js'
import { Kernel } from '../../../../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../../../../src/engine/simulate/kernel/priority.js'
import { Compute } from '../../../../../src/engine/thread-operations.js'

/** A computer whose threads the test moves by hand: it notes who was to be woken and cut, and does neither. */
export class Hand implements LockSetting {
  readonly kernel = new Kernel()
  readonly random = new Random('by hand')
  readonly observer = new GilAccounts()
  #woken: number[] = []
  #cut: number[] = []

  wake(thread: number): void {
    this.#woken.push(thread)
  }

  cut(thread: number): void {
    this.#cut.push(thread)
  }

  /** Who was to be woken since this was asked last. */
  woken(): readonly number[] {
    const woken = this.#woken
    this.#woken = []
    return woken
  }

  /** Who was to be cut off since this was asked last. */
  wasCut(): readonly number[] {
    const cut = this.#cut
    this.#cut = []
    return cut
  }

  /** Lets time pass up to then, in picoseconds. */
  until(time: number): void {
    this.kernel.schedule(time, Priority.Observer, () => {})
    this.kernel.run(time)
  }
}

export const SPIN = new Compute(1000, 'interpreted', undefined)
export const BUILTIN = new Compute(1000, 'builtin', undefined)

type Operations = Readonly<Record<'read' | 'write' | 'call' | 'acquire' | 'progress', Operation>>

/** The operations that a program's threads begin with, by their names. */
function firstOperations(): Operations {
  const operations = program('operations', {}, (_, p) => {
    const cell = p.cell('cell', 0)
    const lock = p.lock('lock')
    p.thread('read', () => cell.read())
    p.thread('write', () => cell.write(1))
    p.thread('call', () => p.call('f'))
    p.thread('acquire', () => lock.acquire())
    p.thread('progress', () => p.progress())
  })
  const session = new Session(operations)
  const first = (thread: number) => session.image.operationAt(session.node(thread))!
  return Object.fromEntries(session.threads.all.map(({ name, index }) => [name, first(index)])) as Operations
}

export const { read: READ, write: WRITE, call: CALL, acquire: ACQUIRE, progress: PROGRESS } = firstOperations()
