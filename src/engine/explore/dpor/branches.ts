import { grownTo } from './grown-array.js'

const WAY_SHIFT = 16
const THREAD_MASK = 0xffff

/** A step as one integer: a thread below 65,536 and a way below 32,768. */
export function packStep(thread: number, way: number): number {
  return (way << WAY_SHIFT) | thread
}

/** The thread of a packed step. */
export function threadOf(step: number): number {
  return step & THREAD_MASK
}

/** The way of a packed step. */
export function wayOf(step: number): number {
  return step >>> WAY_SHIFT
}

/**
 * Branches that wait to be explored, in one pool of integers: each is a list of steps to take from some position on
 * instead of the event there, and the thread, the guard and the flags of that event. Branches of one position form a list.
 */
export class Branches {
  /** How many wait. */
  count = 0
  // Branches: the next one of the same position, the first step, the thread to go on with, its guard, flags.
  #next = new Int32Array(256)
  #first = new Int32Array(256)
  #thread = new Int32Array(256)
  #guard = new Int32Array(256)
  #flags = new Uint8Array(256)
  #branches = 1
  #freeBranch = 0
  // Steps: packed, and the one after.
  #step = new Int32Array(1024)
  #after = new Int32Array(1024)
  #steps = 1
  #freeStep = 0
  #newest = 0
  #tail = 0

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#next.length * 16 + this.#step.length * 8
  }

  /** A new branch before `next` (0: none); its steps are to be added. Returns its number, never 0. */
  add(next: number, thread: number, guard: number, flags: number): number {
    let branch = this.#freeBranch
    if (branch !== 0) this.#freeBranch = this.#next[branch]!
    else {
      branch = this.#branches++
      if (branch === this.#next.length) this.#growBranches()
    }
    this.#next[branch] = next
    this.#thread[branch] = thread
    this.#guard[branch] = guard
    this.#flags[branch] = flags
    this.#first[branch] = 0
    this.#newest = branch
    this.#tail = 0
    this.count++
    return branch
  }

  /** Adds a step to the newest branch. */
  addStep(step: number): void {
    let at = this.#freeStep
    if (at !== 0) this.#freeStep = this.#after[at]!
    else {
      at = this.#steps++
      if (at === this.#step.length) this.#growSteps()
    }
    this.#step[at] = step
    this.#after[at] = 0
    if (this.#tail === 0) this.#first[this.#newest] = at
    else this.#after[this.#tail] = at
    this.#tail = at
  }

  next(branch: number): number {
    return this.#next[branch]!
  }

  thread(branch: number): number {
    return this.#thread[branch]!
  }

  guard(branch: number): number {
    return this.#guard[branch]!
  }

  flags(branch: number): number {
    return this.#flags[branch]!
  }

  /** Where the steps of a branch begin: see `stepAt` and `stepAfter`. */
  firstStep(branch: number): number {
    return this.#first[branch]!
  }

  stepAt(at: number): number {
    return this.#step[at]!
  }

  /** The position of the next step, 0 after the last. */
  stepAfter(at: number): number {
    return this.#after[at]!
  }

  /** Gives a branch's room back. */
  remove(branch: number): void {
    let last = this.#first[branch]!
    while (this.#after[last] !== 0) last = this.#after[last]!
    this.#after[last] = this.#freeStep
    this.#freeStep = this.#first[branch]!
    this.#next[branch] = this.#freeBranch
    this.#freeBranch = branch
    this.count--
  }

  #growBranches(): void {
    const length = this.#next.length * 2
    this.#next = grownTo(this.#next, length)
    this.#first = grownTo(this.#first, length)
    this.#thread = grownTo(this.#thread, length)
    this.#guard = grownTo(this.#guard, length)
    const flags = new Uint8Array(length)
    flags.set(this.#flags)
    this.#flags = flags
  }

  #growSteps(): void {
    this.#step = grownTo(this.#step, this.#step.length * 2)
    this.#after = grownTo(this.#after, this.#after.length * 2)
  }
}
