import type { Steps } from '../engine/operation.js'
import { type Attempt, attempting, settled, succeeded } from './attempt.js'
import { FILE_ERRORS } from './file-errors.js'
import { type Effect, StatefulObject } from './transition.js'

/** The content of every file that there is, by its path. */
export type FileContents = Readonly<Record<string, string>>

/**
 * A small file system that threads share: files of text in one folder. Every operation is one step, as a system call is to
 * others; two of them in a row are two, so that what `exists` has said may be true no longer when the next one comes.
 * Errors are called as Python calls them.
 *
 * Declared by `p.files(name, contents)`.
 */
export class Files extends StatefulObject<FileContents> {
  readonly kind = 'files'
  /** In properties it shows the content of every file by its path. */
  declare readonly contentType?: FileContents

  /** Whether there is such a file now: `os.path.exists`. */
  exists(path: string): Steps<boolean> {
    return this.#operation('exists', [path], (files) => ({
      state: files,
      result: succeeded(Object.hasOwn(files, path)),
    }))
  }

  /**
   * Makes an empty file, or empties the one that is there: `open(path, 'w')`.
   *
   * @param options.exclusive there must be no such file yet: `open(path, 'x')`. @default false
   * @throws FileExistsError if there must be none and there is one.
   */
  create(path: string, { exclusive = false }: { readonly exclusive?: boolean } = {}): Steps<void> {
    return this.#operation('create', exclusive ? [path, { exclusive }] : [path], (files) => {
      if (exclusive && Object.hasOwn(files, path)) return this.#failed(files, 'FileExistsError', path)
      return { state: withFile(files, path, ''), result: succeeded(undefined) }
    })
  }

  /**
   * The content of a file.
   *
   * @throws FileNotFoundError if there is none.
   */
  read(path: string): Steps<string> {
    return this.#operation('read', [path], (files) => {
      if (!Object.hasOwn(files, path)) return this.#failed(files, 'FileNotFoundError', path)
      return { state: files, result: succeeded(files[path]!) }
    })
  }

  /** Replaces the content of a file, which is made if there is none. */
  write(path: string, content: string): Steps<void> {
    return this.#operation('write', [path, content], (files) => ({
      state: withFile(files, path, content),
      result: succeeded(undefined),
    }))
  }

  /** Adds to the end of a file, which is made if there is none: one `write` to a file that was opened with `'a'`. */
  append(path: string, content: string): Steps<void> {
    return this.#operation('append', [path, content], (files) => ({
      state: withFile(files, path, (Object.hasOwn(files, path) ? files[path]! : '') + content),
      result: succeeded(undefined),
    }))
  }

  /**
   * Removes a file.
   *
   * @throws FileNotFoundError if there is none.
   */
  remove(path: string): Steps<void> {
    return this.#operation('remove', [path], (files) => {
      if (!Object.hasOwn(files, path)) return this.#failed(files, 'FileNotFoundError', path)
      return {
        state: Object.fromEntries(Object.entries(files).filter(([each]) => each !== path)),
        result: succeeded(undefined),
      }
    })
  }

  #failed(files: FileContents, error: keyof typeof FILE_ERRORS, path: string): Effect<FileContents, Attempt<never>> {
    const what = error === 'FileExistsError' ? 'already a' : 'no'
    return { state: files, result: { error, message: `there is ${what} file “${path}” in ${this.name}` } }
  }

  #operation<R>(
    name: string,
    args: readonly unknown[],
    step: (files: FileContents) => Effect<FileContents, Attempt<R>>,
  ): Steps<R> {
    return settled(this.perform(attempting({ name, args, cost: 'wait', step })), FILE_ERRORS)
  }
}

/** The same object if nothing changes, so that nothing is written. */
function withFile(files: FileContents, path: string, content: string): FileContents {
  if (Object.hasOwn(files, path) && files[path] === content) return files
  return Object.fromEntries([...Object.entries(files), [path, content]])
}
