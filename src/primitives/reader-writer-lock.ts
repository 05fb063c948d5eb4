import type { Leftover } from '../engine/detect/leftovers.js'
import { MisuseError } from '../engine/errors.js'
import type { Steps, WorldView } from '../engine/operation.js'
import { hold } from './hold.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'
import type { WaitOptions } from './wait-options.js'
import { joined, left, type WaitingList } from './waiting-list.js'

/** Who goes first when both wait. */
export type Preference = 'none' | 'readers' | 'writers'

interface State {
  /** Who reads, as often as it has taken the lock. */
  readonly readers: WaitingList
  readonly writer: string | null
  /** Who waits, of the side that is preferred. */
  readonly waiting: WaitingList
}

/** What a reader-writer lock shows. */
export interface ReaderWriterContent {
  readonly readers?: readonly string[]
  readonly writer?: string
}

/**
 * A lock that many may hold to read or one to write, like POSIX's `pthread_rwlock` (Python has none).
 *
 * What is promised: never a writer together with anybody else. `preference: 'readers'`: no writer comes in while a reader waits, so
 * readers may starve writers. `'writers'`: no reader comes in while a writer waits, so writers may starve readers, and a
 * reader that takes it once more may wait for a writer that waits for it. `'none'`: any of those who can.
 * A thread may read several times, but neither write twice nor turn reading into writing: it would wait for itself.
 * To release what one does not hold is misuse. With `timeout`, like POSIX's `pthread_rwlock_timedrdlock`.
 *
 * Declared by `p.readerWriterLock(name, { preference? })`. Operations are one step; acquiring is two for the preferred side if
 * it must wait: to begin to wait, and to take the lock.
 */
export class ReaderWriterLock extends StatefulObject<State> {
  readonly kind = 'reader-writer lock'
  readonly preference: Preference
  /** In properties it shows who reads or who writes, `undefined` while it is free. */
  declare readonly contentType?: ReaderWriterContent | undefined

  constructor(name: string, word: number, preference: Preference) {
    super(name, word)
    this.preference = preference
  }

  /** Waits until nobody writes, and starts to read. With a timeout: returns whether it does. */
  acquireRead(): Steps<void>
  acquireRead(options: WaitOptions): Steps<boolean>
  acquireRead({ timeout }: WaitOptions = {}): Steps<boolean | void> {
    const isPreferred = this.preference === 'readers'
    return timeout === undefined ? this.#acquire(READ, isPreferred) : this.#acquireWithin(READ, isPreferred, timeout)
  }

  /** Waits until nobody reads or writes, and starts to write. With a timeout: returns whether it does. */
  acquireWrite(): Steps<void>
  acquireWrite(options: WaitOptions): Steps<boolean>
  acquireWrite({ timeout }: WaitOptions = {}): Steps<boolean | void> {
    const isPreferred = this.preference === 'writers'
    return timeout === undefined ? this.#acquire(WRITE, isPreferred) : this.#acquireWithin(WRITE, isPreferred, timeout)
  }

  /**
   * Ends reading, once for every time it was started.
   *
   * @throws MisuseError inside the thread if it does not read.
   */
  releaseRead(): Steps<void> {
    return this.perform({
      name: 'releaseRead',
      step: (state, _way, self) => {
        if (!state.readers.includes(self)) throw this.#misuse('reading')
        return { state: { ...state, readers: left(state.readers, self) }, result: undefined }
      },
    })
  }

  /**
   * Ends writing.
   *
   * @throws MisuseError inside the thread if it does not write.
   */
  releaseWrite(): Steps<void> {
    return this.perform({
      name: 'releaseWrite',
      step: (state, _way, self) => {
        if (state.writer !== self) throw this.#misuse('writing')
        return { state: { ...state, writer: null }, result: undefined }
      },
    })
  }

