import { rm } from 'node:fs/promises'
import { UsageError } from '../engine/errors.js'
import type { Checkpoint, CheckpointKeeper } from '../engine/explore/checkpoint.js'
import type { Pause } from '../engine/explore/strategy-run.js'
import { readCheckpoint, requireWritable, writeCheckpoint } from './checkpoint-file.js'

/** Seconds between two checkpoints, if they are not told. */
export const SECONDS_BETWEEN = 10
// Writing takes this part of the time at most.
const SHARE = 1 / 20

/** Keeps checkpoints in a file, every so often, and seldom enough that writing takes little of the time. */
export class FileKeeper implements CheckpointKeeper {
  readonly kept: Checkpoint | null
  /** Whether there is something in the file to go on from. */
  isKept: boolean
  /** Why no more could be written, if so. */
  failure: string | null = null
  readonly #file: string
  readonly #betweenMs: number
  #next: number

  private constructor(file: string, kept: Checkpoint | null, seconds: number) {
    this.#file = file
    this.kept = kept
    this.isKept = kept !== null
    this.#betweenMs = seconds * 1000
    this.#next = performance.now() + this.#betweenMs
  }

  /**
   * @param seconds between two checkpoints, at least.
   * @throws UsageError `checkpoint/…` if the file is no whole checkpoint, or cannot be written to.
   */
  static async open(file: string, seconds = SECONDS_BETWEEN): Promise<FileKeeper> {
    if (!(seconds > 0))
      throw new UsageError('usage/not-positive', `checkpointEvery must be a positive number of seconds, not ${seconds}`)
    await requireWritable(file)
    return new FileKeeper(file, await readCheckpoint(file), seconds)
  }

  isDue(): boolean {
    return this.failure === null && performance.now() >= this.#next
  }

  *keep(checkpoint: Checkpoint): Generator<Pause> {
    const started = performance.now()
    const writing = writeCheckpoint(this.#file, checkpoint)
    const progress = { isDone: false }
    while (!progress.isDone)
      yield writing.next().then(
        (step) => {
          progress.isDone = step.done === true
          this.isKept ||= progress.isDone
        },
        (error: unknown) => {
          this.failure = error instanceof Error ? error.message : String(error)
          progress.isDone = true
        },
      )
    const now = performance.now()
    this.#next = now + Math.max(this.#betweenMs, (now - started) / SHARE)
  }

  /** Nothing is left to go on with: the file is removed. */
  async clear(): Promise<void> {
    this.isKept = false
    await rm(this.#file, { force: true })
    await rm(`${this.#file}.part`, { force: true })
  }
}
