import { Barrier, type BarrierOptions } from './barrier.js'
import { BarrierTwin } from './barrier-twin.js'
import type { Condition } from './condition.js'
import { ConditionTwin } from './condition-twin.js'
import type { Event } from './event.js'
import { EventTwin } from './event-twin.js'
import type { Lock } from './lock.js'
import { LockTwin } from './lock-twin.js'
import type { Queue } from './queue.js'
import { QueueTwin } from './queue-twin.js'
import type { Preference, ReaderWriterLock } from './reader-writer-lock.js'
import { ReaderWriterLockTwin } from './reader-writer-lock-twin.js'
import type { RLock } from './rlock.js'
import { RLockTwin } from './rlock-twin.js'
import type { Semaphore } from './semaphore.js'
import { SemaphoreTwin } from './semaphore-twin.js'
import { TwinMemory } from './twin.js'
import { type QueueOptions, Vocabulary } from './vocabulary.js'
import type { SharedObject } from '../engine/operation.js'

/**
 * The same vocabulary with twins instead of contracts, as far as there are any: locks, re-entrant locks, conditions, semaphores, events,
 * barriers, queues, and reader-writer locks without preference. Everything else is as it is.
 */
export class TwinVocabulary extends Vocabulary {
  override lock(name: string): Lock {
    return this.#declare('lock', name, (memory) => new LockTwin(name, memory())) as Lock
  }

  override rlock(name: string): RLock {
    return this.#declare('rlock', name, (memory) => new RLockTwin(name, memory(), () => this.selfNumber())) as RLock
  }

  /** Twins never wake without a notify. */
  override condition(name: string, lock?: Lock | RLock): Condition {
    return this.#declare('condition', name, (memory) => {
      const own = () => new RLockTwin(name, memory('lock'), () => this.selfNumber())
      return new ConditionTwin(name, memory(), (lock as LockTwin | RLockTwin | undefined) ?? own())
    }) as Condition
  }

  override semaphore(name: string, permits = 1): Semaphore {
    return this.#declare('semaphore', name, (memory) => new SemaphoreTwin(name, memory(), permits)) as Semaphore
  }

  override event(name: string): Event {
    return this.#declare('event', name, (memory) => new EventTwin(name, memory())) as Event
  }

  override barrier(name: string, parties: number, options: BarrierOptions = {}): Barrier {
    return this.#declare('barrier', name, (memory) => new BarrierTwin(name, memory(), parties, options)) as Barrier
  }

  override readerWriterLock(name: string, options: { readonly preference?: Preference } = {}): ReaderWriterLock {
    if ((options.preference ?? 'none') !== 'none') return super.readerWriterLock(name, options)
    return this.#declare(
      'reader-writer lock',
      name,
      (memory) => new ReaderWriterLockTwin(name, memory()),
    ) as ReaderWriterLock
  }

  override queue<T>(name: string, { maxsize = 0 }: QueueOptions = {}): Queue<T> {
    return this.#declare('queue', name, (memory) => new QueueTwin<T>(name, memory, maxsize)) as Queue<T>
  }

  /** A twin has every public method of its contract, which is all that a program can ask of it. */
  #declare(kind: string, name: string, make: (memory: (part?: string) => TwinMemory) => SharedObject): SharedObject {
    return this.declare(kind, name, (words) => make((part = '') => new TwinMemory(name, words, part)))
  }
}
