import { BRANCH_FIRST, BRANCH_FLAGS, BRANCH_GUARD, BRANCH_NEXT, BRANCH_SHIFT, BRANCH_THREAD } from './branch-fields.js'
import { grownTo } from './grown-array.js'

/**
 * Branches that wait to be explored, in one pool of integers: each is a list of steps to take from some position on
 * instead of the event there, and the thread, the guard and the flags of that event. Branches of one position form a list.
 */
export class Branches {
  /** How many wait. */
  count = 0
  #fields = new Int32Array(256 << BRANCH_SHIFT)
  #branches = 1
  #freeBranch = 0
  // Two fields a step: what it is, packed, and where the one after it is.
  #steps = new Int32Array(2048)
  #stepCount = 1
  #freeStep = 0
  // The newest branch and its last step.
  #newest = 0
  #tail = 0

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.#fields.length + this.#steps.length) * 4
  }

  /** A new branch before `next` (0: none); its steps are to be added. Returns its number, never 0. */
  add(next: number, thread: number, guard: number, flags: number): number {
    let branch = this.#freeBranch
    if (branch !== 0) this.#freeBranch = this.#fields[(branch << BRANCH_SHIFT) + BRANCH_NEXT]!
    else {
      branch = this.#branches++
      if (branch << BRANCH_SHIFT === this.#fields.length) this.#fields = grownTo(this.#fields, this.#fields.length * 2)
    }
    const fields = this.#fields
    const at = branch << BRANCH_SHIFT
    fields[at + BRANCH_NEXT] = next
    fields[at + BRANCH_FIRST] = 0
    fields[at + BRANCH_THREAD] = thread
    fields[at + BRANCH_GUARD] = guard
    fields[at + BRANCH_FLAGS] = flags
    this.#newest = branch
    this.#tail = 0
    this.count++
    return branch
  }

  /** Adds a step to the newest branch. */
  addStep(step: number): void {
    let at = this.#freeStep
    if (at !== 0) this.#freeStep = this.#steps[2 * at + 1]!
    else {
      at = this.#stepCount++
      if (2 * at === this.#steps.length) this.#steps = grownTo(this.#steps, this.#steps.length * 2)
    }
    const steps = this.#steps
    steps[2 * at] = step
    steps[2 * at + 1] = 0
    if (this.#tail === 0) this.#fields[(this.#newest << BRANCH_SHIFT) + BRANCH_FIRST] = at
    else steps[2 * this.#tail + 1] = at
    this.#tail = at
  }

  next(branch: number): number {
    return this.#fields[(branch << BRANCH_SHIFT) + BRANCH_NEXT]!
  }

  thread(branch: number): number {
    return this.#fields[(branch << BRANCH_SHIFT) + BRANCH_THREAD]!
  }

  guard(branch: number): number {
    return this.#fields[(branch << BRANCH_SHIFT) + BRANCH_GUARD]!
  }

  flags(branch: number): number {
    return this.#fields[(branch << BRANCH_SHIFT) + BRANCH_FLAGS]!
  }

  /** Where the steps of a branch begin: see `stepAt` and `stepAfter`. */
  firstStep(branch: number): number {
    return this.#fields[(branch << BRANCH_SHIFT) + BRANCH_FIRST]!
  }

  stepAt(at: number): number {
    return this.#steps[2 * at]!
  }

  /** The position of the next step, 0 after the last. */
  stepAfter(at: number): number {
    return this.#steps[2 * at + 1]!
  }

  /** Gives a branch's room back. */
  remove(branch: number): void {
    const steps = this.#steps
    const at = branch << BRANCH_SHIFT
    let last = this.#fields[at + BRANCH_FIRST]!
    while (steps[2 * last + 1] !== 0) last = steps[2 * last + 1]!
    steps[2 * last + 1] = this.#freeStep
    this.#freeStep = this.#fields[at + BRANCH_FIRST]!
    this.#fields[at + BRANCH_NEXT] = this.#freeBranch
    this.#freeBranch = branch
    this.count--
  }
}
