import type { OperatingSystem } from '../os/operating-system.js'
import type { OsObserver } from '../os/os-observer.js'
import type { Work } from '../os/work.js'
import type { ThreadHost } from '../program/thread-host.js'

/**
 * How the threads of a program run on those of the operating system. What it observes of the latter it tells `observer` in terms of the
 * former: whoever reads results knows only the program's threads.
 */
export interface ThreadMapping extends Work, ThreadHost, OsObserver {
  /** Set before the program begins; the mapping is its observer. */
  os: OperatingSystem
  observer: OsObserver | null
}
