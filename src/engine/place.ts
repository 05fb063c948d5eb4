/** A position in a user's file, as the JavaScript engine reports it. Lines and columns count from 1. */
export interface Place {
  /** A file path. */
  readonly file: string
  readonly line: number
  readonly column: number
}

// Frames of the engine and of its primitives are never the program's; what is built has no other files but scenarios.
const ownFile = /^[/\\](?:src[/\\](?:engine|primitives)[/\\]|dist[/\\](?!scenarios[/\\]))/
const ownRoot = filePath(
  new Error().stack?.split('\n')[1]?.match(/((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):\d+:\d+\)?$/)?.[1] ?? '',
).replace(/[/\\](?:src[/\\]engine[/\\]place\.[jt]s|dist[/\\](?:[a-z]+[/\\])?[^/\\]+)$/, '')

let recording = false

/**
 * Runs `action` with places recorded on every operation that is created meanwhile. Off by default, because reading a
 * stack costs microseconds where creating an operation costs nanoseconds.
 */
export function recordingPlaces<R>(action: () => R): R {
  const before = recording
  recording = true
  try {
    return action()
  } finally {
    recording = before
  }
}

/** The caller's place in the user's file if places are being recorded. */
export function recordedPlace(): Place | undefined {
  return recording ? placeOfCaller() : undefined
}

// A step may be many generators deep in primitives that are made of others.
const STACK_DEPTH = 60

/** The innermost frame of the current stack that is not the engine's own. */
export function placeOfCaller(): Place | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = STACK_DEPTH
  try {
    return placeInStack()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function placeInStack(): Place | undefined {
  const position = positionOfCaller()
  if (position === null) return placeOfError(new Error())
  let place = places.get(position)
  if (place === undefined) {
    place = placeOfError(new Error())
    if (place !== undefined) places.set(position, place)
  }
  return place
}

// By position in the code that runs: to write a stack out and to map it to its sources takes a hundred times as long.
const places = new Map<string, Place>()

/** What V8 tells of a frame, as far as it is asked for. */
interface Frame {
  getFileName(): string | null | undefined
  getLineNumber(): number | null
  getColumnNumber(): number | null
}

interface StackHooks {
  prepareStackTrace?: ((error: unknown, frames: readonly Frame[]) => unknown) | undefined
  captureStackTrace?: (target: object, above: unknown) => void
}

/** The innermost frame that is not the engine's own, unmapped; null where frames cannot be asked for. */
function positionOfCaller(): string | null {
  const hooks = Error as unknown as StackHooks
  if (hooks.captureStackTrace === undefined) return null
  const { prepareStackTrace } = hooks
  const target: { stack?: unknown } = {}
  hooks.prepareStackTrace = positionOfFirst
  try {
    hooks.captureStackTrace(target, placeInStack)
    return typeof target.stack === 'string' ? target.stack : null
  } finally {
    hooks.prepareStackTrace = prepareStackTrace
  }
}

function positionOfFirst(_error: unknown, frames: readonly Frame[]): string {
  for (const frame of frames) {
    const file = frame.getFileName()
    if (typeof file === 'string' && file !== '' && !isOwnFile(file))
      return `${file}:${frame.getLineNumber()}:${frame.getColumnNumber()}`
  }
  return ''
}

// Files are few, and asked about again and again.
const ownFiles = new Map<string, boolean>()

/** Whether a file is the engine's or a primitive's, not the program's. */
export function isOwnFile(file: string): boolean {
  let own = ownFiles.get(file)
  if (own === undefined) {
    const path = filePath(file)
    own = path.startsWith('node:') || (path.startsWith(ownRoot) && ownFile.test(path.slice(ownRoot.length)))
    ownFiles.set(file, own)
  }
  return own
}

/** The innermost frame of an error's stack that is not the engine's own. */
export function placeOfError(error: unknown): Place | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined
  for (const line of error.stack.split('\n')) {
    const match = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/.exec(line)
    if (match === null) continue
    const [, file, row, column] = match as unknown as [string, string, string, string]
    const path = filePath(file)
    if (path.startsWith(ownRoot) && ownFile.test(path.slice(ownRoot.length))) continue
    return { file: path, line: Number(row), column: Number(column) }
  }
  return undefined
}

/** `lost-update.ts:9`: the file's own name and the line. */
export function formatPlace(place: Place): string {
  return `${place.file.replace(/^.*[/\\]/, '')}:${place.line}`
}

/** A stack names files by path or by URL, with or without a query. */
function filePath(file: string): string {
  const path = file.replace(/[?#].*$/, '')
  return file.startsWith('file://') ? decodeURIComponent(path.slice('file://'.length)) : file
}
