import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url))

/** The built command. */
export const command = join(repository, 'dist/cli/main.js')

/** How long a test file should allow for `ensureBuilt`. */
export const BUILD_TIMEOUT = 180_000

const lock = join(repository, 'node_modules/.cache/entrelacs-build.lock')

/** Builds the command if it is missing or older than its sources; test files that ask at the same time build once. */
export async function ensureBuilt(): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true })
  while (!takeLock()) await pause(200)
  try {
    if (isStale()) execFileSync('npm', ['run', 'build'], { cwd: repository, stdio: 'pipe' })
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function isStale(): boolean {
  return !existsSync(command) || statSync(command).mtimeMs < newest(join(repository, 'src'))
}

function newest(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs),
    0,
  )
}

/** A folder can be made once only. One that is older than any build was left behind by a run that was killed. */
function takeLock(): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    if (ageOf(lock) > BUILD_TIMEOUT) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

function ageOf(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
}
