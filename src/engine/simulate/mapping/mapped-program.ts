import type { Session } from '../../session.js'
import type { Work } from '../os/work.js'

/** What a mapping knows of the program whose threads it maps. */
export interface MappedProgram extends Work {
  readonly session: Session
  /** By thread: how it waits, if it does. */
  readonly waitOf: Uint8Array
}