  /** Runs `body` reading, and stops to read however `body` ends. */
  holdRead<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquireRead(),
      () => this.releaseRead(),
      body,
    )
  }

  /** Runs `body` writing, and stops to write however `body` ends. */
  holdWrite<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquireWrite(),
      () => this.releaseWrite(),
      body,
    )
  }

  override show(world: WorldView): ReaderWriterContent | undefined {
    const { readers, writer } = this.stateIn(world)
    const nameOf = (identity: string) => world.threadName(world.threadWith(identity))
    if (writer !== null) return { writer: nameOf(writer) }
    return readers.length === 0 ? undefined : { readers: readers.map(nameOf) }
  }

  leftovers(world: WorldView): readonly Leftover[] {
    const { readers = [], writer } = this.show(world) ?? {}
    return [...readers, ...(writer === undefined ? [] : [writer])].map((thread) => ({
      kind: 'never-released',
      object: this.name,
      thread,
    }))
  }

  *#acquire(side: Side, isPreferred: boolean): Steps<void> {
    if (!isPreferred) return yield* this.perform(entering(side))
    if (!(yield* this.perform(announcing(side)))) yield* this.perform(enteringAnnounced(side))
  }

  *#acquireWithin(side: Side, isPreferred: boolean, timeout: number): Steps<boolean> {
    // Who only tries keeps nobody else waiting.
    if (!isPreferred || timeout <= 0) return !(yield* withTimeout(this.operation(entering(side)), timeout)).timedOut
    if (yield* this.perform(announcing(side))) return true
    const waiting = this.operation(enteringAnnounced(side))
    return !(yield* withTimeout(waiting, timeout, this.operation(GIVE_UP))).timedOut
  }

  #misuse(what: string): MisuseError {
    return new MisuseError(`${this.kind} “${this.name}” is released from ${what} by a thread that does not hold it so`)
  }
}

/** What reading and writing differ in. */
interface Side {
  readonly name: string
  canEnter(state: State): boolean
  entered(state: State, self: string): State
}

const READ: Side = {
  name: 'acquireRead',
  canEnter: ({ writer }) => writer === null,
  entered: (state, self) => ({ ...state, readers: joined(state.readers, self) }),
}

const WRITE: Side = {
  name: 'acquireWrite',
  canEnter: ({ writer, readers }) => writer === null && readers.length === 0,
  entered: (state, self) => ({ ...state, writer: self }),
}

/** Who holds the lock, if it is one thread. */
function holder({ writer, readers }: State): string | null {
  return writer ?? onlyOne(readers)
}

function onlyOne(list: WaitingList): string | null {
  return new Set(list).size === 1 ? list[0]! : null
}

/** Of the side that is not preferred: it lets those go first who wait on the other side. */
function entering(side: Side): Transition<State, void> {
  return {
    name: side.name,
    ways: (state) => (side.canEnter(state) && state.waiting.length === 0 ? 1 : 0),
    step: (state, _way, self) => ({ state: side.entered(state, self), result: undefined }),
    holder: (state) => (side.canEnter(state) ? onlyOne(state.waiting) : holder(state)),
  }
}

/** Of the preferred side: its result is whether it has come in already. */
function announcing(side: Side): Transition<State, boolean> {
  return {
    name: side.name,
    step: (state, _way, self) =>
      side.canEnter(state)
        ? { state: side.entered(state, self), result: true }
        : { state: { ...state, waiting: joined(state.waiting, self) }, result: false },
    label: (isInside) => (isInside === false ? `${side.name}: waits` : side.name),
  }
}

function enteringAnnounced(side: Side): Transition<State, void> {
  return {
    name: side.name,
    ways: (state) => (side.canEnter(state) ? 1 : 0),
    step: (state, _way, self) => ({
      state: { ...side.entered(state, self), waiting: left(state.waiting, self) },
      result: undefined,
    }),
    holder,
  }
}

/** Who gives up waits no more. */
const GIVE_UP: Transition<State, void> = {
  name: 'give up',
  step: (state, _way, self) => ({ state: { ...state, waiting: left(state.waiting, self) }, result: undefined }),
}

/** The state of a lock that nobody holds. */
export const NOBODY: State = { readers: [], writer: null, waiting: [] }
