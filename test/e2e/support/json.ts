/** What is wrong with a value, as `path: complaint`; nothing if it has the shape. */
export type Shape = (value: unknown, path: string) => string[]

const check =
  (what: string, holds: (value: unknown) => boolean): Shape =>
  (value, path) =>
    holds(value) ? [] : [`${path}: ${JSON.stringify(value)} is no ${what}`]

export const text = check('text', (value) => typeof value === 'string')
export const number = check('number', (value) => typeof value === 'number')
export const flag = check('boolean', (value) => typeof value === 'boolean')
export const anything = check('value', (value) => value !== undefined)
export const whole = check('whole number', (value) => Number.isInteger(value) && (value as number) >= 0)
export const probability = check('probability', (value) => typeof value === 'number' && value >= 0 && value <= 1)
/** A decimal string, or `unbounded`. */
export const count = check('count', (value) => typeof value === 'string' && /^(\d+|unbounded)$/.test(value))
export const token = check('token', (value) => typeof value === 'string' && /^e1\.[\w.%=,-]+$/.test(value))

/** One of some values. */
export const oneOf = (...values: readonly unknown[]): Shape =>
  check(`one of ${values.join(', ')}`, (value) => values.includes(value))

/** The shape, or null. */
export const orNull =
  (shape: Shape): Shape =>
  (value, path) =>
    value === null ? [] : shape(value, path)

/** The shape, or absent. */
export const orAbsent =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? [] : shape(value, path)

/** An array of such values. */
export const listOf =
  (shape: Shape): Shape =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((item, i) => shape(item, `${path}[${i}]`)) : [`${path} is no array`]

/** An object with any keys and such values. */
export const recordOf =
  (shape: Shape): Shape =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => shape(item, `${path}.${key}`))
      : [`${path} is no object`]

/** An object with these fields, and possibly more: a reader ignores what it does not know. */
export const object =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value, path) =>
    isObject(value)
      ? Object.entries(fields).flatMap(([key, shape]) => shape(value[key], `${path}.${key}`))
      : [`${path} is no object`]

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const outcome = object({
  final: recordOf(anything),
  results: orAbsent(recordOf(anything)),
  errors: orAbsent(recordOf(text)),
  waiting: orAbsent(recordOf(text)),
  holds: flag,
  interleavings: orNull(count),
  probability: orNull(probability),
  executions: orNull(whole),
})

const violation = object({
  kind: oneOf('property', 'deadlock', 'race', 'error', 'misuse', 'livelock', 'endless', 'starvation'),
  message: text,
  token,
  schedule: text,
  preemptions: whole,
  steps: whole,
  criticalStep: orNull(whole),
})

/** What `explore --json` prints. */
export const exploreShape = object({
  schema: oneOf(1),
  program: text,
  params: recordOf(anything),
  strategy: oneOf('graph', 'dpor', 'random', 'pct', 'pos', 'surw'),
  verdict: oneOf('holds', 'violated', 'unknown'),
  complete: flag,
  counts: object({
    executions: orNull(whole),
    deadlocked: orNull(whole),
    assumeFailed: orNull(whole),
    blocked: orNull(whole),
    steps: orNull(whole),
    cut: orNull(whole),
    states: orNull(whole),
    transitions: orNull(whole),
    interleavings: orNull(count),
  }),
  bounds: orAbsent(
    listOf(
      object({
        kind: oneOf('preemptions', 'delays'),
        bound: whole,
        executions: whole,
        deadlocked: whole,
        assumeFailed: whole,
      }),
    ),
  ),
  outcomes: listOf(outcome),
  violations: listOf(violation),
  warnings: orAbsent(
    listOf(
      object({
        kind: oneOf('never-released', 'leaked-task', 'never-joined'),
        message: text,
        object: orNull(text),
        thread: text,
        interleavings: orNull(count),
        probability: orNull(probability),
        executions: orNull(whole),
      }),
    ),
  ),
  elapsedMs: number,
})

const changesOf = (shape: Shape) => ({ removed: orNull(listOf(shape)), remaining: listOf(shape), added: listOf(shape) })

/** What `explore --repair --json` prints besides. */
export const repairShape = object({
  program: text,
  source: text,
  report: exploreShape,
  comparison: object({
    verdict: oneOf('repaired', 'not-repaired', 'unknown'),
    complete: object({ broken: flag, repaired: flag }),
    outcomes: object({ ...changesOf(outcome), lost: orNull(listOf(outcome)) }),
    violations: object(changesOf(violation)),
    ignored: listOf(text),
  }),
})

/** What `replay --json` prints. */
export const replayShape = object({
  schema: oneOf(1),
  program: text,
  params: recordOf(anything),
  token,
  steps: listOf(object({ step: whole, thread: text, label: text, shows: recordOf(anything) })),
  initially: recordOf(anything),
  outcome: orNull(object({ final: recordOf(anything), failed: listOf(text) })),
  holds: flag,
})

/** What any command prints with `--json` for bad input. */
export const errorShape = object({
  schema: oneOf(1),
  error: object({
    code: text,
    message: text,
    hint: orNull(text),
    place: orNull(object({ file: text, line: whole, column: whole, text })),
  }),
})

/** The one object on one line that a command printed with `--json`. */
export function parseLine(stdout: string): Record<string, unknown> {
  if (!/^\{[^\n]*\}\n$/.test(stdout)) throw new Error(`not one line of JSON: ${stdout.slice(0, 300)}`)
  return JSON.parse(stdout) as Record<string, unknown>
}
