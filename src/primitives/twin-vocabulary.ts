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
import type { LifoQueue } from './lifo-queue.js'
import { LifoQueueTwin } from './lifo-queue-twin.js'
import type { PriorityQueue } from './priority-queue.js'
import { PriorityQueueTwin } from './priority-queue-twin.js'
import type { Preference, ReaderWriterLock } from './reader-writer-lock.js'
import { ReaderWriterLockTwin } from './reader-writer-lock-twin.js'
import type { RLock } from './rlock.js'
import { RLockTwin } from './rlock-twin.js'
import type { Semaphore } from './semaphore.js'
import { SemaphoreTwin } from './semaphore-twin.js'
import { TwinMemory } from './twin.js'
import { type QueueOptions, Vocabulary } from './vocabulary.js'
import { ProgramFault } from '../engine/errors.js'
import type { SharedObject, ThreadBody } from '../engine/operation.js'
import { placeOfCaller } from '../engine/place.js'
import type { SharingOptions } from '../engine/setup.js'
import type { Process, ProcessOptions } from './process.js'
import type { ProcessPool, ProcessPoolOptions } from './process-pool.js'

/** The memory of one part of a twin, or of all of it. */
type PartMemory = (part?: string) => TwinMemory

/**
 * The same vocabulary with twins instead of contracts, as far as there are any: locks, re-entrant locks, conditions, semaphores, events,
 * barriers, queues of all three orders, and reader-writer locks without preference. Everything else is as it is.
 */
export class TwinVocabulary extends Vocabulary {
  override lock(name: string, options?: SharingOptions): Lock {
    return this.#declare('lock', name, (memory) => new LockTwin(name, memory()), options) as Lock
  }

  override rlock(name: string, options?: SharingOptions): RLock {
    const make = (memory: PartMemory) => new RLockTwin(name, memory(), () => this.selfNumber())
    return this.#declare('rlock', name, make, options) as RLock
  }

  /** Twins never wake without a notify. */
  override condition(name: string, lock?: Lock | RLock, options?: SharingOptions): Condition {
    const make = (memory: PartMemory) => {
      const own = () => new RLockTwin(name, memory('lock'), () => this.selfNumber())
      return new ConditionTwin(name, memory(), (lock as LockTwin | RLockTwin | undefined) ?? own())
    }
    return this.#declare('condition', name, make, options) as Condition
  }

  override semaphore(name: string, permits = 1, options?: SharingOptions): Semaphore {
    return this.#declare(
      'semaphore',
      name,
      (memory) => new SemaphoreTwin(name, memory(), permits),
      options,
    ) as Semaphore
  }

  override event(name: string, options?: SharingOptions): Event {
    return this.#declare('event', name, (memory) => new EventTwin(name, memory()), options) as Event
  }

  override barrier(name: string, parties: number, options: BarrierOptions & SharingOptions = {}): Barrier {
    const make = (memory: PartMemory) => new BarrierTwin(name, memory(), parties, options)
    return this.#declare('barrier', name, make, options) as Barrier
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

  override lifoQueue<T>(name: string, { maxsize = 0 }: QueueOptions = {}): LifoQueue<T> {
    const make = (memory: PartMemory) => new LifoQueueTwin<T>(name, memory, maxsize)
    return this.#declare('LIFO queue', name, make) as LifoQueue<T>
  }

  override priorityQueue<T>(name: string, { maxsize = 0 }: QueueOptions = {}): PriorityQueue<T> {
    const make = (memory: PartMemory) => new PriorityQueueTwin<T>(name, memory, maxsize)
    return this.#declare('priority queue', name, make) as PriorityQueue<T>
  }

  /** @throws ProgramFault `program/fork-with-twins`: to twins, the child of a fork is another thread than the one that forked. */
  override process<R>(name: string, body: ThreadBody<R>, options: ProcessOptions = {}): Process<R> {
    if (options.start === 'fork') throw forkOf(`process “${name}”`)
    return super.process(name, body, options)
  }

  /** @throws ProgramFault `program/fork-with-twins`, as `process` does. */
  override processPool(name: string, workers: number, options: ProcessPoolOptions = {}): ProcessPool {
    if (options.start === 'fork') throw forkOf(`a worker of pool “${name}”`)
    return super.processPool(name, workers, options)
  }

  /** A twin has every public method of its contract, which is all that a program can ask of it. */
  #declare(
    kind: string,
    name: string,
    make: (memory: PartMemory) => SharedObject,
    options?: SharingOptions,
  ): SharedObject {
    return this.declare(
      kind,
      name,
      (words) => make((part = '') => new TwinMemory(name, words, this.time, part)),
      options,
    )
  }
}

function forkOf(process: string): ProgramFault {
  return new ProgramFault('program/fork-with-twins', `${process} is forked, which twins do not survive`, {
    place: placeOfCaller(),
    hint: "leave out --twins, or start it by 'spawn'",
  })
}
